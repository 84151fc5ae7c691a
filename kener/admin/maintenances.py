"""/admin/maintenances: the list, planning work, and changing the plan."""

from collections.abc import Mapping
from typing import Any

from flask import request

from kener.actions.maintenances import (
    cancel_maintenance,
    delete_maintenance,
    edit_maintenance,
    plan_maintenance,
)
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import filled, version_typed
from kener.admin._gate import the_time
from kener.admin._maintenance_fields import MONITOR, SAYS, fields, read_form, stored_texts
from kener.admin._mine import my_maintenance
from kener.core.windows import status_at
from kener.store.maintenances import next_windows, slice_of_maintenances
from kener.store.monitors import slice_of_monitors
from kener.store.rail import rail
from kener.store.tables import Maintenance
from kener.web.database import session

MOST_MONITORS = 500
SHOWN = 30


@bp.get("/maintenances")
def maintenances() -> Answer:
    """All of it, what was planned last first."""
    text = request.args.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
    part = slice_of_maintenances(session(), before, SHOWN, the_time())
    following = next_windows(session(), [each.id for each in part.rows], the_time())
    return page(
        "admin/maintenances/index.html",
        partial="admin/maintenances/_list.html",
        rows=[(each, following.get(each.id)) for each in part.rows],
        next=part.rows[-1].id if part.more else None,
        status_at=status_at,
        now=the_time(),
        zone=_zone(),
    )


@bp.get("/maintenances/new")
def new_maintenance() -> Answer:
    """An empty form; `monitor` in the address is chosen already."""
    monitor = request.args.get("monitor", "")
    return _form(None, {"notify": "true"} | ({MONITOR + monitor: "maintenance"} if monitor else {}))


def _new_again(**refusal: Any) -> Answer:
    return _form(None, request.form, **refusal)


@bp.post("/maintenances/new")
@shown_again_by(_new_again)
def add_maintenance() -> Answer:
    """Plan it."""
    maintenance = plan_maintenance(session(), read_form(request.form), the_time())
    session().commit()
    say(f"“{maintenance.title}” is planned.")
    return go("admin.maintenance", public_id=maintenance.public_id)


@bp.get("/maintenances/<public_id>/edit")
def edit_a_maintenance(public_id: str) -> Answer:
    """The form with what is stored."""
    maintenance = my_maintenance(public_id)
    return _form(maintenance, stored_texts(maintenance))


def _edit_again(public_id: str, **refusal: Any) -> Answer:
    return _form(my_maintenance(public_id), request.form, **refusal)


@bp.post("/maintenances/<public_id>/edit")
@shown_again_by(_edit_again)
def change_maintenance(public_id: str) -> Answer:
    """Change the plan."""
    maintenance = my_maintenance(public_id)
    edit_maintenance(session(), maintenance, read_form(request.form), the_time(), version_typed())
    session().commit()
    say("The maintenance was saved.")
    return go("admin.maintenance", public_id=public_id)


@bp.get("/maintenances/<public_id>/cancel")
def ask_cancel_maintenance(public_id: str) -> Answer:
    """Are you sure?"""
    return _ask(
        my_maintenance(public_id),
        "cancel",
        "The open window and those to come do not take place. This cannot be undone.",
    )


@bp.post("/maintenances/<public_id>/cancel")
def call_off(public_id: str) -> Answer:
    """Cancel what is not over."""
    cancel_maintenance(session(), my_maintenance(public_id), the_time())
    session().commit()
    say("The maintenance is cancelled.")
    return go("admin.maintenance", public_id=public_id)


@bp.get("/maintenances/<public_id>/delete")
def ask_delete_maintenance(public_id: str) -> Answer:
    """Are you sure?"""
    return _ask(
        my_maintenance(public_id),
        "delete",
        "Its windows go, and the history is again what the checks saw. This cannot be undone.",
    )


@bp.post("/maintenances/<public_id>/delete")
def remove_maintenance(public_id: str) -> Answer:
    """Delete it with its windows."""
    maintenance = my_maintenance(public_id)
    title = maintenance.title
    delete_maintenance(session(), maintenance, the_time())
    session().commit()
    say(f"“{title}” was deleted.")
    return go("admin.maintenances")


def _ask(maintenance: Maintenance, verb: str, explanation: str) -> Answer:
    endpoints = {"cancel": "admin.call_off", "delete": "admin.remove_maintenance"}
    return page(
        "admin/ask.html",
        partial="admin/_ask.html",
        here="Maintenance",
        question=f"{verb.capitalize()} “{maintenance.title}”?",
        explanation=explanation,
        action=(endpoints[verb], maintenance.public_id),
        way_back=("admin.maintenance", maintenance.public_id),
        verb=f"{verb.capitalize()} the maintenance",
    )


def _form(
    maintenance: Maintenance | None, typed: Mapping[str, str], *, status: int = 200, **refusal: Any
) -> Answer:
    """The form with what was typed, and what is stored beside it when somebody was faster."""
    form = filled(fields(_zone()), typed, **refusal)
    stored = stored_texts(maintenance) if maintenance else {}
    theirs = [
        (each.label, stored[each.name], each.value)
        for each in form.fields
        if status == 409 and maintenance and stored[each.name].strip() != each.value.strip()
    ]
    version = maintenance.version if maintenance else 0
    name = "edit" if maintenance else "new"
    monitors = slice_of_monitors(session(), None, MOST_MONITORS).rows
    return page(
        f"admin/maintenances/{name}.html",
        partial="admin/maintenances/_form.html",
        status=status,
        form=form,
        maintenance=maintenance,
        version=version if status == 409 else request.form.get("version", version),
        theirs=theirs,
        affected=[(each, typed.get(MONITOR + each.public_id, "")) for each in monitors],
        says=SAYS,
    )


def _zone() -> str:
    return rail(session()).page.time_zone
