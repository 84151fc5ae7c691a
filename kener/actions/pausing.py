"""What pausing and resuming do to rhythm, confirmation and history: of one monitor or of many, in
a number of statements that does not grow with them."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from kener.actions.groups import wake
from kener.checks import next_cron
from kener.core.instant import SECOND, Instant
from kener.core.outcome import Reason
from kener.core.schedule import first_slot
from kener.core.spans import OpenSpan, pause
from kener.core.status import Status
from kener.store import recording
from kener.store.groups import groups_above
from kener.store.recording import Stay, Watched
from kener.store.tables import Monitor, Observation, Schedule


def begin_pauses(session: Session, monitors: Sequence[Monitor], now: Instant) -> None:
    """End what was known at the moment until which we looked, and say why there is no more."""
    session.flush()
    ids = [each.id for each in monitors]
    watched = recording.watched(session, ids)
    stays = [(each.id, stay) for each in watched.values() for stay in _paused(each, now)]
    recording.save_spans(session, stays)
    _forget_runs(session, ids)
    wake(session, groups_above(session, ids), now)


def end_pauses(session: Session, monitors: Sequence[Monitor], now: Instant) -> None:
    """End the pause, and begin with nothing."""
    session.flush()
    ids = [each.id for each in monitors]
    stays = []
    for each in recording.watched(session, ids).values():
        if each.span is not None:
            each.span.to_at = max(now, each.span.from_at)
            stays.append((each.id, each.span))
    recording.save_spans(session, stays)
    forget_all(session, ids, now)
    wake(session, groups_above(session, ids), now)


def reschedule(session: Session, monitors: Sequence[Monitor], now: Instant) -> None:
    """Begin the rhythm anew and be due at once; never when paused."""
    session.flush()
    # Always in the same order: two at once would else lock each other out.
    rows = [_rhythm(each, now) for each in sorted(monitors, key=lambda each: each.id)]
    if rows:
        session.connection().execute(_RESCHEDULE, rows)


def forget_all(session: Session, ids: Collection[int], now: Instant) -> None:
    """Nothing was seen. What was probed before and is recorded late is too old to count."""
    nothing = {"observed": Status.UNKNOWN, "reason": Reason.WAITING, "detail": ""}
    measures = {"latency_us": None, "phases": None, "facts": None}
    _forget_runs(session, ids, slot_at=now - 1, observed_until=now - 1, **nothing, **measures)


def _paused(monitor: Watched, now: Instant) -> list[Stay]:
    """The spans to write when a monitor is paused, the one that ends first."""
    reach = max((seen.observed_until for seen in monitor.seen.values()), default=None)
    span = monitor.span
    advance = pause(OpenSpan(span.status, span.from_at) if span else None, reach, now)
    stays = [
        Stay(each.status, each.from_at, each.reason, each.detail, each.to_at)
        for each in advance.spans
    ]
    if span is not None and advance.ends_at is not None:
        span.to_at = advance.ends_at
        stays.insert(0, span)
    return stays


def _rhythm(monitor: Monitor, now: Instant) -> dict[str, Any]:
    interval_ms = 0 if monitor.cron else monitor.interval * SECOND
    due = regular = None
    if not monitor.paused:
        due, regular = now, _next_regular(monitor, interval_ms, now)
    return {"monitor": monitor.id, "due": due, "regular": regular, "every": interval_ms}


def _next_regular(monitor: Monitor, interval_ms: int, now: Instant) -> Instant:
    if monitor.cron:
        return next_cron(monitor.cron, monitor.time_zone, now)
    return first_slot(monitor.public_id, interval_ms, now)


def _forget_runs(session: Session, ids: Collection[int], **values: Any) -> None:
    """Confirmation begins anew: what was true before a pause proves nothing after it."""
    run = {"confirmed": Status.UNKNOWN, "run_length": 0, "run_status": Status.UNKNOWN}
    since = {"run_since": None, "unknown_length": 0, "unknown_since": None}
    session.execute(
        update(Observation)
        .where(Observation.monitor_id.in_(ids))
        .values(**run, **since, **values)
        .execution_options(synchronize_session=False)
    )


_SCHEDULES = cast(Table, Schedule.__table__)
_RESCHEDULE = (
    update(_SCHEDULES)
    .where(_SCHEDULES.c.monitor_id == bindparam("monitor"))
    .values(
        due_at=bindparam("due"), regular_at=bindparam("regular"), interval_ms=bindparam("every")
    )
)
