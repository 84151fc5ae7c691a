"""What every change of an incident has in common: seeing it alone, and telling of it."""

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from kener.actions.events import emit
from kener.actions.publishing import mark_dirty
from kener.core.errors import NotFound
from kener.core.instant import Instant, iso, iso_or_none
from kener.store.tables import Incident

GONE = "This incident was deleted in the meantime."


def latest(session: Session, incident: Incident) -> None:
    """See it as it is now, with nobody else changing it; NotFound when it is gone."""
    try:
        session.refresh(incident, with_for_update=True)
    except InvalidRequestError:
        raise NotFound(GONE) from None


def touch(incident: Incident, now: Instant) -> None:
    """Another version of it."""
    incident.version += 1
    incident.updated_at = now


def tell(  # noqa: PLR0913 - an event is of something, says something, and may be unwanted
    session: Session,
    name: str,
    incident: Incident,
    message: str,
    now: Instant,
    *,
    notify: bool = True,
) -> None:
    """Write the incident down and let others hear of it, in this transaction: the page always, who
    waits for events unless `notify` is false. Of a draft nobody hears."""
    session.flush()
    if incident.draft:
        return
    mark_dirty(session)
    if not notify:
        return
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


def last_message(incident: Incident) -> str:
    """What was said last."""
    return incident.updates[0].message if incident.updates else ""
