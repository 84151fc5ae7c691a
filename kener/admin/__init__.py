"""The htmx admin under /admin. Each public module here is one screen's views; adding a file adds
a screen."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint, Flask

from kener.web.address import the_config
from kener.web.csrf import init_csrf
from kener.web.members import init_members

bp = Blueprint("admin", __name__, url_prefix="/admin")


def register(app: Flask) -> None:
    """Hang the door into the app."""
    _load_screens()
    with app.app_context():
        init_members(app, the_config())
    init_csrf(app)
    app.register_blueprint(bp)


def _load_screens() -> None:
    """Import every module once: the private ones add what all screens share, and come first."""
    names = sorted(module.name for module in iter_modules(__path__))
    for name in sorted(names, key=lambda name: not name.startswith("_")):
        import_module(f"{__name__}.{name}")
