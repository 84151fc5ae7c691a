"""/admin/settings/look: how a page looks."""

from typing import Any

from flask import request

from kener.actions.pages import edit_page
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import filled, version_typed
from kener.admin._gate import the_time
from kener.admin._look_fields import look_fields, look_typed, stored_look
from kener.admin._mine import my_page
from kener.web.database import session


def _form(*, status: int = 200, **refusal: Any) -> Answer:
    shown = my_page()
    version = shown.version if status == 409 else request.form.get("version", shown.version)
    return page(
        "admin/settings/look.html",
        partial="admin/settings/_look.html",
        status=status,
        form=filled(look_fields(), stored_look(shown) | request.form.to_dict(), **refusal),
        version=version,
        shown=shown,
    )


@bp.get("/settings/look")
def page_look() -> Answer:
    """Colours, pictures, letters, and words at the foot."""
    return _form()


@bp.post("/settings/look")
@shown_again_by(_form)
def change_look() -> Answer:
    """Change it; the page is published anew."""
    shown = my_page()
    given = {"look": look_typed(request.form, shown)}
    edit_page(session(), shown, given, the_time(), version_typed())
    session().commit()
    say("The look was saved.")
    return go("admin.page_look")
