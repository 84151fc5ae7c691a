"""/admin/settings/pages: more than one status page."""

from typing import Any

from flask import request

from kener.actions.pages import create_page, delete_page
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import filled
from kener.admin._gate import the_time
from kener.admin._mine import my_page
from kener.admin._page_fields import page_fields, read_page_form, typed_page
from kener.web.database import session


def _form(*, status: int = 200, **refusal: Any) -> Answer:
    typed = typed_page(request.form) if request.method == "POST" else {}
    return page(
        "admin/settings/new_page.html",
        partial="admin/settings/_new_page.html",
        status=status,
        form=filled(page_fields(None), {"time_zone": my_page().time_zone} | typed, **refusal),
    )


@bp.get("/settings/pages/new")
def new_page() -> Answer:
    """An empty form."""
    return _form()


@bp.post("/settings/pages/new")
@shown_again_by(_form)
def add_page() -> Answer:
    """Make it; it is published in a moment."""
    made = create_page(session(), read_page_form(request.form, None), the_time())
    session().commit()
    say(f"{made.title} was made.")
    return go("admin.page_settings", page=made.public_id)


@bp.get("/settings/page/delete")
def ask_delete_page() -> Answer:
    """Are you sure?"""
    shown = my_page()
    return page(
        "admin/ask.html",
        partial="admin/_ask.html",
        here="Settings",
        question=f"Delete the page “{shown.title}”?",
        explanation="Its sections and its targets go, and so do its files on this machine. "
        "The monitors stay, and what lies at other hosts does too.",
        action=("admin.remove_page", ""),
        way_back=("admin.page_settings", ""),
        verb="Delete the page",
    )


@bp.post("/settings/page/delete")
def remove_page() -> Answer:
    """Forget it."""
    shown = my_page()
    title = shown.title
    delete_page(session(), shown)
    session().commit()
    say(f"The page “{title}” was deleted.")
    return go("admin.page_settings", page=None)
