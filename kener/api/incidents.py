"""/api/incidents"""

from typing import Annotated

from flask import Response, g

from kener.actions.fields import one_of, read
from kener.actions.incident_fields import UpdateFields
from kener.actions.incidents import delete_incident, edit_incident, open_incident, post_update
from kener.api import bp
from kener.api._answers import done, listed
from kener.api._incident import document
from kener.api._input import ListQuery, body, cursor_of, expected_version, keys_of
from kener.api._keys import needs
from kener.store.clock import now
from kener.store.incidents import find_incident, slice_of_incidents
from kener.store.tables.incidents import Phase
from kener.web.database import session


class IncidentQuery(ListQuery):
    """Filters of the list."""

    status: Annotated[Phase, one_of(Phase)] | None = None
    open: bool | None = None


@bp.get("/incidents")
@needs("read:incidents", takes=IncidentQuery)
def list_incidents() -> Response:
    """Every incident, the latest first."""
    asked: IncidentQuery = g.parameters
    after = keys_of(asked.cursor, 2)
    part = slice_of_incidents(
        session(),
        (after[0], after[1]) if after else None,
        asked.limit,
        status=asked.status,
        is_open=asked.open,
    )
    last = part.rows[-1] if part.more else None
    return listed(
        [document(each) for each in part.rows],
        limit=asked.limit,
        following=cursor_of(last.started_at, last.id) if last else None,
        total=part.total,
    )


@bp.post("/incidents")
@needs("write:incidents")
def create_incident() -> Response:
    """Open an incident with its first message."""
    given = body()
    incident = open_incident(session(), given, now(), exact=True)
    session().commit()
    response = done(document(incident), "Incident created", 201)
    response.headers["Location"] = f"/api/incidents/{incident.public_id}"
    return response


@bp.get("/incidents/<incident_id>")
@needs("read:incidents")
def show_incident(incident_id: str) -> Response:
    """One incident, with all its messages."""
    return done(document(find_incident(session(), incident_id)))


@bp.put("/incidents/<incident_id>")
@needs("write:incidents")
def change_incident(incident_id: str) -> Response:
    """Change title, impact, monitors or times; fields not named keep their value."""
    given = body()
    version = expected_version(given)
    incident = find_incident(session(), incident_id)
    edit_incident(session(), incident, given, now(), version, exact=True)
    session().commit()
    return done(document(incident), "Incident updated")


@bp.delete("/incidents/<incident_id>")
@needs("write:incidents")
def remove_incident(incident_id: str) -> Response:
    """Delete an incident; history is again what the checks saw."""
    incident = find_incident(session(), incident_id)
    delete_incident(session(), incident)
    session().commit()
    return done({"id": incident.public_id}, "Incident deleted")


@bp.post("/incidents/<incident_id>/updates")
@needs("write:incidents")
def say_more(incident_id: str) -> Response:
    """Post a message, with the status that the incident has reached."""
    given = body()
    read(UpdateFields, given, exact=True)
    incident = find_incident(session(), incident_id)
    post_update(session(), incident, given["status"], given["message"], now(), at=given.get("at"))
    session().commit()
    return done(document(incident), "Update posted", 201)
