"""Saying that one has an incident in hand. Visitors learn nothing of it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Paragraph, read
from kener.actions.incident_changes import latest
from kener.core.errors import Conflict
from kener.core.instant import Instant
from kener.store.tables import Incident

OVER = "This incident is over: there is nothing left to take in hand."
DRAFT = "This incident is a draft. Publish it first."


class AcknowledgeFields(Fields):
    """What one may add."""

    note: Annotated[Paragraph, Field(max_length=1000)] = ""


def acknowledge(  # noqa: PLR0913 - `exact` is an option of both doors
    session: Session,
    incident: Incident,
    who: str,
    fields: Mapping[str, Any],
    now: Instant,
    *,
    exact: bool = False,
) -> Incident:
    """Note who has it in hand, since when, and a `note`. Who was first stays: a second time changes
    nothing. Conflict when it is over or a draft, Invalid for a bad note."""
    given = read(AcknowledgeFields, fields, exact=exact)
    latest(session, incident)
    if incident.acknowledged_at is not None:
        return incident
    if incident.draft:
        raise Conflict(DRAFT)
    if incident.status.is_over:
        raise Conflict(OVER)
    incident.acknowledged_at, incident.acknowledged_by = now, who
    incident.acknowledged_note = given.note
    session.flush()
    return incident


def take_back(session: Session, incident: Incident) -> Incident:
    """Nobody has it in hand. A second time changes nothing."""
    latest(session, incident)
    incident.acknowledged_at, incident.acknowledged_by = None, ""
    incident.acknowledged_note = ""
    session.flush()
    return incident
