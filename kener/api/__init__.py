"""The REST API under /api."""

from flask import Blueprint, Flask

bp = Blueprint("api", __name__, url_prefix="/api")


def register(app: Flask) -> None:
    """Hang the door into the app."""
    app.register_blueprint(bp)
