"""/api/monitors/bulk: one thing done to many."""

from typing import Any

from flask import Response

from kener.actions.monitor_bulk import Action, BulkFields, change_many, read_bulk
from kener.api import bp
from kener.api._answers import done
from kener.api._input import body
from kener.api._keys import holds, needs
from kener.api._shapes import Answer, Named, Shown
from kener.core.errors import Forbidden
from kener.store.clock import now
from kener.store.tables import Monitor
from kener.web.database import session

DELETING = "delete:monitors"


class LeftAlone(Shown):
    """A monitor that was not changed, by the name that it was asked for by, and why."""

    id: str
    code: str
    message: str


class BulkDone(Shown):
    """What became of each: changed, already as wanted, or refused."""

    action: Action
    changed: list[Named]
    unchanged: list[Named]
    refused: list[LeftAlone]


@bp.post("/monitors/bulk")
@needs("write:monitors", sent=BulkFields, gives=Answer[BulkDone])
def change_in_bulk() -> Response:
    """Pause, resume, check, tag, untag or delete many monitors at once."""
    wanted = read_bulk(body(), exact=True)
    if wanted.action is Action.DELETE and not holds(DELETING):
        raise Forbidden(f"This API key lacks the permission {DELETING}.")
    result = change_many(session(), wanted, now())
    session().commit()
    became = {
        "changed": [_named(each) for each in result.changed],
        "unchanged": [_named(each) for each in result.unchanged],
        "refused": [
            {"id": each.name, "code": each.code, "message": each.message} for each in result.refused
        ],
    }
    counts = ", ".join(f"{len(several)} {name}" for name, several in became.items())
    return done({"action": wanted.action.value, **became}, counts)


def _named(monitor: Monitor) -> dict[str, Any]:
    return {"id": monitor.public_id, "slug": monitor.slug, "name": monitor.name}
