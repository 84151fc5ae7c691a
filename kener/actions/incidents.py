"""Telling people of trouble: opening an incident, publishing a draft of one, changing what was
said of it, and forgetting it. More is said by `incident_updates`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from kener.actions.incident_changes import last_message, latest, tell, touch
from kener.actions.incident_fields import (
    Account,
    IncidentFields,
    account_of,
    read_account,
    read_incident,
)
from kener.actions.publishing import mark_dirty
from kener.core.errors import Conflict
from kener.core.ids import public_id
from kener.core.instant import Instant, iso, iso_or_none
from kener.core.status import Impact, Status
from kener.store.tables import Incident, IncidentMonitor, Monitor, Update

CHANGED = "Somebody else changed this incident in the meantime. Look at it again, then save."


def open_incident(
    session: Session, fields: Mapping[str, Any], now: Instant, *, exact: bool = False
) -> Incident:
    """A new incident with its first message. It may have begun before now (`started_at`), and be
    over already (status resolved). A `template` fills in what is not given. With `draft` nobody
    learns of it yet, with `notify` false only visitors of the page do. Invalid names every bad
    field (`monitors.0.id`)."""
    given, affected = read_incident(session, fields, now, exact=exact)
    incident = Incident(
        public_id=public_id(),
        title=given.title,
        status=given.status,
        impact=given.impact,
        started_at=min(given.started_at or now, now),
        resolved_at=_end_of(given, now),
        created_at=now,
        updated_at=now,
        draft=given.draft,
        dated=given.started_at is not None or not given.draft,
        next_update_by=given.next_update_by,
    )
    _set_affected(incident, affected)
    at = incident.resolved_at or now
    incident.updates.append(Update(status=given.status, message=given.message, at=at))
    session.add(incident)
    tell(session, "incident.created", incident, given.message, now, notify=given.notify)
    return incident


def edit_incident(  # noqa: PLR0913 - two of them are options of both doors
    session: Session,
    incident: Incident,
    changes: Mapping[str, Any],
    now: Instant,
    version: int | None = None,
    *,
    exact: bool = False,
) -> Incident:
    """Change title, impact, monitors, times or the promise of an update; what is not named keeps
    its value. History changes with it. `draft` false publishes a draft: what has no date of its own
    is dated now. `version` is the one that was edited: Conflict if it is old. Invalid as above."""
    latest(session, incident)
    if version is not None and version != incident.version:
        raise Conflict(CHANGED)
    stored = _stored(incident, changes)
    given, affected = read_account(session, incident, {**stored, **changes}, now, exact=exact)
    incident.title, incident.impact = given.title, given.impact
    incident.next_update_by = given.next_update_by
    is_new = incident.draft and not given.draft
    _set_times(incident, given, now)
    if is_new:
        _publish(incident, now)
    _set_affected(incident, affected)
    touch(incident, now)
    name = "incident.created" if is_new else "incident.updated"
    tell(session, name, incident, last_message(incident), now, notify=given.notify)
    return incident


def delete_incident(session: Session, incident: Incident) -> None:
    """Forget an incident: history is again what the probes saw."""
    latest(session, incident)
    session.delete(incident)
    session.flush()
    mark_dirty(session)


def _end_of(given: IncidentFields, now: Instant) -> Instant | None:
    """When a new incident ended. That of a draft is only known when it was said."""
    if not given.status.is_over or (given.draft and given.resolved_at is None):
        return None
    return min(given.resolved_at or now, now)


def _set_times(incident: Incident, given: Account, now: Instant) -> None:
    if incident.draft:
        incident.dated = given.started_at is not None
        incident.started_at = min(given.started_at or now, now)
        incident.resolved_at = None if given.resolved_at is None else min(given.resolved_at, now)
        return
    incident.started_at = min(given.started_at or incident.started_at, now)
    if incident.status.is_over:
        incident.resolved_at = min(given.resolved_at or incident.resolved_at or now, now)


def _publish(incident: Incident, now: Instant) -> None:
    """Say what was written aloud: it is said when it ended, or now."""
    incident.draft, incident.dated = False, True
    if incident.status.is_over:
        incident.resolved_at = incident.resolved_at or now
    for each in incident.updates:
        each.at = incident.resolved_at or now


def _stored(incident: Incident, changes: Mapping[str, Any]) -> dict[str, Any]:
    wanted = changes.get("impact")
    impact = Impact(wanted) if wanted in list(Impact) else incident.impact
    return {
        "title": incident.title,
        "impact": incident.impact,
        "monitors": account_of(incident.affected, incident.impact, impact),
        "started_at": iso(incident.started_at) if incident.dated else None,
        "resolved_at": iso_or_none(incident.resolved_at),
        "next_update_by": iso_or_none(incident.next_update_by),
        "draft": incident.draft,
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
