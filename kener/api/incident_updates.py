"""/api/incidents/<id>/updates: what is said in an incident."""

from flask import Response, g

from kener.actions.fields import Fields
from kener.actions.incident_changes import latest
from kener.actions.incident_updates import UpdateFields, delete_update, edit_update, post_update
from kener.api import bp
from kener.api._answers import OK, done, listed
from kener.api._incident import (
    IncidentDocument,
    UpdateChange,
    UpdateDocument,
    document,
    update_document,
)
from kener.api._input import ListQuery, body, cursor_of, keys_of
from kener.api._keys import needs
from kener.api._shapes import Answer, Gone, ListAnswer
from kener.api._tags import demand, digest_of, is_conditional, unchanged
from kener.store.clock import now
from kener.store.incidents import find_incident, find_update, slice_of_updates
from kener.store.tables import Incident, Update
from kener.web.database import session


class RemovalQuery(Fields):
    """What one may say of taking a message back."""

    notify: bool = True


@bp.get("/incidents/<incident_id>/updates")
@needs("read:incidents", takes=ListQuery, gives=ListAnswer[UpdateDocument])
def list_updates(incident_id: str) -> Response:
    """An incident's messages, the newest first."""
    asked: ListQuery = g.parameters
    after = keys_of(asked.cursor, 2)
    incident = find_incident(session(), incident_id)
    part = slice_of_updates(
        session(), incident.id, (after[0], after[1]) if after else None, asked.limit
    )
    last = part.rows[-1] if part.more else None
    return listed(
        [update_document(each) for each in part.rows],
        limit=asked.limit,
        following=cursor_of(last.at, last.id) if last else None,
        total=part.total,
    )


@bp.post("/incidents/<incident_id>/updates")
@needs("write:incidents", sent=UpdateFields, gives={201: Answer[IncidentDocument]})
def say_more(incident_id: str) -> Response:
    """Post a message, with the status that the incident has reached."""
    given = body()
    incident = find_incident(session(), incident_id)
    unchanged(incident)
    update = post_update(session(), incident, given, now(), exact=True)
    session().commit()
    response = done(document(incident), "Update posted", 201)
    response.headers["Location"] = f"/api/incidents/{incident_id}/updates/{update.public_id}"
    return response


@bp.get("/incidents/<incident_id>/updates/<update_id>")
@needs("read:incidents", gives=Answer[UpdateDocument])
def show_update(incident_id: str, update_id: str) -> Response:
    """One message."""
    incident = find_incident(session(), incident_id)
    return _shown(find_update(session(), incident, update_id))


@bp.put("/incidents/<incident_id>/updates/<update_id>")
@needs("write:incidents", sent=UpdateChange, gives=Answer[UpdateDocument])
def change_update(incident_id: str, update_id: str) -> Response:
    """Change what was said; the incident stands as its newest message says."""
    given = body()
    incident = find_incident(session(), incident_id)
    update = _the(incident, update_id)
    edit_update(session(), incident, update, given, now(), exact=True)
    session().commit()
    return _shown(update, "Update changed")


@bp.delete("/incidents/<incident_id>/updates/<update_id>")
@needs("write:incidents", takes=RemovalQuery, gives=Answer[Gone])
def remove_update(incident_id: str, update_id: str) -> Response:
    """Take a message back, unless it is the only one."""
    asked: RemovalQuery = g.parameters
    incident = find_incident(session(), incident_id)
    update = _the(incident, update_id)
    delete_update(session(), incident, update, now(), notify=asked.notify)
    session().commit()
    return done({"id": update_id}, "Update deleted")


def _the(incident: Incident, update_id: str) -> Update:
    """The message that is to be changed, unless it is another by now than the asker says."""
    if not is_conditional():
        return find_update(session(), incident, update_id)
    latest(session(), incident)
    update = find_update(session(), incident, update_id)
    demand(_revision(update))
    return update


def _revision(update: Update) -> str:
    """A message has no version of its own: it is what it says."""
    return digest_of(repr(update_document(update)).encode())


def _shown(update: Update, message: str = OK) -> Response:
    return done(update_document(update), message, revision=_revision(update))
