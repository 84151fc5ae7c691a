"""The htmx admin under /admin."""

from flask import Blueprint, Flask

bp = Blueprint("admin", __name__, url_prefix="/admin")


def register(app: Flask) -> None:
    """Hang the door into the app."""
    app.register_blueprint(bp)
