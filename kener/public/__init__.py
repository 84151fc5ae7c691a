"""What anybody may ask: the public page, heartbeats, health, the manual."""

from flask import Blueprint, Flask

bp = Blueprint("public", __name__)


def register(app: Flask) -> None:
    """Hang the door into the app."""
    app.register_blueprint(bp)
