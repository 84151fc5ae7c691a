"""Planning work: writing it down, changing it, and calling it off."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from kener.actions.fields import Problem
from kener.actions.maintenance_fields import SCHEDULE, MaintenanceFields, Plan, read_plan
from kener.actions.maintenance_windows import fill_up, make_anew, rearm
from kener.actions.planned_events import tell
from kener.actions.publishing import mark_dirty
from kener.core.errors import Conflict, Invalid, NotFound
from kener.core.ids import public_id
from kener.core.instant import Instant
from kener.core.status import Status
from kener.core.windows import WindowStatus
from kener.store.maintenances import next_windows
from kener.store.tables import Maintenance, MaintenanceMonitor, Monitor, Window

__all__ = [
    "MaintenanceFields",
    "cancel_maintenance",
    "delete_maintenance",
    "edit_maintenance",
    "latest",
    "plan_maintenance",
]

GONE = "This maintenance was deleted in the meantime."
CHANGED = "Somebody else changed this maintenance in the meantime. Look at it again, then save."
CANCELLED = "This maintenance is cancelled."


def plan_maintenance(
    session: Session, fields: Mapping[str, Any], now: Instant, *, exact: bool = False
) -> Maintenance:
    """Planned work with its windows. One that takes place once may be over already; of a rule
    only windows that are not over are written down. Invalid names every bad field
    (`monitors.0.id`)."""
    plan = read_plan(session, fields, now, exact=exact)
    maintenance = Maintenance(
        public_id=public_id(), version=1, created_at=now, updated_at=now, **plan.columns
    )
    _set_affected(maintenance, plan.affected)
    session.add(maintenance)
    session.flush()
    fill_up(session, maintenance, now)
    _announce(session, maintenance, now)
    return maintenance


def edit_maintenance(  # noqa: PLR0913 - two of them are options of both doors
    session: Session,
    maintenance: Maintenance,
    changes: Mapping[str, Any],
    now: Instant,
    version: int | None = None,
    *,
    exact: bool = False,
) -> Maintenance:
    """Change what is named; the rest keeps its value. Another schedule moves the windows that have
    not begun; other monitors or impacts change history too. `version` is the one that was edited:
    Conflict if it is old. Invalid as above."""
    latest(session, maintenance)
    if version is not None and version != maintenance.version:
        raise Conflict(CHANGED)
    plan = read_plan(session, changes, now, maintenance, exact=exact)
    _refuse_unfit(maintenance, plan)
    was_draft, was_once = maintenance.draft, not maintenance.rrule
    is_moved = plan.changes(maintenance, *SCHEDULE)
    is_rearmed = plan.changes(maintenance, "reminders", "draft")
    for name, value in plan.columns.items():
        setattr(maintenance, name, value)
    _set_affected(maintenance, plan.affected)
    maintenance.version += 1
    maintenance.updated_at = now
    if is_moved:
        make_anew(session, maintenance, now, was_once=was_once)
    if is_rearmed:
        for window in _to_come(session, maintenance, now):
            rearm(window, maintenance, now)
    session.flush()
    if was_draft:
        _forget_past(session, maintenance, now)
        _announce(session, maintenance, now)
    else:
        tell(session, "maintenance.updated", maintenance, _next(session, maintenance, now), now)
        mark_dirty(session)
    return maintenance


def cancel_maintenance(session: Session, maintenance: Maintenance, now: Instant) -> Maintenance:
    """Call it off: the open window and those to come do not take place. Nothing happens to one
    that is cancelled already."""
    latest(session, maintenance)
    if maintenance.cancelled_at is not None:
        return maintenance
    following = _next(session, maintenance, now)
    for window in _to_come(session, maintenance, now):
        window.told, window.turn_at = WindowStatus.CANCELLED, None
        window.version += 1
    maintenance.cancelled_at, maintenance.more_at = now, None
    maintenance.version += 1
    maintenance.updated_at = now
    session.flush()
    tell(session, "maintenance.cancelled", maintenance, following, now)
    mark_dirty(session)
    return maintenance


def delete_maintenance(session: Session, maintenance: Maintenance, now: Instant) -> None:
    """Forget it with its windows: history is again what the probes saw. Whoever knows that it was
    to come hears that it does not."""
    latest(session, maintenance)
    following = _next(session, maintenance, now)
    if following is not None:
        tell(session, "maintenance.cancelled", maintenance, following, now)
    session.delete(maintenance)
    session.flush()
    mark_dirty(session)


def latest(session: Session, maintenance: Maintenance) -> None:
    """See it as it is now, with nobody else changing it or its windows; NotFound when it is
    gone."""
    try:
        session.refresh(maintenance, with_for_update=True)
    except InvalidRequestError:
        raise NotFound(GONE) from None


def _refuse_unfit(maintenance: Maintenance, plan: Plan) -> None:
    if maintenance.cancelled_at is not None and plan.changes(maintenance, *SCHEDULE, "draft"):
        raise Conflict(CANCELLED)
    if plan.columns["draft"] and not maintenance.draft:
        raise Invalid({"draft": Problem("was published; cancel or delete it instead")})


def _announce(session: Session, maintenance: Maintenance, now: Instant) -> None:
    """Let others hear of what is ahead, or open; a draft and what is over are no news."""
    following = _next(session, maintenance, now)
    if following is not None:
        tell(session, "maintenance.scheduled", maintenance, following, now)
    if not maintenance.draft:
        mark_dirty(session)


def _forget_past(session: Session, maintenance: Maintenance, now: Instant) -> None:
    """Windows of a rule that passed while it was a draft took no place."""
    if maintenance.rrule:
        session.execute(
            delete(Window).where(Window.maintenance_id == maintenance.id, Window.ends_at <= now)
        )


def _next(session: Session, maintenance: Maintenance, now: Instant) -> Window | None:
    return next_windows(session, [maintenance.id], now).get(maintenance.id)


def _to_come(session: Session, maintenance: Maintenance, now: Instant) -> list[Window]:
    """Its windows that are not over and not cancelled."""
    rows = session.scalars(
        select(Window)
        .where(Window.maintenance_id == maintenance.id, Window.ends_at > now)
        .where(Window.told != WindowStatus.CANCELLED)
    )
    return list(rows)


def _set_affected(maintenance: Maintenance, affected: Mapping[Monitor, Status]) -> None:
    known = {each.monitor: each for each in maintenance.affected}
    for monitor, row in known.items():
        if monitor not in affected:
            maintenance.affected.remove(row)
    for monitor, status in affected.items():
        if monitor in known:
            known[monitor].impact = status
        else:
            maintenance.affected.append(MaintenanceMonitor(monitor=monitor, impact=status))
