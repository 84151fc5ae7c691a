"""/admin/incidents/<id>/updates/<id>: changing what was said, and taking it back."""

from collections.abc import Mapping
from typing import Any

from flask import request

from kener.actions.incident_updates import delete_update, edit_update
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import filled
from kener.admin._gate import the_time
from kener.admin._incident_fields import read_update_form, update_fields, update_texts
from kener.admin._mine import my_incident, my_update
from kener.core.errors import Conflict
from kener.store.rail import rail
from kener.web.database import session


def _form(
    public_id: str, update_id: str, typed: Mapping[str, str], *, status: int = 200, **refusal: Any
) -> Answer:
    incident = my_incident(public_id)
    update = my_update(incident, update_id)
    return page(
        "admin/incidents/update.html",
        partial="admin/incidents/_update.html",
        status=status,
        incident=incident,
        update=update,
        form=filled(update_fields(incident, update, _zone()), typed, **refusal),
    )


def _again(public_id: str, update_id: str, **refusal: Any) -> Answer:
    return _form(public_id, update_id, request.form, **refusal)


@bp.get("/incidents/<public_id>/updates/<update_id>")
def edit_an_update(public_id: str, update_id: str) -> Answer:
    """The form with what is stored."""
    update = my_update(my_incident(public_id), update_id)
    return _form(public_id, update_id, update_texts(update, _zone()))


@bp.post("/incidents/<public_id>/updates/<update_id>")
@shown_again_by(_again)
def change_update(public_id: str, update_id: str) -> Answer:
    """Change what was said; the incident stands as its newest message says."""
    incident = my_incident(public_id)
    update = my_update(incident, update_id)
    given = read_update_form(request.form, _zone(), update)
    edit_update(session(), incident, update, given, the_time())
    session().commit()
    say("The update was saved.")
    return go("admin.incident", public_id=public_id)


@bp.get("/incidents/<public_id>/updates/<update_id>/delete")
def ask_delete_update(public_id: str, update_id: str) -> Answer:
    """Are you sure?"""
    my_update(my_incident(public_id), update_id)
    return page(
        "admin/ask.html",
        partial="admin/_ask.html",
        here="Incidents",
        question="Take this update back?",
        explanation="It goes from the page, and the incident stands as the newest of the others "
        "says. Who was told of it was told.",
        action=("admin.remove_update", public_id),
        more={"update_id": update_id},
        way_back=("admin.incident", public_id),
        verb="Delete the update",
    )


@bp.post("/incidents/<public_id>/updates/<update_id>/delete")
def remove_update(public_id: str, update_id: str) -> Answer:
    """Take back what was said, unless there is nothing else."""
    incident = my_incident(public_id)
    try:
        delete_update(session(), incident, my_update(incident, update_id), the_time())
    except Conflict as refused:
        say(refused.message)
        return go("admin.incident", public_id=public_id)
    session().commit()
    say("The update was deleted.")
    return go("admin.incident", public_id=public_id)


def _zone() -> str:
    return rail(session()).page.time_zone
