"""A monitor's results, the newest first and a part at a time: no more hours are opened than a part
needs, however long ago they were and however rare what is asked for is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kener.core.hours import hour_of
from kener.core.instant import Instant
from kener.core.packing import Sample
from kener.core.status import Status
from kener.store.results import hot_results, of_hours, unpacked
from kener.store.tables import Hour

Key = tuple[Instant, int]
"""Slot and location: what orders results."""
COUNTS = {
    Status.UP: Hour.up,
    Status.DEGRADED: Hour.degraded,
    Status.DOWN: Hour.down,
    Status.UNKNOWN: Hour.unknown,
}
"""Where an hour says how many results it has of a status."""


class Seen(NamedTuple):
    """A result and the location it comes from."""

    location_id: int
    sample: Sample


@dataclass(frozen=True, slots=True)
class Part:
    """Some results, the newest first. `following`: the next part is what is before this key; None
    when this was the last. A part may be short, and others follow all the same."""

    rows: Sequence[Seen]
    following: Key | None


class _Hours(NamedTuple):
    """Which hours to open, the newest first, and whether older ones are left."""

    opened: list[Instant]
    are_more: bool


def newest(  # noqa: PLR0913 - whose, a window, and how much of it
    session: Session,
    monitor_id: int,
    from_at: Instant,
    before: Key,
    limit: int,
    *,
    status: Status | None = None,
) -> Part:
    """Up to `limit` results since `from_at` and before a key, of one status or of all.

    Of hours whose samples are pruned there are none. Three queries.
    """
    end = before[0] + 1
    # Hot ones first: what is packed between the questions is then found twice, and not never.
    hot = hot_results(session, {monitor_id}, from_at, end)
    hours = _hours(session, monitor_id, from_at, before[0], limit, status)
    found = _packed(session, monitor_id, hours.opened)
    for where, several in hot.items():
        found |= {(each.at, where.location_id): each for each in several}
    floor = max(from_at, hours.opened[-1]) if hours.are_more else from_at
    keys = sorted(
        (
            key
            for key, each in found.items()
            if floor <= key[0] and key < before and status in {None, each.status}
        ),
        reverse=True,
    )
    rows = [Seen(key[1], found[key]) for key in keys[:limit]]
    if len(keys) > limit:
        return Part(rows, keys[limit - 1])
    return Part(rows, (floor, 0) if hours.are_more else None)


def _hours(  # noqa: PLR0913, PLR0917 - those of `newest`
    session: Session,
    monitor_id: int,
    from_at: Instant,
    before_at: Instant,
    limit: int,
    status: Status | None,
) -> _Hours:
    """The hours that hold more than `limit` results together. The one we are in the middle of may
    hold none that is still wanted, so it comes on top."""
    counted = func.sum(_count(status))
    question = select(Hour.hour_at, counted).where(Hour.samples.is_not(None), _count(status) > 0)
    most = limit + 2
    rows = session.execute(
        of_hours(question, {monitor_id}, from_at, before_at + 1)
        .group_by(Hour.hour_at)
        .order_by(Hour.hour_at.desc())
        .limit(most)
    ).all()
    opened: list[Instant] = []
    results = 0
    for hour_at, count in rows:
        if results > limit:
            break
        opened.append(hour_at)
        results += count if hour_at < hour_of(before_at) else 0
    return _Hours(opened, len(opened) < len(rows) or len(rows) == most)


def _count(status: Status | None) -> Any:
    if status is not None:
        return COUNTS[status]
    return Hour.up + Hour.degraded + Hour.down + Hour.unknown


def _packed(session: Session, monitor_id: int, hours: Sequence[Instant]) -> dict[Key, Sample]:
    rows = session.execute(
        select(Hour.hour_at, Hour.location_id, Hour.samples).where(
            Hour.hour_at.in_(hours), Hour.monitor_id == monitor_id, Hour.samples.is_not(None)
        )
    )
    return {
        (each.at, location_id): each
        for hour_at, location_id, data in rows
        if data is not None
        for each in unpacked(data, monitor_id, hour_at)
    }
