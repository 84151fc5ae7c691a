"""/admin/incidents/<id>: one incident, and what more there is to say of it."""

from typing import Any

from flask import request

from kener.actions.incidents import post_update
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import filled
from kener.admin._gate import the_time
from kener.admin._incident_fields import MESSAGE, PHASES, status_field
from kener.admin._mine import my_incident
from kener.store.rail import rail
from kener.store.tables.incidents import Phase
from kener.web.database import session

NEXT = {
    Phase.INVESTIGATING: Phase.IDENTIFIED,
    Phase.IDENTIFIED: Phase.MONITORING,
    Phase.MONITORING: Phase.RESOLVED,
    Phase.RESOLVED: Phase.RESOLVED,
}


def _shown(public_id: str, *, status: int = 200, **refusal: Any) -> Answer:
    incident = my_incident(public_id)
    fields = [status_field(NEXT[incident.status]), MESSAGE]
    return page(
        "admin/incidents/show.html",
        partial="admin/incidents/_show.html",
        status=status,
        incident=incident,
        form=filled(fields, request.form, **refusal),
        phases=PHASES,
        reached=list(NEXT).index(incident.status),
        zone=rail(session()).page.time_zone,
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
    status, message = request.form.get("status", ""), request.form.get("message", "")
    post_update(session(), found, status, message, the_time())
    session().commit()
    over = found.status is Phase.RESOLVED
    say("The incident is resolved." if over else "Your update is on the page in a moment.")
    return go("admin.incident", public_id=public_id)
