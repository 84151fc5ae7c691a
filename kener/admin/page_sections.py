"""/admin/settings/page/sections: the sections of the default page, in their order."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from kener.actions.page_sections import as_given
from kener.actions.pages import edit_page
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import filled, version_typed
from kener.admin._gate import the_time
from kener.admin._mine import my_page, my_section
from kener.admin._section_fields import FIELDS, choices, read_section, stored_texts, typed_texts
from kener.core.errors import Invalid
from kener.store.monitors import all_monitors
from kener.store.pages import Listed, outline
from kener.web.database import session

Sections = list[dict[str, Any]]


@bp.get("/settings/page/sections/new")
def new_section() -> Answer:
    """An empty form."""
    return _form({}, outline(session(), my_page()), None)


def _new_again(**refusal: Any) -> Answer:
    listed = outline(session(), my_page())
    return _form(typed_texts(request.form), listed, None, **refusal)


@bp.post("/settings/page/sections/new")
@shown_again_by(_new_again)
def add_section() -> Answer:
    """Add it after those that are there."""
    given = read_section(request.form)
    sections = as_given(outline(session(), my_page()))
    _keep([*sections, given], len(sections), version_typed())
    say(f"{given['name'].strip()} is on the page in a moment.")
    return go("admin.page_settings")


@bp.get("/settings/page/sections/<public_id>/edit")
def edit_section(public_id: str) -> Answer:
    """The form with what is stored."""
    listed, number = my_section(public_id)
    return _form(stored_texts(listed[number]), listed, listed[number])


def _edit_again(public_id: str, **refusal: Any) -> Answer:
    listed, number = my_section(public_id)
    return _form(typed_texts(request.form), listed, listed[number], **refusal)


@bp.post("/settings/page/sections/<public_id>/edit")
@shown_again_by(_edit_again)
def change_section(public_id: str) -> Answer:
    """Change it, unless somebody else changed the page since the form was opened."""
    listed, number = my_section(public_id)
    sections = as_given(listed)
    sections[number] |= read_section(request.form)
    _keep(sections, number, version_typed())
    say("The section was saved.")
    return go("admin.page_settings")


@bp.post("/settings/page/sections/<public_id>/<any(up, down):way>")
def move_section(public_id: str, way: str) -> Answer:
    """One place up or down; beyond the ends there is none."""
    listed, number = my_section(public_id)
    sections = as_given(listed)
    there = max(0, min(len(sections) - 1, number + (1 if way == "down" else -1)))
    sections.insert(there, sections.pop(number))
    _keep(sections, there)
    return go("admin.page_settings")


@bp.get("/settings/page/sections/<public_id>/delete")
def ask_delete_section(public_id: str) -> Answer:
    """Are you sure?"""
    listed, number = my_section(public_id)
    shows = "what is not hidden" if my_page().everything else "nothing"
    others = "What is in no other section is not shown any more."
    last = f"It is the last one: without sections the page shows {shows}."
    return page(
        "admin/ask.html",
        partial="admin/_ask.html",
        here="Settings",
        question=f"Delete the section “{listed[number].section.name}”?",
        explanation=f"Its monitors stay. {others if len(listed) > 1 else last}",
        action=("admin.remove_section", public_id),
        way_back=("admin.page_settings", ""),
        verb="Delete the section",
    )


@bp.post("/settings/page/sections/<public_id>/delete")
def remove_section(public_id: str) -> Answer:
    """Take it off the page; its monitors stay watched."""
    listed, number = my_section(public_id)
    sections = as_given(listed)
    gone = sections.pop(number)
    _keep(sections, number)
    say(f"The section “{gone['name']}” was deleted.")
    return go("admin.page_settings")


def _keep(sections: Sections, number: int, version: int | None = None) -> None:
    """Store all sections. A monitor that is in this one now leaves the others; what is wrong with
    it is told at its own fields."""
    chosen = set(sections[number]["monitors"]) if number < len(sections) else set()
    for place, each in enumerate(sections):
        if place != number:
            each["monitors"] = [name for name in each["monitors"] if name not in chosen]
    try:
        edit_page(session(), my_page(), {"sections": sections}, the_time(), version)
    except Invalid as error:
        raise Invalid(_own(error.problems, f"sections.{number}.")) from None
    session().commit()


def _own(problems: Mapping[str, str], prefix: str) -> dict[str, str]:
    """Problems by the names that the form of one section knows."""
    own: dict[str, str] = {}
    for name, text in problems.items():
        field = name.removeprefix(prefix).partition(".")[0]
        own.setdefault("name" if field == "sections" else field, text)
    return own


def _form(
    texts: Mapping[str, str],
    listed: Sequence[Listed],
    mine: Listed | None,
    *,
    status: int = 200,
    **refusal: Any,
) -> Answer:
    section = mine.section if mine else None
    stored = my_page().version
    version = stored if status == 409 else request.form.get("version", stored)
    return page(
        "admin/settings/section.html",
        partial="admin/settings/_section_form.html",
        status=status,
        form=filled(FIELDS, texts, **refusal),
        section=section,
        version=version,
        choices=choices(
            all_monitors(session()), listed, texts, section.public_id if section else ""
        ),
    )
