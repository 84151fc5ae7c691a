"""What GET /api/status tells anybody; `site.document` makes it."""

from kener.api._shapes import Moment, Named, Shown
from kener.core.status import Impact, Status, Verdict
from kener.core.windows import WindowStatus
from kener.store.tables.incidents import Phase


class ServiceDocument(Named):
    """A monitor as visitors see it."""

    status: Status
    since: Moment | None
    checked_at: Moment | None
    latency_ms: float | None


class TouchedDocument(Named):
    """A monitor, and what is said of it; `none`: it is well."""

    impact: str


class StatementDocument(Shown):
    """What was said of an incident, and when."""

    status: Phase
    message: str
    at: Moment


class StoryDocument(Shown):
    """An open incident."""

    id: str
    title: str
    status: Phase
    impact: Impact
    message: str
    monitors: list[TouchedDocument]
    updates: list[StatementDocument]
    started_at: Moment
    resolved_at: Moment | None
    next_update_by: Moment | None
    created_at: Moment
    updated_at: Moment


class PlannedWindowDocument(Shown):
    """Planned work that is under way, or that will come. `id` is the maintenance's."""

    id: str
    window_id: str
    title: str
    message: str
    status: WindowStatus
    starts_at: Moment
    ends_at: Moment
    monitors: list[TouchedDocument]


class PlannedWindowsDocument(Shown):
    """Planned work."""

    active: list[PlannedWindowDocument]
    upcoming: list[PlannedWindowDocument]


class PublicStatusDocument(Shown):
    """How everything is, in a word and in a sentence."""

    status: Verdict
    sentence: str
    at: Moment
    monitors: list[ServiceDocument]
    incidents: list[StoryDocument]
    maintenances: PlannedWindowsDocument
