"""The clock was set back: what was dated into the future is put right.

A machine may start with a clock that is hours ahead, and be told the time only later. Without this
nothing would be due until those hours are over, and the page would show all the while what was seen
in the future.
"""

from collections.abc import Collection

from sqlalchemy import delete, select, union, update
from sqlalchemy.orm import Session

from kener.actions.monitors import watch_anew
from kener.actions.publishing import mark_dirty
from kener.core.instant import MINUTE, Instant
from kener.store import recording
from kener.store.tables import (
    Delivery,
    Heartbeat,
    Monitor,
    Observation,
    PushedStatus,
    Result,
    Schedule,
    Span,
)
from kener.store.webhooks import PENDING

AHEAD = 2 * MINUTE
"""What lies no further ahead may be by another machine's clock; and soon it is past anyway."""


def put_right(session: Session, now: Instant, limit: int = 200) -> int:
    """Watch up to `limit` monitors anew whose slots lie in the future; how many. The session must
    have begun as a writer; whoever calls goes on until nothing is left.

    Of what they were in the future only what others were told last is kept, as a void span: so
    that they are told when it is not true any more.
    """
    ahead = _ahead(session, now, limit)
    if not ahead:
        return 0
    recording.alone(session)
    for monitor in session.scalars(select(Monitor).where(Monitor.id.in_(ahead))):
        watch_anew(session, monitor, now)
    _end_spans(session, ahead, now)
    soon = now + AHEAD
    for statement in (
        update(Schedule).where(Schedule.monitor_id.in_(ahead)).values(slot_at=now),
        update(Heartbeat).where(Heartbeat.pinged_at > soon).values(pinged_at=now),
        update(Heartbeat).where(Heartbeat.started_at > soon).values(started_at=now),
        update(Heartbeat).where(Heartbeat.running_since > soon).values(running_since=now),
        update(PushedStatus)
        .where(PushedStatus.pushed_at > soon)
        .values(expires_at=PushedStatus.expires_at - PushedStatus.pushed_at + now, pushed_at=now),
        update(Delivery).where(PENDING, Delivery.created_at > soon).values(next_attempt_at=now),
        delete(Result).where(Result.due_at > soon),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    mark_dirty(session)
    return len(ahead)


def _ahead(session: Session, now: Instant, limit: int) -> Collection[int]:
    claimed = select(Schedule.monitor_id).where(Schedule.slot_at > now + AHEAD)
    recorded = select(Observation.monitor_id).where(Observation.slot_at > now + AHEAD)
    return session.scalars(union(claimed, recorded).limit(limit)).all()


def _end_spans(session: Session, ids: Collection[int], now: Instant) -> None:
    mine = Span.monitor_id.in_(ids)
    for statement in (
        delete(Span).where(mine, Span.from_at > now, Span.to_at.is_not(None)),
        update(Span).where(mine, Span.to_at > now).values(to_at=now),
        update(Span).where(mine, Span.from_at > now).values(from_at=now),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
