"""/admin/incidents/<id>: one incident, and what more there is to say of it."""

from typing import Any

from flask import request

from kener.actions.acknowledging import acknowledge, take_back
from kener.actions.incident_updates import post_update
from kener.actions.incidents import edit_incident
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import filled
from kener.admin._gate import the_member, the_time
from kener.admin._incident_fields import PHASES, more_fields, read_update_form
from kener.admin._mine import my_incident
from kener.store.rail import rail
from kener.store.tables.incidents import Phase
from kener.web.database import session

NEXT = {
    Phase.INVESTIGATING: Phase.IDENTIFIED,
    Phase.IDENTIFIED: Phase.MONITORING,
    Phase.MONITORING: Phase.RESOLVED,
    Phase.RESOLVED: Phase.RESOLVED,
    Phase.POSTMORTEM: Phase.POSTMORTEM,
}


def _shown(public_id: str, *, status: int = 200, **refusal: Any) -> Answer:
    incident = my_incident(public_id)
    zone = rail(session()).page.time_zone
    fields = more_fields(incident, NEXT[incident.status], zone)
    return page(
        "admin/incidents/show.html",
        partial="admin/incidents/_show.html",
        status=status,
        incident=incident,
        form=filled(fields, request.form, **refusal),
        phases=PHASES,
        reached=list(NEXT).index(incident.status),
        note=request.form.get("note", ""),
        zone=zone,
        now=the_time(),
    )


@bp.get("/incidents/<public_id>")
def incident(public_id: str) -> Answer:
    """What was said so far, and the form to say more."""
    return _shown(public_id)


@bp.post("/incidents/<public_id>")
@shown_again_by(_shown)
def say_more(public_id: str) -> Answer:
    """Post an update; with the status resolved the incident is over."""
    found = my_incident(public_id)
    given = read_update_form(request.form, rail(session()).page.time_zone)
    post_update(session(), found, given, the_time())
    session().commit()
    over = found.status is Phase.RESOLVED
    say("The incident is resolved." if over else "Your update is on the page in a moment.")
    return go("admin.incident", public_id=public_id)


@bp.post("/incidents/<public_id>/publish")
@shown_again_by(_shown)
def publish_incident(public_id: str) -> Answer:
    """Put a draft on the page."""
    found = my_incident(public_id)
    notify = request.form.get("quiet") != "true"
    edit_incident(session(), found, {"draft": False, "notify": notify}, the_time())
    session().commit()
    say(f"“{found.title}” is on the page in a moment.")
    return go("admin.incident", public_id=public_id)


@bp.post("/incidents/<public_id>/acknowledge")
@shown_again_by(_shown)
def acknowledge_incident(public_id: str) -> Answer:
    """Say that you have it in hand."""
    me = the_member()
    note = {"note": request.form.get("note", "")}
    acknowledge(session(), my_incident(public_id), me.name or me.email, note, the_time())
    session().commit()
    return go("admin.incident", public_id=public_id)


@bp.post("/incidents/<public_id>/acknowledge/undo")
def unacknowledge_incident(public_id: str) -> Answer:
    """Nobody has it in hand."""
    take_back(session(), my_incident(public_id))
    session().commit()
    return go("admin.incident", public_id=public_id)
