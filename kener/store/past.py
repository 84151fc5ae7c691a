"""A monitor's spans, the newest first and a part at a time, with unknown where nobody looked."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kener.core.instant import Instant
from kener.core.timeline import Stretch, fill, merge
from kener.store.history import observed_until, open_stretches
from kener.store.tables import Monitor, Span


@dataclass(frozen=True, slots=True)
class Told:
    """A stretch of one confirmed status, and what its first probe said."""

    stretch: Stretch
    detail: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some stretches, the newest first, each beginning where the one before it ends. `following`:
    the next part is what lies before this instant; None when this was the last."""

    rows: Sequence[Told]
    following: Instant | None


def past(  # noqa: PLR0913 - whose, a window, how much of it, and the clock
    session: Session,
    monitor: Monitor,
    from_at: Instant | None,
    before: Instant,
    limit: int,
    *,
    now: Instant,
) -> Part:
    """Up to `limit` stretches of [from, before), cut to it, but not beyond `now`; without
    `from_at` since the monitor was made, or since its first span if that is older. Two queries.
    """
    before = min(before, now)
    rows = _rows(session, monitor.id, from_at, before, limit)
    begin = _beginning(monitor, rows) if from_at is None else from_at
    are_more = len(rows) > limit
    floor = max(begin, rows[0].from_at) if are_more else begin
    if floor >= before:
        return Part((), None)
    reach = observed_until(session, [monitor.id])
    known: list[Stretch] = []
    for row in rows:
        if row.to_at is None:
            until = reach.get(monitor.id, row.from_at)
            known += open_stretches(row.from_at, row.status, row.reason, until, now)
        else:
            known.append(Stretch(row.from_at, row.to_at, row.status, row.reason))
    stretches = merge(fill(known, floor, before))
    shown = stretches[-limit:]
    ends = len(stretches) <= limit and not are_more
    told = [Told(each, _detail(each, rows)) for each in reversed(shown)]
    return Part(told, None if ends else shown[0].from_at)


def _rows(
    session: Session, monitor_id: int, from_at: Instant | None, before: Instant, limit: int
) -> Sequence[Any]:
    """The newest spans before an instant, one more than asked for, in the order of time."""
    question = select(Span.from_at, Span.to_at, Span.status, Span.reason, Span.detail).where(
        Span.monitor_id == monitor_id,
        Span.from_at < before,
        or_(Span.to_at.is_(None), Span.to_at > Span.from_at),
    )
    if from_at is not None:
        question = question.where(or_(Span.to_at.is_(None), Span.to_at > from_at))
    newest = question.order_by(Span.from_at.desc(), Span.id.desc()).limit(limit + 1)
    return session.execute(newest).all()[::-1]


def _beginning(monitor: Monitor, rows: Sequence[Any]) -> Instant:
    return min(monitor.created_at, rows[0].from_at) if rows else monitor.created_at


def _detail(stretch: Stretch, rows: Sequence[Any]) -> str:
    """What the row says that this is a part of."""
    index = bisect_right(rows, stretch.from_at, key=lambda row: row.from_at) - 1
    if index < 0:
        return ""
    row = rows[index]
    same = row.status is stretch.status and row.reason is stretch.reason
    return str(row.detail) if same else ""
