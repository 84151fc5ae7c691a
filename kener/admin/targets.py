"""/admin/settings/publishing/…: the hosts that the page is brought to."""

from collections.abc import Mapping
from typing import Any

from flask import request

from kener.actions.targets import create_target, delete_target, update_target
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import filled, version_typed
from kener.admin._gate import the_time
from kener.admin._mine import my_target
from kener.admin._target_fields import (
    page_chosen,
    read_target,
    stored_texts,
    target_fields,
    the_kind,
)
from kener.admin._target_rows import label_of, place_of
from kener.admin.publishing import the_folder
from kener.store.tables import Page, Target
from kener.store.targets import runs_of
from kener.targets import Mirror, mirror_types
from kener.web.address import the_config
from kener.web.database import session

SHOWN_RUNS = 30


@bp.get("/settings/publishing/new")
def new_target() -> Answer:
    """What kind of host?"""
    kinds = sorted(mirror_types().values(), key=lambda kind: kind.label.lower())
    return page("admin/publishing/kinds.html", partial="admin/publishing/_kinds.html", kinds=kinds)


def _new_again(kind: str, **refusal: Any) -> Answer:
    return _form(the_kind(kind), request.form, None, **refusal)


@bp.get("/settings/publishing/new/<kind>")
def new_target_of(kind: str) -> Answer:
    """An empty form for a host of this kind."""
    return _new_again(kind)


@bp.post("/settings/publishing/new/<kind>")
@shown_again_by(_new_again)
def add_target(kind: str) -> Answer:
    """Add the host; the page is on its way there."""
    fields = read_target(the_kind(kind), request.form)
    page = page_chosen(request.form)
    target = create_target(session(), kind, fields, the_time(), the_config(), page)
    session().commit()
    say(f"{target.name} was added. The page is on its way there.")
    return go("admin.target", public_id=target.public_id)


@bp.get("/settings/publishing/<public_id>")
def target(public_id: str) -> Answer:
    """One host, and how the last sendings went."""
    found = my_target(public_id)
    of = session().get_one(Page, found.page_id)
    return page(
        "admin/publishing/show.html",
        partial="admin/publishing/_runs.html",
        target=found,
        label=label_of(found),
        place=place_of(found),
        runs=runs_of(session(), found, SHOWN_RUNS),
        page=of,
        builds=the_folder(of).releases()[1:],
        zone=of.time_zone,
    )


def _edit_again(public_id: str, **refusal: Any) -> Answer:
    found = my_target(public_id)
    typed = request.form if request.method == "POST" else stored_texts(found)
    return _form(the_kind(found.kind), typed, found, **refusal)


@bp.get("/settings/publishing/<public_id>/edit")
def edit_target(public_id: str) -> Answer:
    """The form with what is stored; secrets masked."""
    return _edit_again(public_id)


@bp.post("/settings/publishing/<public_id>/edit")
@shown_again_by(_edit_again)
def change_target(public_id: str) -> Answer:
    """Change the host."""
    found = my_target(public_id)
    fields = read_target(the_kind(found.kind), request.form)
    update_target(session(), found, fields, the_time(), the_config(), version_typed())
    session().commit()
    say(f"{found.name} was saved.")
    return go("admin.target", public_id=public_id)


@bp.get("/settings/publishing/<public_id>/delete")
def ask_delete_target(public_id: str) -> Answer:
    """Are you sure?"""
    found = my_target(public_id)
    return page(
        "admin/ask.html",
        partial="admin/_ask.html",
        here="Settings",
        question=f"Stop sending to {found.name}?",
        explanation="Its settings and its log go. What lies at the host stays there: visitors who "
        "still go there see an old page.",
        action=("admin.remove_target", public_id),
        way_back=("admin.target", public_id),
        verb="Delete the target",
    )


@bp.post("/settings/publishing/<public_id>/delete")
def remove_target(public_id: str) -> Answer:
    """Forget the host."""
    found = my_target(public_id)
    name = found.name
    delete_target(session(), found, the_config())
    session().commit()
    say(f"{name} was deleted.")
    return go("admin.publishing")


def _form(
    kind: type[Mirror],
    typed: Mapping[str, str],
    found: Target | None,
    *,
    status: int = 200,
    **refusal: Any,
) -> Answer:
    boxes = {"enabled": "false"} if request.method == "POST" else {}
    version = request.form.get("version", found.version) if found else ""
    return page(
        "admin/publishing/form.html",
        partial="admin/publishing/_form.html",
        status=status,
        form=filled(target_fields(kind, found), boxes | dict(typed), **refusal),
        kind=kind,
        target=found,
        version=found.version if found and status == 409 else version,
    )
