"""/api/monitors"""

from flask import Response, g

from kener.actions.monitor_search import MonitorFilter, matching
from kener.actions.monitors import (
    check_now,
    create_monitor,
    delete_monitor,
    pause_monitor,
    resume_monitor,
    update_monitor,
)
from kener.actions.statuses import push_status
from kener.api import bp
from kener.api._answers import done, listed
from kener.api._input import ListQuery, body, cursor_of, expected_version, keys_of
from kener.api._keys import needs
from kener.api._monitor import documents
from kener.store.clock import now
from kener.store.monitors import find_monitor, slice_of_monitors
from kener.store.tables import Monitor
from kener.web.database import session


class MonitorQuery(ListQuery, MonitorFilter):
    """Filters of the list."""


@bp.get("/monitors")
@needs("read:monitors", takes=MonitorQuery)
def list_monitors() -> Response:
    """Every monitor, in the order of their making."""
    asked: MonitorQuery = g.parameters
    (after,) = keys_of(asked.cursor, 1) or (0,)
    only = [each.id for each in matching(session(), asked, now())] if asked.is_searching else None
    part = slice_of_monitors(
        session(), after, asked.limit, kind=asked.kind, paused=asked.paused, only=only
    )
    following = None if part.next_id is None else cursor_of(part.next_id)
    return listed(
        documents(session(), part.rows), limit=asked.limit, following=following, total=part.total
    )


@bp.post("/monitors")
@needs("write:monitors")
def create() -> Response:
    """Create a monitor; it is checked at once."""
    given = body()
    monitor = create_monitor(session(), given, now(), exact=True)
    session().commit()
    response = _shown(monitor, "Monitor created", 201)
    response.headers["Location"] = f"/api/monitors/{monitor.public_id}"
    return response


@bp.get("/monitors/<monitor_id>")
@needs("read:monitors")
def show(monitor_id: str) -> Response:
    """One monitor, by its id or its slug."""
    return _shown(find_monitor(session(), monitor_id))


@bp.put("/monitors/<monitor_id>")
@needs("write:monitors")
def change(monitor_id: str) -> Response:
    """Change the fields that are named; the others keep their value."""
    given = body()
    version = expected_version(given)
    monitor = find_monitor(session(), monitor_id)
    update_monitor(session(), monitor, given, now(), version, exact=True)
    session().commit()
    return _shown(monitor, "Monitor updated")


@bp.delete("/monitors/<monitor_id>")
@needs("delete:monitors")
def delete(monitor_id: str) -> Response:
    """Delete a monitor and its history."""
    monitor = find_monitor(session(), monitor_id)
    delete_monitor(session(), monitor, now())
    session().commit()
    return done({"id": monitor.public_id}, "Monitor deleted")


@bp.post("/monitors/<monitor_id>/check")
@needs("write:monitors")
def check(monitor_id: str) -> Response:
    """Check now, beside the usual rhythm. The answer does not wait for it."""
    monitor = find_monitor(session(), monitor_id)
    check_now(session(), monitor, now())
    session().commit()
    return _shown(monitor, "The monitor is checked now", 202)


@bp.post("/monitors/<monitor_id>/status")
@needs("write:monitors")
def tell(monitor_id: str) -> Response:
    """Say how a manual monitor is. It is that at once."""
    given = body()
    monitor = find_monitor(session(), monitor_id)
    push_status(session(), monitor, given, now(), exact=True)
    session().commit()
    return _shown(monitor, "Status set")


@bp.post("/monitors/<monitor_id>/pause")
@needs("write:monitors")
def pause(monitor_id: str) -> Response:
    """Stop checking; the history says unknown meanwhile."""
    monitor = pause_monitor(session(), find_monitor(session(), monitor_id), now())
    session().commit()
    return _shown(monitor, "Monitor paused")


@bp.post("/monitors/<monitor_id>/resume")
@needs("write:monitors")
def resume(monitor_id: str) -> Response:
    """Check again, at once."""
    monitor = resume_monitor(session(), find_monitor(session(), monitor_id), now())
    session().commit()
    return _shown(monitor, "Monitor resumed")


def _shown(monitor: Monitor, message: str = "Operation successful", status: int = 200) -> Response:
    (document,) = documents(session(writes=False), [monitor])
    return done(document, message, status)
