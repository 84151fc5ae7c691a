"""/api/monitors"""

from typing import Annotated

from flask import Response, g

from kener.actions.monitor_fields import MonitorFields
from kener.actions.monitor_search import MonitorFilter, matching_ids
from kener.actions.monitors import (
    check_now,
    create_monitor,
    delete_monitor,
    latest,
    pause_monitor,
    resume_monitor,
    update_monitor,
)
from kener.actions.statuses import StatusFields, push_status
from kener.api import bp
from kener.api._answers import done, listed
from kener.api._input import ListQuery, body, expected_version
from kener.api._keys import lasts, needs
from kener.api._lists import cursor_after, one_order_of, order_of, place_in, some_of
from kener.api._monitor import (
    FIELDS,
    MonitorChange,
    MonitorDocument,
    MonitorPart,
    documents,
    documents_of,
)
from kener.api._shapes import Answer, Gone, ListAnswer
from kener.api._tags import unchanged
from kener.store.clock import now
from kener.store.monitors import ORDERS, find_monitor, slice_of_monitors
from kener.store.standing import standings, unchanged_until
from kener.store.tables import Monitor
from kener.web.database import session

ONE = Answer[MonitorDocument]


class MonitorQuery(ListQuery, MonitorFilter):
    """Filters of the list, its order, and what it shows of each."""

    fields: Annotated[tuple[str, ...], some_of(FIELDS)] = ()
    sort: Annotated[str, one_order_of(ORDERS)] = "created"


@bp.get("/monitors")
@needs("read:monitors", takes=MonitorQuery, gives=ListAnswer[MonitorPart])
def list_monitors() -> Response:
    """Every monitor, in the order of their making unless another is asked for."""
    asked: MonitorQuery = g.parameters
    at = now()
    order = order_of(ORDERS, asked.sort)
    after = place_in(asked.cursor, asked.sort, order)
    only = matching_ids(session(), asked, at) if asked.is_searching else None
    part = slice_of_monitors(
        session(), after, asked.limit, order=order, kind=asked.kind, paused=asked.paused, only=only
    )
    shown = standings(session(), at, monitors=part.rows, facts=False)
    if only is None:
        lasts(unchanged_until(session(), shown, at))
    return listed(
        documents_of(session(), shown),
        limit=asked.limit,
        following=cursor_after(part.rows[-1], asked.sort, order) if part.more else None,
        total=part.total,
        fields=asked.fields,
    )


@bp.post("/monitors")
@needs("write:monitors", sent=MonitorFields, gives={201: ONE})
def create() -> Response:
    """Create a monitor; it is checked at once."""
    given = body()
    monitor = create_monitor(session(), given, now(), exact=True)
    session().commit()
    response = _shown(monitor, "Monitor created", 201)
    response.headers["Location"] = f"/api/monitors/{monitor.public_id}"
    return response


@bp.get("/monitors/<monitor_id>")
@needs("read:monitors", gives=ONE)
def show(monitor_id: str) -> Response:
    """One monitor, by its id or its slug."""
    return _shown(find_monitor(session(), monitor_id))


@bp.put("/monitors/<monitor_id>")
@needs("write:monitors", sent=MonitorChange, gives=ONE)
def change(monitor_id: str) -> Response:
    """Change the fields that are named; the others keep their value."""
    given = body()
    version = expected_version(given)
    monitor = _the(monitor_id)
    update_monitor(session(), monitor, given, now(), version, exact=True)
    session().commit()
    return _shown(monitor, "Monitor updated")


@bp.delete("/monitors/<monitor_id>")
@needs("delete:monitors", gives=Answer[Gone])
def delete(monitor_id: str) -> Response:
    """Delete a monitor and its history."""
    monitor = _the(monitor_id)
    delete_monitor(session(), monitor, now())
    session().commit()
    return done({"id": monitor.public_id}, "Monitor deleted")


@bp.post("/monitors/<monitor_id>/check")
@needs("write:monitors", gives={202: ONE})
def check(monitor_id: str) -> Response:
    """Check now, beside the usual rhythm. The answer does not wait for it."""
    monitor = _the(monitor_id)
    check_now(session(), monitor, now())
    session().commit()
    return _shown(monitor, "The monitor is checked now", 202)


@bp.post("/monitors/<monitor_id>/status")
@needs("write:monitors", sent=StatusFields, gives=ONE)
def tell(monitor_id: str) -> Response:
    """Say how a manual monitor is. It is that at once."""
    given = body()
    monitor = _the(monitor_id)
    push_status(session(), monitor, given, now(), exact=True)
    session().commit()
    return _shown(monitor, "Status set")


@bp.post("/monitors/<monitor_id>/pause")
@needs("write:monitors", gives=ONE)
def pause(monitor_id: str) -> Response:
    """Stop checking; the history says unknown meanwhile."""
    monitor = pause_monitor(session(), _the(monitor_id), now())
    session().commit()
    return _shown(monitor, "Monitor paused")


@bp.post("/monitors/<monitor_id>/resume")
@needs("write:monitors", gives=ONE)
def resume(monitor_id: str) -> Response:
    """Check again, at once."""
    monitor = resume_monitor(session(), _the(monitor_id), now())
    session().commit()
    return _shown(monitor, "Monitor resumed")


def _the(monitor_id: str) -> Monitor:
    """The monitor that is to be changed, unless it is another by now than the asker says."""
    monitor = find_monitor(session(), monitor_id)
    unchanged(monitor, latest)
    return monitor


def _shown(monitor: Monitor, message: str = "Operation successful", status: int = 200) -> Response:
    (document,) = documents(session(writes=False), [monitor])
    return done(document, message, status)
