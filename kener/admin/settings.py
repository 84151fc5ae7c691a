"""/admin/settings: the public page's name and zone, and what is on it."""

from typing import Any

from flask import redirect, request, url_for

from kener.actions.pages import edit_page
from kener.admin import bp
from kener.admin._announced import announcement_form
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import filled, version_typed
from kener.admin._gate import the_time
from kener.admin.first_run import PAGE_FIELDS, page_typed
from kener.store.pages import outline
from kener.store.rail import rail
from kener.web.database import session


@bp.get("/settings")
def settings() -> Answer:
    """The first of its screens."""
    return redirect(url_for("admin.page_settings"), 303)


def _form(*, status: int = 200, **refusal: Any) -> Answer:
    stored = rail(session()).page
    texts = {"title": stored.title, "time_zone": stored.time_zone}
    version = stored.version if status == 409 else request.form.get("version", stored.version)
    return page(
        "admin/settings/page.html",
        partial="admin/settings/_page.html",
        status=status,
        form=filled(PAGE_FIELDS, texts | request.form.to_dict(), **refusal),
        version=version,
        shown=stored,
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
    edit_page(session(), rail(session()).page, page_typed(), the_time(), version_typed())
    session().commit()
    say("The page was saved.")
    return go("admin.page_settings")
