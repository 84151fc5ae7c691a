"""/admin/maintenances/<id>: one maintenance, and what to do with its windows."""

from typing import Any

from flask import request

from kener.actions.windows import cancel_window, extend_window, finish_window
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._gate import the_time
from kener.admin._mine import my_maintenance, my_window
from kener.core.windows import status_at
from kener.store.maintenances import slice_of_windows
from kener.store.tables import Window
from kener.web.database import session

SHOWN = 50
EXTENSION = "30"
"""Minutes that one press of the button gives."""


def _shown(public_id: str, *, status: int = 200, trouble: str = "", problems: Any = None) -> Answer:
    found = my_maintenance(public_id)
    over = bool(request.args.get("over"))
    part = slice_of_windows(session(), found, _mark(), SHOWN, the_time(), over=over)
    last = part.rows[-1] if part.more else None
    return page(
        "admin/maintenances/show.html",
        partial="admin/maintenances/_show.html",
        status=status,
        maintenance=found,
        windows=part.rows,
        over=over,
        next=f"{last.starts_at}-{last.id}" if last else "",
        trouble=trouble or " ".join((problems or {}).values()),
        status_at=status_at,
        minutes=EXTENSION,
        now=the_time(),
    )


@bp.get("/maintenances/<public_id>")
def maintenance(public_id: str) -> Answer:
    """What is planned, and its windows."""
    return _shown(public_id)


def _again(public_id: str, **refusal: Any) -> Answer:
    del refusal["verb"]
    return _shown(my_window(public_id).maintenance.public_id, **refusal)


@bp.post("/windows/<public_id>/<any(extend, finish, cancel):verb>")
@shown_again_by(_again)
def change_window(public_id: str, verb: str) -> Answer:
    """Let a window last longer, end now, or not take place."""
    window = my_window(public_id)
    say(_changed(window, verb))
    session().commit()
    return go("admin.maintenance", public_id=window.maintenance.public_id)


def _changed(window: Window, verb: str) -> str:
    if verb == "extend":
        extend_window(session(), window, {"minutes": EXTENSION}, the_time())
        return f"The window lasts {EXTENSION} minutes longer."
    if verb == "finish":
        finish_window(session(), window, the_time())
        return "The window is over."
    cancel_window(session(), window, the_time())
    return "The window is cancelled."


def _mark() -> tuple[int, int] | None:
    """Where the list of windows goes on; nonsense begins at its start."""
    at, _, key = request.args.get("after", "").partition("-")
    good = all(each.isascii() and each.isdigit() and len(each) < 18 for each in (at, key))
    return (int(at), int(key)) if good else None
