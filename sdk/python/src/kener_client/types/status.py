"""How everything is, as anybody may see it."""

from typing import TypedDict

from kener_client.types.words import Impact, Phase, Status, Verdict, WindowStatus


class Touched(TypedDict):
    """A monitor, and what is said of it; `none`: it is well."""

    id: str
    slug: str
    name: str
    impact: str


class Service(TypedDict):
    """A monitor as visitors see it."""

    id: str
    slug: str
    name: str
    status: Status
    since: str | None
    checked_at: str | None
    latency_ms: float | None


class Statement(TypedDict):
    """What was said of an incident, and when."""

    status: Phase
    message: str
    at: str


class Story(TypedDict):
    """An open incident."""

    id: str
    title: str
    status: Phase
    impact: Impact
    message: str
    monitors: list[Touched]
    updates: list[Statement]
    started_at: str
    resolved_at: str | None
    next_update_by: str | None
    created_at: str
    updated_at: str


class PlannedWindow(TypedDict):
    """Planned work that is under way, or that will come. `id` is the maintenance's."""

    id: str
    window_id: str
    title: str
    message: str
    status: WindowStatus
    starts_at: str
    ends_at: str
    monitors: list[Touched]


class PlannedWindows(TypedDict):
    """Planned work."""

    active: list[PlannedWindow]
    upcoming: list[PlannedWindow]


class PublicStatus(TypedDict):
    """How everything is, in a word and in a sentence."""

    status: Verdict
    sentence: str
    at: str
    monitors: list[Service]
    incidents: list[Story]
    maintenances: PlannedWindows
