"""/admin"""

from flask import make_response, redirect, render_template, url_for

from kener.admin import bp
from kener.admin._answers import Answer
from kener.core.errors import NotFound
from kener.web.pages import wants_partial


@bp.get("/")
def home() -> Answer:
    """Monitors are what one comes for."""
    return redirect(url_for("admin.monitors"), 303)


@bp.get("/published")
def published() -> Answer:
    """How publishing goes, for the foot of the rail."""
    if not wants_partial():
        return redirect(url_for("admin.monitors"), 303)
    return make_response(render_template("admin/_published.html"))


@bp.route("/<path:nowhere>", methods=["GET", "POST"])
def nowhere(nowhere: str) -> Answer:
    """An address of the admin that no screen has."""
    raise NotFound(f"There is no page /admin/{nowhere}.")
