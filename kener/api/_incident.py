"""What the API shows of an incident, and of what one may begin with."""

from collections.abc import Iterable
from typing import Annotated, Any

from kener.actions.fields import words_of
from kener.actions.incident_fields import IMPACTS, WORD_OF_IMPACT, Account
from kener.actions.incident_templates import TemplateFields
from kener.actions.incident_updates import EditFields
from kener.api._shapes import Change, Moment, Named, Part, Shown, VersionedChange
from kener.core.instant import iso, iso_or_none
from kener.core.status import Impact, Status
from kener.store.tables import (
    Incident,
    IncidentMonitor,
    IncidentTemplate,
    Monitor,
    TemplateMonitor,
    Update,
)
from kener.store.tables.incidents import Phase

Word = Annotated[str, words_of(IMPACTS)]


class AffectedDocument(Named):
    """A monitor, and what is said of it."""

    impact: Word | None
    """Null, in templates: as the incident's own impact says."""


class UpdateDocument(Shown):
    """A message of an incident, and the step that it had reached."""

    id: str
    status: Phase
    message: str
    at: Moment


class AcknowledgedDocument(Shown):
    """Who has it in hand."""

    by: str
    at: Moment
    note: str


class IncidentDocument(Shown):
    """An incident with all that was said, the newest first."""

    id: str
    title: str
    status: Phase
    impact: Impact
    message: str
    """What was said last."""
    monitors: list[AffectedDocument]
    updates: list[UpdateDocument]
    started_at: Moment | None
    resolved_at: Moment | None
    next_update_by: Moment | None
    draft: bool
    acknowledged: AcknowledgedDocument | None
    version: int
    created_at: Moment
    updated_at: Moment


class IncidentPart(Part, IncidentDocument):
    """An incident, or only those of its fields that were asked for."""


class IncidentChange(VersionedChange, Account):
    """Any fields of an incident; its status and messages are changed by updates."""


class UpdateChange(Change, EditFields):
    """Any fields of a message."""


class TemplateDocument(Shown):
    """What incidents may begin with."""

    id: str
    name: str
    title: str
    message: str
    status: Phase
    impact: Impact
    monitors: list[AffectedDocument]
    version: int
    created_at: Moment
    updated_at: Moment


class TemplateChange(VersionedChange, TemplateFields):
    """Any fields of a template."""


FIELDS = tuple(IncidentDocument.model_fields)
"""All that a document shows."""


def document(incident: Incident) -> dict[str, Any]:
    """All of it, for those who hold a key."""
    return {
        "id": incident.public_id,
        "title": incident.title,
        "status": incident.status.value,
        "impact": incident.impact.value,
        "message": incident.updates[0].message if incident.updates else "",
        "monitors": _affected(incident.affected),
        "updates": [update_document(each) for each in incident.updates],
        "started_at": iso(incident.started_at) if incident.dated else None,
        "resolved_at": iso_or_none(incident.resolved_at),
        "next_update_by": iso_or_none(incident.next_update_by),
        "draft": incident.draft,
        "acknowledged": _acknowledged(incident),
        "version": incident.version,
        "created_at": iso(incident.created_at),
        "updated_at": iso(incident.updated_at),
    }


def update_document(update: Update) -> dict[str, str]:
    """A message of it."""
    return {
        "id": update.public_id,
        "status": update.status.value,
        "message": update.message,
        "at": iso(update.at),
    }


def template_document(template: IncidentTemplate) -> dict[str, Any]:
    """What an incident may begin with; a monitor's impact is null when it is as the incident's."""
    return {
        "id": template.public_id,
        "name": template.name,
        "title": template.title,
        "message": template.message,
        "status": template.status.value,
        "impact": template.impact.value,
        "monitors": _affected(template.affected),
        "version": template.version,
        "created_at": iso(template.created_at),
        "updated_at": iso(template.updated_at),
    }


def _acknowledged(incident: Incident) -> dict[str, str] | None:
    if incident.acknowledged_at is None:
        return None
    return {
        "by": incident.acknowledged_by,
        "at": iso(incident.acknowledged_at),
        "note": incident.acknowledged_note,
    }


def _affected(rows: Iterable[IncidentMonitor | TemplateMonitor]) -> list[dict[str, str | None]]:
    found = [(each.monitor, each.impact) for each in rows]
    found.sort(key=lambda each: each[0].name)
    return [_named(monitor, impact) for monitor, impact in found]


def _named(monitor: Monitor, impact: Status | None) -> dict[str, str | None]:
    return {
        "id": monitor.public_id,
        "slug": monitor.slug,
        "name": monitor.name,
        "impact": None if impact is None else WORD_OF_IMPACT[impact],
    }
