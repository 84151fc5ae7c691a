"""The REST API under /api. Each public module here is a resource; adding a file adds one."""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

from flask import Blueprint, Flask

View = TypeVar("View", bound=Callable[..., Any])


class Resources(Blueprint):
    """A blueprint in which what takes PUT takes PATCH too: both mean a partial document here."""

    def put(self, rule: str, **options: Any) -> Callable[[View], View]:
        return self.route(rule, methods=["PUT", "PATCH"], **options)


bp = Resources("api", __name__, url_prefix="/api")


def register(app: Flask) -> None:
    """Hang the door into the app."""
    from kener.api import _door  # noqa: PLC0415 - it needs `bp`, as every resource does

    for module in sorted(module.name for module in iter_modules(__path__)):
        import_module(f"{__name__}.{module}")
    _door.open_for(app)
    app.register_blueprint(bp)
