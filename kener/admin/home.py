"""/admin"""

from flask import redirect, url_for

from kener.admin import bp
from kener.admin._answers import Answer
from kener.core.errors import NotFound


@bp.get("/")
def home() -> Answer:
    """Monitors are what one comes for."""
    return redirect(url_for("admin.monitors"), 303)


@bp.route("/<path:nowhere>", methods=["GET", "POST"])
def nowhere(nowhere: str) -> Answer:
    """An address of the admin that no screen has."""
    raise NotFound(f"There is no page /admin/{nowhere}.")
