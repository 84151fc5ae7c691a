"""Windows come near, begin and end by the clock; here others are told, each thing once."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from kener.actions.maintenance_windows import fill_up, turn_of
from kener.actions.planned_events import tell
from kener.actions.publishing import mark_dirty
from kener.core.instant import Instant
from kener.core.windows import WindowStatus, reminder_due
from kener.queue import later
from kener.store.maintenances import WHOLE, wants_more, whose_turn
from kener.store.tables import Maintenance, Window

BATCH = 50
"""Maintenances in one transaction."""


def take_turns(session: Session, now: Instant) -> int:
    """Tell of each window that comes near, has begun or has ended, and let the page follow; how
    many windows. Two at once tell nothing twice: what was told stands in the window's row. What is
    left after a batch is a job for after the commit."""
    keys = whose_turn(session, now, BATCH)
    if not keys:
        return 0
    _hold(session, keys)
    windows = session.scalars(
        select(Window)
        .where(Window.maintenance_id.in_(keys), Window.turn_at <= now)
        .options(joinedload(Window.maintenance).options(*WHOLE))
        .order_by(Window.turn_at, Window.id)
        .execution_options(populate_existing=True)
    ).all()
    for window in windows:
        tell_of(session, window, now)
    if windows:
        mark_dirty(session)
    if len(keys) == BATCH:
        later(session, "kener.jobs.windows")
    return len(windows)


def tell_of(session: Session, window: Window, now: Instant) -> None:
    """Tell what is to be told of one window by now. Whoever calls holds its maintenance's row."""
    maintenance = window.maintenance
    if window.turn_at is None or window.turn_at > now:
        return
    minutes = reminder_due(window.progress, maintenance.reminders, now)
    if minutes is not None:
        window.reminded = minutes
        tell(session, "maintenance.starting", maintenance, window, now, minutes=minutes)
    if window.told is WindowStatus.SCHEDULED and window.starts_at <= now:
        window.told = WindowStatus.IN_PROGRESS
        tell(session, "maintenance.started", maintenance, window, now)
    if window.told is WindowStatus.IN_PROGRESS and window.ends_at <= now:
        window.told = WindowStatus.COMPLETED
        tell(session, "maintenance.completed", maintenance, window, now)
    window.turn_at = turn_of(window, maintenance)
    session.flush()


def make_more(session: Session, now: Instant) -> int:
    """Write down more windows of one maintenance whose rule goes on; 1 when there was one. Two at
    once make no window twice."""
    key = wants_more(session, now)
    if key is None:
        return 0
    _hold(session, [key])
    maintenance = session.get(Maintenance, key, populate_existing=True)
    if maintenance is None or maintenance.more_at is None or maintenance.more_at > now:
        return 1  # somebody else was faster
    fill_up(session, maintenance, now)
    return 1


def _hold(session: Session, keys: Sequence[int]) -> None:
    """Let nobody else change these maintenances or their windows until this transaction ends."""
    session.execute(
        select(Maintenance.id)
        .where(Maintenance.id.in_(keys))
        .order_by(Maintenance.id)
        .with_for_update()
    ).all()
