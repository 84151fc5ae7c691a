"""Packing closed hours: results become one row an hour."""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, delete, func, insert, select, text, tuple_, update
from sqlalchemy.orm import Session

from kener.core.hours import Packed, add_late, hour_of, pack_hour
from kener.core.instant import HOUR, Instant
from kener.core.packing import Sample
from kener.core.varints import Corrupt
from kener.store.tables import Hour, Monitor, Result

log = logging.getLogger(__name__)

HOT = 2 * HOUR
"""How long an hour has been over when it is packed."""


class _Place(NamedTuple):
    """Whose results: a monitor at a location."""

    monitor_id: int
    location_id: int


def pack_some(session: Session, now: Instant, limit: int = 250) -> int:
    """Pack the oldest closed hour of up to `limit` monitors and locations; how many rows it did.
    The session must have begun as a writer; whoever calls goes on until nothing is left.

    First all of an hour is packed, then its results are cleared away in one go: they lie side by
    side in the database, so that touches each of their pages once. Until then readers find a slot
    in both and count it once. Results that come later are added to their hour when this is next
    called. Results of a monitor that is gone are deleted.
    """
    hour_at = _oldest_hour(session)
    if hour_at is None or hour_at + HOUR + HOT > now:
        return 0
    _keep_recorders_out(session)
    if gone := _delete_orphans(session, hour_at):
        return gone
    places = _to_pack(session, hour_at, limit)
    if not places:
        return _clear(session, _in_hour(hour_at))
    fresh = []
    for place, samples in _samples(session, hour_at, places):
        if places[place]:
            _add_late(session, hour_at, place, samples)
        else:
            fresh.append({"hour_at": hour_at, **place._asdict(), **asdict(pack_hour(samples))})
    if fresh:
        session.execute(insert(Hour), fresh)
    late = [place for place, is_late in places.items() if is_late]
    if late:
        _clear(session, _in_hour(hour_at), _of(late))
    return len(places)


def _oldest_hour(session: Session) -> Instant | None:
    oldest = session.scalar(select(func.min(Result.due_at)))
    return None if oldest is None else hour_of(oldest)


def _keep_recorders_out(session: Session) -> None:
    """A result recorded between packing and clearing away would be lost. SQLite has one writer."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE results IN SHARE ROW EXCLUSIVE MODE"))


def _delete_orphans(session: Session, hour_at: Instant) -> int:
    gone = Result.monitor_id.not_in(select(Monitor.id))
    return _clear(session, _in_hour(hour_at), gone)


def _to_pack(session: Session, hour_at: Instant, limit: int) -> dict[_Place, bool]:
    """Where the hour is not packed yet (False), or may have other results than were packed (True).

    The same number and the same latencies are the same results; of those without any latency only
    the samples can tell.
    """
    latencies = func.coalesce(func.sum(Result.latency_us), 0).label("latencies")
    hot = (
        select(Result.monitor_id, Result.location_id, func.count().label("results"), latencies)
        .where(_in_hour(hour_at))
        .group_by(Result.monitor_id, Result.location_id)
        .subquery()
    )
    packed = Hour.up + Hour.degraded + Hour.down + Hour.unknown
    same = (
        (Hour.hour_at == hour_at)
        & (Hour.monitor_id == hot.c.monitor_id)
        & (Hour.location_id == hot.c.location_id)
    )
    rows = session.execute(
        select(hot.c.monitor_id, hot.c.location_id, Hour.hour_at.is_not(None))
        .outerjoin(Hour, same)
        .where(
            Hour.hour_at.is_(None)
            | (packed != hot.c.results)
            | (Hour.sum_us != hot.c.latencies)
            | (Hour.sum_us == 0)
        )
        .order_by(hot.c.monitor_id, hot.c.location_id)
        .limit(limit)
    )
    return {_Place(monitor_id, location_id): is_late for monitor_id, location_id, is_late in rows}


def _samples(
    session: Session, hour_at: Instant, places: dict[_Place, bool]
) -> list[tuple[_Place, list[Sample]]]:
    rows = session.execute(
        select(
            Result.monitor_id,
            Result.location_id,
            Result.due_at,
            Result.status,
            Result.latency_us,
            Result.reason,
            Result.detail,
        )
        .where(_in_hour(hour_at), Result.monitor_id.in_({place.monitor_id for place in places}))
        .order_by(Result.monitor_id, Result.location_id, Result.due_at)
    )
    grouped = groupby(rows, key=lambda row: _Place(row[0], row[1]))
    return [(place, [Sample(*row[2:]) for row in own]) for place, own in grouped if place in places]


def _add_late(session: Session, hour_at: Instant, place: _Place, samples: list[Sample]) -> None:
    here = (
        Hour.hour_at == hour_at,
        Hour.monitor_id == place.monitor_id,
        Hour.location_id == place.location_id,
    )
    columns: list[Any] = [getattr(Hour, name) for name in Packed.__dataclass_fields__]
    packed = Packed(*session.execute(select(*columns).where(*here)).one())
    values = asdict(_with_late(packed, samples, place, hour_at))
    session.execute(update(Hour).where(*here).values(**values))


def _with_late(packed: Packed, samples: list[Sample], place: _Place, hour_at: Instant) -> Packed:
    try:
        return add_late(packed, samples)
    except Corrupt as error:
        # To raise would stop all packing for ever: what is readable is worth more.
        log.error(  # noqa: TRY400
            "hour %s of monitor %s: %s; its %d late results are dropped",
            hour_at,
            place.monitor_id,
            error,
            len(samples),
        )
        return packed


def _in_hour(hour_at: Instant) -> ColumnElement[bool]:
    return (Result.due_at >= hour_at) & (Result.due_at < hour_at + HOUR)


def _of(places: Sequence[_Place]) -> ColumnElement[bool]:
    return tuple_(Result.monitor_id, Result.location_id).in_(places)


def _clear(session: Session, *which: ColumnElement[bool]) -> int:
    statement = delete(Result).where(*which).execution_options(synchronize_session=False)
    return session.connection().execute(statement).rowcount
