"""/api/maintenances"""

from flask import Response, g

from kener.actions.maintenance_fields import MaintenanceFields
from kener.actions.maintenances import (
    cancel_maintenance,
    delete_maintenance,
    edit_maintenance,
    latest,
    plan_maintenance,
)
from kener.api import bp
from kener.api._answers import OK, done, listed
from kener.api._input import ListQuery, body, cursor_of, expected_version, keys_of
from kener.api._keys import needs
from kener.api._maintenance import (
    MaintenanceChange,
    MaintenanceDocument,
    WindowDocument,
    documents,
    window_document,
)
from kener.api._shapes import Answer, Gone, ListAnswer
from kener.api._tags import unchanged
from kener.store.clock import now
from kener.store.maintenances import find_maintenance, slice_of_maintenances, slice_of_windows
from kener.store.tables import Maintenance
from kener.web.database import session

ONE = Answer[MaintenanceDocument]


class MaintenanceQuery(ListQuery):
    """Filters of the list."""

    upcoming: bool | None = None
    active: bool | None = None
    past: bool | None = None
    draft: bool | None = None
    monitor: str = ""


class WindowsQuery(ListQuery):
    """Those whose time has passed, or those whose time has not."""

    over: bool | None = None


@bp.get("/maintenances")
@needs("read:maintenances", takes=MaintenanceQuery, gives=ListAnswer[MaintenanceDocument])
def list_maintenances() -> Response:
    """All planned work, what was planned last first."""
    asked: MaintenanceQuery = g.parameters
    (before,) = keys_of(asked.cursor, 1) or (None,)
    at = now()
    part = slice_of_maintenances(
        session(),
        before,
        asked.limit,
        at,
        upcoming=asked.upcoming,
        active=asked.active,
        past=asked.past,
        draft=asked.draft,
        monitor=asked.monitor,
    )
    return listed(
        documents(session(), part.rows, at),
        limit=asked.limit,
        following=cursor_of(part.rows[-1].id) if part.more else None,
        total=part.total,
    )


@bp.post("/maintenances")
@needs("write:maintenances", sent=MaintenanceFields, gives={201: ONE})
def plan() -> Response:
    """Plan work, once or by a rule."""
    given = body()
    maintenance = plan_maintenance(session(), given, now(), exact=True)
    session().commit()
    response = _shown(maintenance, "Maintenance planned", 201)
    response.headers["Location"] = f"/api/maintenances/{maintenance.public_id}"
    return response


@bp.get("/maintenances/<maintenance_id>")
@needs("read:maintenances", gives=ONE)
def show_maintenance(maintenance_id: str) -> Response:
    """One maintenance, with its open window or the next."""
    return _shown(find_maintenance(session(), maintenance_id))


@bp.put("/maintenances/<maintenance_id>")
@needs("write:maintenances", sent=MaintenanceChange, gives=ONE)
def change_maintenance(maintenance_id: str) -> Response:
    """Change the fields that are named; the others keep their value."""
    given = body()
    version = expected_version(given)
    maintenance = _the(maintenance_id)
    edit_maintenance(session(), maintenance, given, now(), version, exact=True)
    session().commit()
    return _shown(maintenance, "Maintenance updated")


@bp.delete("/maintenances/<maintenance_id>")
@needs("delete:maintenances", gives=Answer[Gone])
def remove_maintenance(maintenance_id: str) -> Response:
    """Delete it with its windows; history is again what the checks saw."""
    maintenance = _the(maintenance_id)
    delete_maintenance(session(), maintenance, now())
    session().commit()
    return done({"id": maintenance.public_id}, "Maintenance deleted")


@bp.post("/maintenances/<maintenance_id>/cancel")
@needs("write:maintenances", gives=ONE)
def call_off(maintenance_id: str) -> Response:
    """Cancel the open window and all to come."""
    maintenance = _the(maintenance_id)
    cancel_maintenance(session(), maintenance, now())
    session().commit()
    return _shown(maintenance, "Maintenance cancelled")


@bp.get("/maintenances/<maintenance_id>/windows")
@needs("read:maintenances", takes=WindowsQuery, gives=ListAnswer[WindowDocument])
def list_windows(maintenance_id: str) -> Response:
    """Its windows, the earliest first."""
    asked: WindowsQuery = g.parameters
    after, at = keys_of(asked.cursor, 2), now()
    maintenance = find_maintenance(session(), maintenance_id)
    place = (after[0], after[1]) if after else None
    part = slice_of_windows(session(), maintenance, place, asked.limit, at, over=asked.over)
    last = part.rows[-1] if part.more else None
    return listed(
        [window_document(each, at) for each in part.rows],
        limit=asked.limit,
        following=cursor_of(last.starts_at, last.id) if last else None,
        total=part.total,
    )


def _the(maintenance_id: str) -> Maintenance:
    """The maintenance that is to be changed, unless it is another by now than the asker says."""
    maintenance = find_maintenance(session(), maintenance_id)
    unchanged(maintenance, latest)
    return maintenance


def _shown(maintenance: Maintenance, message: str = OK, status: int = 200) -> Response:
    (document,) = documents(session(writes=False), [maintenance], now())
    return done(document, message, status)
