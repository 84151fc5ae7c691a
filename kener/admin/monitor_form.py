"""/admin/monitors/new and …/edit: making and changing a monitor, and testing it before."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from kener.actions.monitors import create_monitor, update_monitor
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import Field, Form, filled, version_typed
from kener.admin._gate import the_time
from kener.admin._mine import my_monitor
from kener.admin._monitor_fields import (
    fields_of,
    is_changed,
    kinds_by_family,
    known_kind,
    read_form,
    stored_texts,
)
from kener.checks import Check
from kener.store.monitors import all_monitors
from kener.store.tables import Monitor
from kener.web.database import session

FORM = {"template": "admin/monitors/form.html", "partial": "admin/monitors/_form.html"}


@bp.get("/monitors/new")
def new_monitor() -> Answer:
    """An empty form; `kind` in the address chooses what to check."""
    return _form(request.args, None)


@bp.post("/monitors/new/form")
@bp.post("/monitors/<public_id>/form")
def reshape_form(public_id: str = "") -> Answer:
    """The same form for another kind, or with entries more or less, and all that was typed.
    Changes nothing."""
    monitor = my_monitor(public_id) if public_id else None
    return _form(request.form, monitor)


def _new_again(**refusal: Any) -> Answer:
    return _form(request.form, None, **refusal)


@bp.post("/monitors/new")
@shown_again_by(_new_again)
def add_monitor() -> Answer:
    """Make the monitor; it is probed within seconds."""
    monitor = create_monitor(session(), read_form(request.form), the_time())
    session().commit()
    say(f"{monitor.name} is watched from now on.")
    return go("admin.monitor", public_id=monitor.public_id)


@bp.get("/monitors/<public_id>/edit")
def edit_monitor(public_id: str) -> Answer:
    """The form with what is stored."""
    monitor = my_monitor(public_id)
    return _form(stored_texts(monitor), monitor)


def _edit_again(public_id: str, status: int, **refusal: Any) -> Answer:
    monitor = my_monitor(public_id)
    return _form(request.form, monitor, status=status, **refusal)


@bp.post("/monitors/<public_id>/edit")
@shown_again_by(_edit_again)
def change_monitor(public_id: str) -> Answer:
    """Change the monitor, unless somebody else did since the form was opened."""
    monitor = my_monitor(public_id)
    given = read_form(request.form)
    update_monitor(session(), monitor, given, the_time(), version_typed())
    session().commit()
    say(f"{monitor.name} was saved.")
    return go("admin.monitor", public_id=monitor.public_id)


def form_with_test(monitor: Monitor | None, *, status: int, **tested: Any) -> Answer:
    """The form as it was sent, beside it what the test of it found: without JavaScript."""
    return _form(request.form, monitor, status=status, tested=tested)


def _form(
    texts: Mapping[str, str],
    monitor: Monitor | None,
    *,
    status: int = 200,
    tested: Mapping[str, Any] | None = None,
    **refusal: Any,
) -> Answer:
    kind = known_kind(texts.get("kind", monitor.kind if monitor else ""))
    form = filled(_fields(kind, monitor), _typed(texts, kind), **refusal)
    return page(
        **FORM,
        status=status,
        form=form,
        kind=kind,
        families=kinds_by_family(),
        monitor=monitor,
        folds=folds(form, kind),
        version=_version(monitor, status),
        theirs=_theirs(monitor, form) if monitor and status == 409 else [],
        **(tested or {}),
    )


def _fields(kind: type[Check], monitor: Monitor | None) -> list[Field]:
    """The fields of the form. Where monitors are to be picked, all others are the choices."""
    fields = fields_of(kind)
    if not any(each.widget == "picks" for each in fields):
        return fields
    choices = [
        (each.public_id, f"{each.name} (hidden)" if each.hidden else each.name)
        for each in sorted(all_monitors(session()), key=lambda each: each.name.casefold())
        if monitor is None or each.id != monitor.id
    ]
    return [replace(e, choices=choices) if e.widget == "picks" else e for e in fields]


def _version(monitor: Monitor | None, status: int) -> str | int:
    """The version that was opened; once we have shown what somebody else made of it, theirs."""
    if monitor is None:
        return ""
    return monitor.version if status == 409 else request.form.get("version", monitor.version)


def _typed(texts: Mapping[str, str], kind: type[Check]) -> dict[str, str]:
    """What was typed. A box that was sent unticked is not in a form at all."""
    typed = dict(texts)
    if request.method == "POST" and texts.get("shape") == kind.kind:
        boxes = [each.name for each in fields_of(kind) if each.widget == "checkbox"]
        typed = dict.fromkeys(boxes, "false") | typed
    return typed


@dataclass(frozen=True, slots=True)
class Fold:
    """Fields that are seldom needed. It stands open when something in it is not as usual."""

    title: str
    fields: list[Field]
    is_open: bool


def folds(form: Form, kind: type[Check]) -> list[Fold]:
    """The kind's own rare settings, by their groups if each is in one; then what all have."""
    rare = [each for each in form.fields if each.advanced]
    are_grouped = all(each.group for each in rare)
    groups: dict[str, list[Field]] = {}
    for each in rare:
        title = each.group if are_grouped else "More about the check"
        groups.setdefault(title, []).append(each)
    groups["More settings"] = [each for each in form.fields if each.name in FOLDED]
    usual = filled(fields_of(kind), {})
    return [
        Fold(title, fields, any(is_changed(each, usual[each.name]) for each in fields))
        for title, fields in groups.items()
    ]


FOLDED = {
    "to_recover",
    "retry_interval",
    "degraded_over",
    "cron",
    "time_zone",
    "description",
    "slug",
}


def _theirs(monitor: Monitor, form: Form) -> list[tuple[str, str, str]]:
    """Where what is stored by now differs from what was typed: label, theirs, ours."""
    stored = filled(fields_of(known_kind(monitor.kind)), stored_texts(monitor))
    return [
        (each.label, stored[each.name].value, each.value)
        for each in form.fields
        if each.name in stored and stored[each.name].value.strip() != each.value.strip()
    ]
