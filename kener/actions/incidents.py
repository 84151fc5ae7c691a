"""Telling people of trouble: opening an incident, saying more, and saying that it is over."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from kener.actions.events import emit
from kener.actions.fields import Problem
from kener.actions.incident_fields import (
    IncidentFields,
    account_of,
    read_account,
    read_incident,
    read_update,
)
from kener.actions.publishing import mark_dirty
from kener.core.errors import Conflict, Invalid, NotFound
from kener.core.ids import public_id
from kener.core.instant import Instant, iso, iso_or_none
from kener.core.status import Impact, Status
from kener.store.tables import Incident, IncidentMonitor, Monitor, Update
from kener.store.tables.incidents import Phase

__all__ = ["IncidentFields", "delete_incident", "edit_incident", "open_incident", "post_update"]

GONE = "This incident was deleted in the meantime."
CHANGED = "Somebody else changed this incident in the meantime. Look at it again, then save."


def open_incident(
    session: Session, fields: Mapping[str, Any], now: Instant, *, exact: bool = False
) -> Incident:
    """A new incident with its first message. It may have begun before now (`started_at`), and be
    over already (status resolved). Invalid names every bad field (`monitors.0.id`)."""
    given, affected = read_incident(session, fields, now, exact=exact)
    is_over = given.status is Phase.RESOLVED
    ended = min(given.resolved_at or now, now) if is_over else None
    incident = Incident(
        public_id=public_id(),
        title=given.title,
        status=given.status,
        impact=given.impact,
        started_at=min(given.started_at or now, now),
        resolved_at=ended,
        created_at=now,
        updated_at=now,
    )
    _set_affected(incident, affected)
    incident.updates.append(Update(status=given.status, message=given.message, at=ended or now))
    session.add(incident)
    _tell(session, "incident.created", incident, given.message, now)
    return incident


def post_update(  # noqa: PLR0913 - a status and a message are what an update is
    session: Session,
    incident: Incident,
    status: str,
    message: str,
    now: Instant,
    *,
    at: str | None = None,
) -> Update:
    """Say more. The newest message's status is the incident's; `resolved` ends it, and anything
    after that opens it again. `at` is an ISO text, by default now; Invalid names bad fields."""
    _latest(session, incident)
    given = read_update({"status": status, "message": message, "at": at}, now, incident.started_at)
    was = incident.status
    update = Update(status=given.status, message=given.message, at=min(given.at or now, now))
    newest = max(each.at for each in incident.updates)
    incident.updates.append(update)
    if update.at >= newest:
        incident.status = update.status
        incident.resolved_at = update.at if update.status is Phase.RESOLVED else None
    _touch(incident, now)
    is_over = incident.status is Phase.RESOLVED and was is not Phase.RESOLVED
    name = "incident.resolved" if is_over else "incident.updated"
    _tell(session, name, incident, given.message, now)
    session.expire(incident, ["updates"])  # read again, in their order
    return update


def edit_incident(  # noqa: PLR0913 - two of them are options of both doors
    session: Session,
    incident: Incident,
    changes: Mapping[str, Any],
    now: Instant,
    version: int | None = None,
    *,
    exact: bool = False,
) -> Incident:
    """Change title, impact, monitors or times; what is not named keeps its value. History changes
    with it. `version` is the one that was edited: Conflict if it is old. Invalid as above."""
    _latest(session, incident)
    if version is not None and version != incident.version:
        raise Conflict(CHANGED)
    stored = _stored(incident, changes)
    given, affected = read_account(session, {**stored, **changes}, now, exact=exact)
    if given.resolved_at is not None and incident.status is not Phase.RESOLVED:
        raise Invalid({"resolved_at": Problem("is only for incidents whose status is resolved")})
    incident.title, incident.impact = given.title, given.impact
    incident.started_at = min(given.started_at or incident.started_at, now)
    if incident.status is Phase.RESOLVED:
        incident.resolved_at = min(given.resolved_at or incident.resolved_at or now, now)
    _set_affected(incident, affected)
    _touch(incident, now)
    _tell(session, "incident.updated", incident, _last_message(incident), now)
    return incident


def delete_incident(session: Session, incident: Incident) -> None:
    """Forget an incident: history is again what the probes saw."""
    _latest(session, incident)
    session.delete(incident)
    session.flush()
    mark_dirty(session)


def _stored(incident: Incident, changes: Mapping[str, Any]) -> dict[str, Any]:
    wanted = changes.get("impact")
    impact = Impact(wanted) if wanted in list(Impact) else incident.impact
    return {
        "title": incident.title,
        "impact": incident.impact,
        "monitors": account_of(incident.affected, incident.impact, impact),
        "started_at": iso(incident.started_at),
        "resolved_at": iso_or_none(incident.resolved_at),
    }


def _set_affected(incident: Incident, affected: Mapping[Monitor, Status]) -> None:
    known = {each.monitor: each for each in incident.affected}
    for monitor, row in known.items():
        if monitor not in affected:
            incident.affected.remove(row)
    for monitor, status in affected.items():
        if monitor in known:
            known[monitor].impact = status
        else:
            incident.affected.append(IncidentMonitor(monitor=monitor, impact=status))


def _latest(session: Session, incident: Incident) -> None:
    """See it as it is now, with nobody else changing it; NotFound when it is gone."""
    try:
        session.refresh(incident, with_for_update=True)
    except InvalidRequestError:
        raise NotFound(GONE) from None


def _touch(incident: Incident, now: Instant) -> None:
    incident.version += 1
    incident.updated_at = now


def _last_message(incident: Incident) -> str:
    return incident.updates[0].message if incident.updates else ""


def _tell(session: Session, name: str, incident: Incident, message: str, now: Instant) -> None:
    """Write the incident down and let others hear of it, in this transaction."""
    session.flush()
    data = {
        "incident_id": incident.public_id,
        "title": incident.title,
        "status": incident.status.value,
        "impact": incident.impact.value,
        "message": message,
        "monitors": [each.monitor.public_id for each in incident.affected],
        "started_at": iso(incident.started_at),
        "resolved_at": iso_or_none(incident.resolved_at),
    }
    emit(session, name, data, now)
    mark_dirty(session)
