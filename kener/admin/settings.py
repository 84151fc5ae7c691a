"""/admin/settings: what a status page is called and where it is, and what is on it."""

from typing import Any

from flask import redirect, request, url_for

from kener.actions.pages import edit_page
from kener.admin import bp
from kener.admin._announced import announcement_form
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import filled, version_typed
from kener.admin._gate import the_time
from kener.admin._mine import my_page
from kener.admin._page_fields import page_fields, read_page_form, stored_page, typed_page
from kener.site.sites import page_url
from kener.store.pages import every_page, outline
from kener.web.address import the_config
from kener.web.database import session


@bp.get("/settings")
def settings() -> Answer:
    """The first of its screens."""
    return redirect(url_for("admin.page_settings"), 303)


def _form(*, status: int = 200, **refusal: Any) -> Answer:
    stored = my_page()
    typed = typed_page(request.form) if "shape" in request.form else request.form.to_dict()
    version = stored.version if status == 409 else request.form.get("version", stored.version)
    return page(
        "admin/settings/page.html",
        partial="admin/settings/_page.html",
        status=status,
        form=filled(page_fields(stored), stored_page(stored) | typed, **refusal),
        version=version,
        shown=stored,
        address=page_url(stored, the_config()),
        pages=every_page(session()),
        listed=outline(session(), stored),
        announced=announcement_form(stored),
    )


@bp.get("/settings/page")
def page_settings() -> Answer:
    """What the page is called, and where its days begin."""
    return _form()


@bp.post("/settings/page")
@shown_again_by(_form)
def change_page() -> Answer:
    """Change it; the page is published anew."""
    stored = my_page()
    given = read_page_form(request.form, stored)
    edit_page(session(), stored, given, the_time(), version_typed())
    session().commit()
    say("The page was saved.")
    return go("admin.page_settings")
