"""/admin/incidents: the list, opening one, and changing what was said."""

import re
from collections.abc import Mapping
from typing import Any

from flask import request

from kener.actions.incidents import delete_incident, edit_incident, open_incident
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import filled, version_typed
from kener.admin._gate import the_time
from kener.admin._incident_fields import (
    SAYS,
    chosen,
    edit_fields,
    new_fields,
    read_form,
    stored_texts,
    template_texts,
)
from kener.admin._mine import my_incident
from kener.store.incident_templates import slice_of_templates, template_known_as
from kener.store.incidents import Wanted, open_incidents, slice_of_incidents
from kener.store.monitors import slice_of_monitors
from kener.store.rail import rail
from kener.store.tables import Incident
from kener.web.database import session

MOST_MONITORS = 500
PAST = 30
DRAFTS = 100
MOST_TEMPLATES = 50


@bp.get("/incidents")
def incidents() -> Answer:
    """The open ones, and what is over."""
    past = slice_of_incidents(session(), _after(), PAST, Wanted(is_open=False))
    begins = not request.args.get("after")
    drafts = slice_of_incidents(session(), None, DRAFTS, Wanted(draft=True)) if begins else None
    return page(
        "admin/incidents/index.html",
        partial="admin/incidents/_list.html",
        zone=_zone(),
        drafts=drafts.rows if drafts else [],
        open=open_incidents(session()) if begins else [],
        past=past,
        next=_mark(past.rows[-1]) if past.more else "",
        now=the_time(),
    )


@bp.get("/incidents/new")
def new_incident() -> Answer:
    """An empty form; `monitor` in the address is marked as down already, and `template` fills in
    what it knows."""
    monitor = request.args.get("monitor", "")
    template = template_known_as(session(), request.args.get("template", ""))
    texts = template_texts(template) if template else {}
    return _new_form(texts | ({f"monitor.{monitor}": "down"} if monitor else {}))


def _new_form(typed: Mapping[str, str], *, status: int = 200, **refusal: Any) -> Answer:
    form = filled(new_fields(_zone()), typed, **refusal)
    templates = slice_of_templates(session(), 0, MOST_TEMPLATES).rows
    return _shown("new", form=form, affected=_affected(typed), status=status, templates=templates)


def _new_again(**refusal: Any) -> Answer:
    return _new_form(request.form, **refusal)


@bp.post("/incidents/new")
@shown_again_by(_new_again)
def add_incident() -> Answer:
    """Open the incident; the page says so within seconds."""
    incident = open_incident(session(), read_form(request.form, _zone(), None), the_time())
    session().commit()
    where = "is kept as a draft" if incident.draft else "is on the page in a moment"
    say(f"“{incident.title}” {where}.")
    return go("admin.incident", public_id=incident.public_id)


@bp.get("/incidents/<public_id>/edit")
def edit_an_incident(public_id: str) -> Answer:
    """The form with what is stored."""
    incident = my_incident(public_id)
    return _edit_form(incident, stored_texts(incident, _zone()))


def _edit_form(
    incident: Incident, typed: Mapping[str, str], *, status: int = 200, **refusal: Any
) -> Answer:
    zone = _zone()
    form = filled(edit_fields(incident, zone), typed, **refusal)
    stored = stored_texts(incident, zone)
    theirs = [
        (each.label, stored[each.name], each.value)
        for each in form.fields
        if status == 409 and each.name in stored
        if stored[each.name].strip() != each.value.strip()
    ]
    version = incident.version if status == 409 else request.form.get("version", incident.version)
    more = {"incident": incident, "version": version, "theirs": theirs}
    return _shown("edit", form=form, affected=_affected(typed), status=status, **more)


def _edit_again(public_id: str, **refusal: Any) -> Answer:
    return _edit_form(my_incident(public_id), request.form, **refusal)


@bp.post("/incidents/<public_id>/edit")
@shown_again_by(_edit_again)
def change_incident(public_id: str) -> Answer:
    """Change the account; history changes with it."""
    incident = my_incident(public_id)
    given = read_form(request.form, _zone(), incident)
    edit_incident(session(), incident, given, the_time(), version_typed())
    session().commit()
    say("The incident was saved.")
    return go("admin.incident", public_id=public_id)


@bp.get("/incidents/<public_id>/delete")
def ask_delete_incident(public_id: str) -> Answer:
    """Are you sure?"""
    incident = my_incident(public_id)
    return page(
        "admin/ask.html",
        partial="admin/_ask.html",
        here="Incidents",
        question=f"Delete “{incident.title}”?",
        explanation="Its messages go, and the history is again what the checks saw. "
        "This cannot be undone. If the trouble is over, resolve it instead.",
        action=("admin.remove_incident", public_id),
        way_back=("admin.incident", public_id),
        verb="Delete the incident",
    )


@bp.post("/incidents/<public_id>/delete")
def remove_incident(public_id: str) -> Answer:
    """Delete the incident with all its messages."""
    incident = my_incident(public_id)
    title = incident.title
    delete_incident(session(), incident)
    session().commit()
    say(f"“{title}” was deleted.")
    return go("admin.incidents")


def _shown(name: str, *, status: int, **context: Any) -> Answer:
    whole, piece = f"admin/incidents/{name}.html", f"admin/incidents/_{name}.html"
    return page(whole, partial=piece, status=status, says=SAYS, zone=_zone(), **context)


def _affected(typed: Mapping[str, str]) -> list[tuple[Any, str]]:
    return chosen(typed, slice_of_monitors(session(), None, MOST_MONITORS).rows)


def _zone() -> str:
    return rail(session()).page.time_zone


def _mark(incident: Incident) -> str:
    return f"{incident.started_at}-{incident.id}"


def _after() -> tuple[int, int] | None:
    """Where the list goes on; nonsense begins at its start."""
    found = re.fullmatch(r"([0-9]{1,18})-([0-9]{1,18})", request.args.get("after", ""))
    return (int(found[1]), int(found[2])) if found else None
