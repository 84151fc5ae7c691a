"""Making, changing, pausing and deleting what is watched."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session

from kener.actions.fields import Problem
from kener.actions.group_members import keep_members
from kener.actions.groups import wake
from kener.actions.heartbeats import give_address
from kener.actions.monitor_fields import MonitorFields, columns_of, slug_of
from kener.actions.publishing import mark_dirty
from kener.checks import next_cron
from kener.core.errors import Conflict, Invalid, NotFound
from kener.core.ids import public_id
from kener.core.instant import MINUTE, SECOND, Instant
from kener.core.outcome import Reason
from kener.core.schedule import first_slot, phase
from kener.core.spans import OpenSpan, pause
from kener.core.status import Status
from kener.store import claims, recording
from kener.store.groups import groups_above
from kener.store.incidents import only_about
from kener.store.monitors import all_locations, places_of
from kener.store.recording import Stay
from kener.store.tables import Monitor, Observation, Schedule

__all__ = [
    "MonitorFields",
    "check_now",
    "create_monitor",
    "delete_monitor",
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
        _begin_pause(session, monitor, now)
    _reschedule(session, monitor, now)
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
        monitor.version += 1
        monitor.updated_at = now
        session.flush()
    give_address(session, monitor)
    keep_members(session, monitor)
    if monitor.paused and not was_paused:
        _begin_pause(session, monitor, now)
    elif was_paused and not monitor.paused:
        _end_pause(session, monitor, now)
    if new_rhythm or was_paused != monitor.paused:
        _reschedule(session, monitor, now)
    else:
        _due_now(session, monitor, now)
    mark_dirty(session)
    return monitor


def delete_monitor(session: Session, monitor: Monitor, now: Instant) -> None:
    """Forget a monitor and its history. Its packed hours go when their time comes.

    What was only said of a hidden one goes with it: an incident that speaks of nothing in
    particular is for everybody to read.
    """
    latest(session, monitor)
    for incident in only_about(session, monitor.id) if monitor.hidden else ():
        session.delete(incident)
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
        _begin_pause(session, monitor, now)
        _reschedule(session, monitor, now)
        mark_dirty(session)
    return monitor


def resume_monitor(session: Session, monitor: Monitor, now: Instant) -> Monitor:
    """Probe again, at once."""
    latest(session, monitor)
    if monitor.paused:
        monitor.paused = False
        _end_pause(session, monitor, now)
        _reschedule(session, monitor, now)
        mark_dirty(session)
    return monitor


def check_now(session: Session, monitor: Monitor, now: Instant) -> None:
    """Probe once more, now; the rhythm stays as it is. Conflict when the monitor is paused."""
    if monitor.paused:
        raise Conflict(PAUSED)
    _due_now(session, monitor, now)


def watch_anew(session: Session, monitor: Monitor, now: Instant) -> None:
    """Forget what was seen last, and be due at once unless paused."""
    _forget_all(session, monitor, now)
    _reschedule(session, monitor, now)


def latest(session: Session, monitor: Monitor) -> None:
    """See it as it is now, with nobody recording until we are done; NotFound when it is gone."""
    recording.alone(session)
    try:
        session.refresh(monitor)
    except InvalidRequestError:
        raise NotFound(GONE) from None


@contextmanager
def _slug_taken_meanwhile(session: Session) -> Iterator[None]:
    """On PostgreSQL two may take the same slug at the same moment: the second one is told."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError:
        raise Invalid({"slug": Problem("is already used by another monitor", "taken")}) from None


def _reschedule(session: Session, monitor: Monitor, now: Instant) -> None:
    """Begin the rhythm anew and be due at once; never when paused."""
    regular = due = None
    interval_ms = 0 if monitor.cron else monitor.interval * SECOND
    if not monitor.paused:
        due, regular = now, _next_regular(monitor, interval_ms, now)
    session.execute(
        update(Schedule)
        .where(Schedule.monitor_id == monitor.id)
        .values(due_at=due, regular_at=regular, interval_ms=interval_ms)
        .execution_options(synchronize_session=False)
    )


def _next_regular(monitor: Monitor, interval_ms: int, now: Instant) -> Instant:
    if monitor.cron:
        return next_cron(monitor.cron, monitor.time_zone, now)
    return first_slot(monitor.public_id, interval_ms, now)


def _due_now(session: Session, monitor: Monitor, now: Instant) -> None:
    places = places_of(session, monitor.id)
    claims.add_slots(session, [(monitor.id, place, now) for place in places])


def _begin_pause(session: Session, monitor: Monitor, now: Instant) -> None:
    """End what was known at the moment until which we looked, and say why there is no more."""
    session.flush()
    watched = recording.watched(session, [monitor.id])[monitor.id]
    reach = max((seen.observed_until for seen in watched.seen.values()), default=None)
    open_span = OpenSpan(watched.span.status, watched.span.from_at) if watched.span else None
    advance = pause(open_span, reach, now)
    stays = [
        Stay(span.status, span.from_at, span.reason, span.detail, span.to_at)
        for span in advance.spans
    ]
    if watched.span is not None and advance.ends_at is not None:
        watched.span.to_at = advance.ends_at
        stays.insert(0, watched.span)
    recording.save_spans(session, [(monitor.id, stay) for stay in stays])
    _forget_runs(session, monitor)
    wake(session, groups_above(session, [monitor.id]), now)


def _end_pause(session: Session, monitor: Monitor, now: Instant) -> None:
    """End the pause, and begin with nothing."""
    session.flush()
    span = recording.watched(session, [monitor.id])[monitor.id].span
    if span is not None:
        span.to_at = max(now, span.from_at)
        recording.save_spans(session, [(monitor.id, span)])
    _forget_all(session, monitor, now)
    wake(session, groups_above(session, [monitor.id]), now)


def _forget_all(session: Session, monitor: Monitor, now: Instant) -> None:
    """Nothing was seen. What was probed before and is recorded late is too old to count."""
    nothing = {"observed": Status.UNKNOWN, "reason": Reason.WAITING, "detail": ""}
    measures = {"latency_us": None, "phases": None, "facts": None}
    _forget_runs(session, monitor, slot_at=now - 1, observed_until=now - 1, **nothing, **measures)


def _forget_runs(session: Session, monitor: Monitor, **values: Any) -> None:
    """Confirmation begins anew: what was true before a pause proves nothing after it."""
    run = {"confirmed": Status.UNKNOWN, "run_length": 0, "run_status": Status.UNKNOWN}
    since = {"run_since": None, "unknown_length": 0, "unknown_since": None}
    session.execute(
        update(Observation)
        .where(Observation.monitor_id == monitor.id)
        .values(**run, **since, **values)
        .execution_options(synchronize_session=False)
    )
