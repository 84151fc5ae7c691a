"""/api/incidents"""

from typing import Annotated

from flask import Response, g, request
from pydantic import Field

from kener.actions.acknowledging import AcknowledgeFields, acknowledge, take_back
from kener.actions.fields import Line, Problem, one_of
from kener.actions.incident_fields import At, IncidentFields
from kener.actions.incidents import delete_incident, edit_incident, open_incident
from kener.api import bp
from kener.api._answers import done, listed
from kener.api._incident import FIELDS, IncidentChange, IncidentDocument, IncidentPart, document
from kener.api._input import ListQuery, body, expected_version
from kener.api._keys import Asker, asker, needs
from kener.api._lists import cursor_after, one_order_of, order_of, place_in, some_of
from kener.api._shapes import Answer, Gone, ListAnswer
from kener.api._tags import unchanged
from kener.core.errors import Invalid
from kener.core.status import Impact
from kener.store.clock import now
from kener.store.incidents import (
    ORDERS,
    Wanted,
    find_incident,
    monitors_named,
    slice_of_incidents,
)
from kener.store.tables import Incident
from kener.store.tables.incidents import Phase
from kener.web.database import session

ONE = Answer[IncidentDocument]


class IncidentQuery(ListQuery):
    """Filters of the list, its order, and what it shows of each."""

    fields: Annotated[tuple[str, ...], some_of(FIELDS)] = ()
    sort: Annotated[str, one_order_of(ORDERS)] = "-started"
    status: Annotated[Phase, one_of(Phase)] | None = None
    open: bool | None = None
    draft: bool = False
    impact: Annotated[Impact, one_of(Impact)] | None = None
    monitor: Line = ""
    since: Annotated[At, Field(alias="from")] = None
    until: Annotated[At, Field(alias="to")] = None


@bp.get("/incidents")
@needs("read:incidents", takes=IncidentQuery, gives=ListAnswer[IncidentPart])
def list_incidents() -> Response:
    """The incidents that fit, the latest first unless another order is asked for; drafts only when
    they are asked for."""
    asked: IncidentQuery = g.parameters
    order = order_of(ORDERS, asked.sort)
    after = place_in(asked.cursor, asked.sort, order)
    part = slice_of_incidents(session(), after, asked.limit, _wanted(asked), order=order)
    return listed(
        [document(each) for each in part.rows],
        limit=asked.limit,
        following=cursor_after(part.rows[-1], asked.sort, order) if part.more else None,
        total=part.total,
        fields=asked.fields,
    )


def _wanted(asked: IncidentQuery) -> Wanted:
    if asked.since is not None and asked.until is not None and asked.since >= asked.until:
        raise Invalid({"from": Problem("must lie before `to`")})
    monitor = monitors_named(session(), [asked.monitor] if asked.monitor else [])
    if asked.monitor and not monitor:
        raise Invalid({"monitor": Problem("there is no such monitor", "not_found")})
    return Wanted(
        status=asked.status,
        is_open=asked.open,
        draft=asked.draft,
        impact=asked.impact,
        monitor=monitor[asked.monitor].id if asked.monitor else None,
        since=asked.since,
        until=asked.until,
    )


@bp.post("/incidents")
@needs("write:incidents", sent=IncidentFields, gives={201: ONE})
def create_incident() -> Response:
    """Open an incident with its first message."""
    given = body()
    incident = open_incident(session(), given, now(), exact=True)
    session().commit()
    response = done(document(incident), "Incident created", 201)
    response.headers["Location"] = f"/api/incidents/{incident.public_id}"
    return response


@bp.get("/incidents/<incident_id>")
@needs("read:incidents", gives=ONE)
def show_incident(incident_id: str) -> Response:
    """One incident, with all its messages."""
    return done(document(find_incident(session(), incident_id)))


@bp.put("/incidents/<incident_id>")
@needs("write:incidents", sent=IncidentChange, gives=ONE)
def change_incident(incident_id: str) -> Response:
    """Change what is named of title, impact, monitors and times, or publish a draft."""
    given = body()
    version = expected_version(given)
    incident = _the(incident_id)
    edit_incident(session(), incident, given, now(), version, exact=True)
    session().commit()
    return done(document(incident), "Incident updated")


@bp.delete("/incidents/<incident_id>")
@needs("delete:incidents", gives=Answer[Gone])
def remove_incident(incident_id: str) -> Response:
    """Delete an incident; history is again what the checks saw."""
    incident = _the(incident_id)
    delete_incident(session(), incident)
    session().commit()
    return done({"id": incident.public_id}, "Incident deleted")


@bp.post("/incidents/<incident_id>/acknowledge")
@needs("write:incidents", sent=AcknowledgeFields, gives=ONE)
def acknowledge_incident(incident_id: str) -> Response:
    """Note that the key's owner has it in hand; a second time changes nothing."""
    given = body() if request.get_data() else {}
    who = asker()
    if not isinstance(who, Asker):
        raise TypeError("a refused key came past its guard")
    incident = _the(incident_id)
    acknowledge(session(), incident, who.name, given, now(), exact=True)
    session().commit()
    return done(document(incident), "Incident acknowledged")


@bp.delete("/incidents/<incident_id>/acknowledge")
@needs("write:incidents", gives=ONE)
def unacknowledge_incident(incident_id: str) -> Response:
    """Take that back."""
    incident = _the(incident_id)
    take_back(session(), incident)
    session().commit()
    return done(document(incident), "Acknowledgement taken back")


def _the(incident_id: str) -> Incident:
    """The incident that is to be changed, unless it is another by now than the asker says."""
    incident = find_incident(session(), incident_id)
    unchanged(incident)
    return incident
