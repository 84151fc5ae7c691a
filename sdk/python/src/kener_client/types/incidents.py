"""What visitors are told when something is wrong."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from kener_client.types.words import Impact, Moment, MonitorImpact, Phase


class Affected(TypedDict):
    """A monitor, and what is said of it."""

    id: str
    slug: str
    name: str
    impact: MonitorImpact | None


class AffectedInput(TypedDict):
    """A monitor, by its id or slug, and what the incident says of it: by default what the
    incident's own impact says."""

    id: str
    impact: NotRequired[MonitorImpact | None]


class Acknowledged(TypedDict):
    """Who has it in hand."""

    by: str
    at: str
    note: str


class AcknowledgeInput(TypedDict, total=False):
    """What one may add."""

    note: str


class Update(TypedDict):
    """A message of an incident, and the step that it had reached."""

    id: str
    status: Phase
    message: str
    at: str


class UpdateInput(TypedDict):
    """A new message; `next_update_by` says by when the next one is promised."""

    status: Phase
    message: str
    at: NotRequired[Moment | None]
    notify: NotRequired[bool]
    next_update_by: NotRequired[Moment | None]


class UpdateChange(TypedDict, total=False):
    """Any fields of a message."""

    status: Phase
    message: str
    at: Moment | None
    notify: bool


class Incident(TypedDict):
    """An incident with all that was said, the newest first."""

    id: str
    title: str
    status: Phase
    impact: Impact
    message: str
    monitors: list[Affected]
    updates: list[Update]
    started_at: str | None
    resolved_at: str | None
    next_update_by: str | None
    draft: bool
    acknowledged: Acknowledged | None
    version: int
    created_at: str
    updated_at: str


class IncidentPart(TypedDict, total=False):
    """An incident, or only those of its fields that were asked for."""

    id: str
    title: str
    status: Phase
    impact: Impact
    message: str
    monitors: list[Affected]
    updates: list[Update]
    started_at: str | None
    resolved_at: str | None
    next_update_by: str | None
    draft: bool
    acknowledged: Acknowledged | None
    version: int
    created_at: str
    updated_at: str


class _IncidentFields(TypedDict, total=False):
    """What one may always say."""

    impact: Impact
    monitors: Sequence[AffectedInput | str]
    started_at: Moment | None
    resolved_at: Moment | None
    next_update_by: Moment | None
    draft: bool
    notify: bool


class IncidentInput(_IncidentFields, total=False):
    """A new incident: its account and its first message. `template` is the id of what fills in what
    is not said; without one, title and message are needed."""

    title: str
    template: str | None
    status: Phase
    message: str


class IncidentChange(_IncidentFields, total=False):
    """Any fields of an incident; its status and messages are changed by updates."""

    title: str
    version: int | None


class Template(TypedDict):
    """What incidents may begin with."""

    id: str
    name: str
    title: str
    message: str
    status: Phase
    impact: Impact
    monitors: list[Affected]
    version: int
    created_at: str
    updated_at: str


class _TemplateFields(TypedDict, total=False):
    """What one may always say."""

    title: str
    message: str
    status: Phase
    impact: Impact
    monitors: Sequence[AffectedInput | str]


class TemplateInput(_TemplateFields):
    """A name to choose it by, and fields of an incident; empty texts fill in nothing."""

    name: str


class TemplateChange(_TemplateFields, total=False):
    """Any fields of a template."""

    name: str
    version: int | None
