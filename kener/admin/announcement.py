"""/admin/settings/announcement: a few words below the verdict of the page."""

from typing import Any

from flask import request

from kener.actions.pages import edit_page
from kener.admin import bp
from kener.admin._announced import announcement_form, announcement_typed
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._gate import the_time
from kener.admin._mine import my_page
from kener.web.database import session


def _form(*, status: int = 200, **refusal: Any) -> Answer:
    stored = my_page()
    typed = request.form if request.method == "POST" else None
    return page(
        "admin/settings/announcement.html",
        partial="admin/settings/_announcement.html",
        status=status,
        announced=announcement_form(stored, typed, **refusal),
    )


@bp.get("/settings/announcement")
def announcement() -> Answer:
    """The form by itself."""
    return _form()


@bp.post("/settings/announcement")
@shown_again_by(_form)
def change_announcement() -> Answer:
    """Announce it; the page is published anew."""
    stored = my_page()
    words = announcement_typed(request.form, stored.time_zone)
    edit_page(session(), stored, {"look": {"announcement": words}}, the_time())
    session().commit()
    say("The announcement was saved." if words["text"] else "Nothing is announced.")
    return go("admin.page_settings")
