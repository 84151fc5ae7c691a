"""What anybody may ask: the public page, heartbeats, health, the manual. Each module here is one
of them; adding a file adds one."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint, Flask

bp = Blueprint("public", __name__)


def register(app: Flask) -> None:
    """Hang the door into the app."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    app.register_blueprint(bp)
