"""/admin/monitors/<id>/status: say how a monitor is that is told so."""

from typing import Any

from flask import request

from kener.actions.statuses import push_status
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say, shown_again_by
from kener.admin._forms import Field, Form, filled
from kener.admin._gate import the_time
from kener.admin._mine import my_monitor
from kener.core.instant import DAY, HOUR, SECOND
from kener.core.status import FACES, Status
from kener.store.tables import Monitor
from kener.web.database import session

SAYS = (Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN)
HOLDS = (
    ("0", "Until the next one"),
    (str(HOUR // SECOND), "1 hour"),
    (str(4 * HOUR // SECOND), "4 hours"),
    (str(DAY // SECOND), "1 day"),
    (str(7 * DAY // SECOND), "7 days"),
)
USUAL = ("", "As in the settings")
STATUS = Field(
    "status", "It is", "select", choices=[(str(each), FACES[each].label) for each in SAYS]
)
MESSAGE = Field("message", "Why", hint="Empty: nothing to say.", attributes={"maxlength": 500})
EXPIRY = Field(
    "expires_in",
    "This holds",
    "select",
    choices=[USUAL, *HOLDS],
    hint="Afterwards it is unknown.",
)


def status_form(**refusal: Any) -> Form:
    """The form, with what was typed."""
    return filled([STATUS, MESSAGE, EXPIRY], request.form, **refusal)


def takes_status(monitor: Monitor) -> bool:
    """Whether it can be told now how it is."""
    return monitor.kind == "manual" and not monitor.paused


def _shown(public_id: str, *, status: int = 200, **refusal: Any) -> Answer:
    return page(
        "admin/monitors/status.html",
        partial="admin/monitors/_status.html",
        status=status,
        monitor=my_monitor(public_id),
        status_form=status_form(**refusal),
    )


@bp.get("/monitors/<public_id>/status")
def ask_status(public_id: str) -> Answer:
    """The form alone."""
    return _shown(public_id)


@bp.post("/monitors/<public_id>/status")
@shown_again_by(_shown)
def tell_status(public_id: str) -> Answer:
    """Set the status; it is on the page in a moment."""
    monitor = my_monitor(public_id)
    given: dict[str, Any] = {name: request.form.get(name, "") for name in ("status", "message")}
    if request.form.get("expires_in"):
        given["expires_in"] = request.form["expires_in"]
    pushed = push_status(session(), monitor, given, the_time())
    session().commit()
    say(f"{monitor.name}: {FACES[pushed.status].label}.")
    return go("admin.monitor", public_id=public_id)
