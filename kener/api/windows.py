"""/api/windows: one occurrence of planned work."""

from flask import Response

from kener.actions.windows import (
    ExtendFields,
    cancel_window,
    extend_window,
    finish_window,
    latest_window,
    move_window,
)
from kener.api import bp
from kener.api._answers import OK, done
from kener.api._input import body, expected_version
from kener.api._keys import needs
from kener.api._maintenance import WindowChange, WindowDocument, window_document
from kener.api._shapes import Answer
from kener.api._tags import unchanged
from kener.store.clock import now
from kener.store.maintenances import find_window
from kener.store.tables import Window
from kener.web.database import session

ONE = Answer[WindowDocument]


@bp.get("/windows/<window_id>")
@needs("read:maintenances", gives=ONE)
def show_window(window_id: str) -> Response:
    """One window."""
    return _shown(find_window(session(), window_id))


@bp.put("/windows/<window_id>")
@needs("write:maintenances", sent=WindowChange, gives=ONE)
def change_window(window_id: str) -> Response:
    """Let it begin or end at another time."""
    given = body()
    version = expected_version(given)
    window = _the(window_id)
    move_window(session(), window, given, now(), version, exact=True)
    session().commit()
    return _shown(window, "Window updated")


@bp.post("/windows/<window_id>/finish")
@needs("write:maintenances", gives=ONE)
def finish(window_id: str) -> Response:
    """End it now."""
    window = finish_window(session(), _the(window_id), now())
    session().commit()
    return _shown(window, "Window finished")


@bp.post("/windows/<window_id>/extend")
@needs("write:maintenances", sent=ExtendFields, gives=ONE)
def extend(window_id: str) -> Response:
    """Let it last longer."""
    given = body()
    window = _the(window_id)
    extend_window(session(), window, given, now(), exact=True)
    session().commit()
    return _shown(window, "Window extended")


@bp.post("/windows/<window_id>/cancel")
@needs("write:maintenances", gives=ONE)
def cancel(window_id: str) -> Response:
    """Let it not take place."""
    window = cancel_window(session(), _the(window_id), now())
    session().commit()
    return _shown(window, "Window cancelled")


def _the(window_id: str) -> Window:
    """The window that is to be changed, unless it is another by now than the asker says."""
    window = find_window(session(), window_id)
    unchanged(window, latest_window)
    return window


def _shown(window: Window, message: str = OK, status: int = 200) -> Response:
    return done(window_document(window, now()), message, status)
