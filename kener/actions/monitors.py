"""Making, changing, pausing and deleting what is watched."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from kener.actions.fields import Problem
from kener.actions.group_members import keep_members
from kener.actions.groups import wake
from kener.actions.heartbeats import give_address
from kener.actions.monitor_fields import MonitorFields, columns_of, slug_of
from kener.actions.pausing import begin_pauses, end_pauses, forget_all, reschedule
from kener.actions.publishing import mark_dirty
from kener.core.errors import Conflict, Invalid, NotFound
from kener.core.ids import public_id
from kener.core.instant import MINUTE, Instant
from kener.core.schedule import phase
from kener.store import claims, maintenances, recording
from kener.store.groups import groups_above
from kener.store.incidents import only_about
from kener.store.monitors import all_locations, schedules_of
from kener.store.tables import Monitor, Schedule
from kener.store.visibility import is_seen

__all__ = [
    "MonitorFields",
    "check_now",
    "create_monitor",
    "delete_monitor",
    "due_now",
    "latest",
    "pause_monitor",
    "resume_monitor",
    "slug_of",
    "update_monitor",
    "watch_anew",
]

CHANGED = "Somebody else changed this monitor in the meantime. Look at it again, then save."
GONE = "This monitor was deleted in the meantime."
PAUSED = "This monitor is paused. Resume it first."
RHYTHM = ("interval", "cron", "time_zone")


def create_monitor(
    session: Session, fields: Mapping[str, Any], now: Instant, *, exact: bool = False
) -> Monitor:
    """A new monitor, due at once. Invalid names every bad field (`settings.port`).

    `exact`: the fields are JSON and a text is no number; without it they may come from a form.
    """
    recording.alone(session)  # so nobody else takes the slug that we find free
    columns = columns_of(session, fields, now, exact=exact)
    monitor = Monitor(public_id=public_id(), created_at=now, updated_at=now, **columns)
    with _slug_taken_meanwhile(session):
        session.add(monitor)
        session.flush()
    for location in all_locations(session):
        at = phase(monitor.public_id, MINUTE)
        session.add(Schedule(monitor_id=monitor.id, location_id=location.id, phase_ms=at))
    session.flush()
    give_address(session, monitor)
    keep_members(session, monitor)
    if monitor.paused:
        begin_pauses(session, [monitor], now)
    reschedule(session, [monitor], now)
    mark_dirty(session)
    return monitor


def update_monitor(  # noqa: PLR0913 - two of them are options of both doors
    session: Session,
    monitor: Monitor,
    changes: Mapping[str, Any],
    now: Instant,
    version: int | None = None,
    *,
    exact: bool = False,
) -> Monitor:
    """Change the named fields, the others keep their value; the monitor is due at once.

    `version` is the one that was edited: Conflict if it is old. Invalid as in `create_monitor`.
    """
    latest(session, monitor)
    if version is not None and version != monitor.version:
        raise Conflict(CHANGED)
    columns = columns_of(session, changes, now, monitor, exact=exact)
    new_rhythm = any(columns[name] != getattr(monitor, name) for name in RHYTHM)
    was_paused = monitor.paused
    with _slug_taken_meanwhile(session):
        for name, value in columns.items():
            setattr(monitor, name, value)
        _touch(monitor, now)
        session.flush()
    give_address(session, monitor)
    keep_members(session, monitor)
    if monitor.paused and not was_paused:
        begin_pauses(session, [monitor], now)
    elif was_paused and not monitor.paused:
        end_pauses(session, [monitor], now)
    if new_rhythm or was_paused != monitor.paused:
        reschedule(session, [monitor], now)
    else:
        due_now(session, [monitor], now)
    mark_dirty(session)
    return monitor


def delete_monitor(session: Session, monitor: Monitor, now: Instant) -> None:
    """Forget a monitor and its history. Its packed hours go when their time comes.

    What was only said of one that visitors never saw goes with it: an incident or maintenance that
    speaks of nothing in particular is for everybody to read.
    """
    latest(session, monitor)
    if not is_seen(session, monitor):
        told = (*only_about(session, monitor.id), *maintenances.only_about(session, monitor.id))
        for each in told:
            session.delete(each)
    above = groups_above(session, [monitor.id])
    session.delete(monitor)
    session.flush()
    wake(session, above, now)
    mark_dirty(session)


def pause_monitor(session: Session, monitor: Monitor, now: Instant) -> Monitor:
    """Stop probing. From now on the history says unknown, because paused."""
    latest(session, monitor)
    if not monitor.paused:
        monitor.paused = True
        _touch(monitor, now)
        begin_pauses(session, [monitor], now)
        reschedule(session, [monitor], now)
        mark_dirty(session)
    return monitor


def resume_monitor(session: Session, monitor: Monitor, now: Instant) -> Monitor:
    """Probe again, at once."""
    latest(session, monitor)
    if monitor.paused:
        monitor.paused = False
        _touch(monitor, now)
        end_pauses(session, [monitor], now)
        reschedule(session, [monitor], now)
        mark_dirty(session)
    return monitor


def check_now(session: Session, monitor: Monitor, now: Instant) -> None:
    """Probe once more, now; the rhythm stays as it is. Conflict when the monitor is paused."""
    if monitor.paused:
        raise Conflict(PAUSED)
    due_now(session, [monitor], now)


def watch_anew(session: Session, monitor: Monitor, now: Instant) -> None:
    """Forget what was seen last, and be due at once unless paused."""
    forget_all(session, [monitor.id], now)
    reschedule(session, [monitor], now)


def latest(session: Session, monitor: Monitor) -> None:
    """See it as it is now, with nobody recording until we are done; NotFound when it is gone."""
    recording.alone(session)
    try:
        session.refresh(monitor)
    except InvalidRequestError:
        raise NotFound(GONE) from None


def _touch(monitor: Monitor, now: Instant) -> None:
    monitor.version += 1
    monitor.updated_at = now


@contextmanager
def _slug_taken_meanwhile(session: Session) -> Iterator[None]:
    """On PostgreSQL two may take the same slug at the same moment: the second one is told."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError:
        raise Invalid({"slug": Problem("is already used by another monitor", "taken")}) from None


def due_now(session: Session, monitors: Sequence[Monitor], now: Instant) -> None:
    """Have them probed once more, now; paused ones stay paused. Two statements."""
    places = schedules_of(session, [each.id for each in monitors])
    claims.add_slots(session, [(monitor_id, place, now) for monitor_id, place in places])
