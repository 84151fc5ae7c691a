"""Packing closed hours: results become one row an hour."""

import logging
from array import array
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    SmallInteger,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session, aliased

from kener.core.hours import Packed, add_late, hour_of, pack_hour_columns
from kener.core.instant import HOUR, Instant
from kener.core.packing import Columns, samples_of
from kener.store.engine import Database
from kener.store.tables import Hour, Monitor, Result

log = logging.getLogger(__name__)

HOT = 2 * HOUR
"""How long an hour has been over when it is packed."""
PIECE = 10_000
"""So many results, about, are read and cleared away at once."""
PACKING = 0x7061636B
"""PostgreSQL's advisory lock under which hours are written."""


class Place(NamedTuple):
    """Whose results: a monitor at a location."""

    monitor_id: int
    location_id: int


class _Piece(NamedTuple):
    """A part [from, to) of an hour, and how many results were read in it."""

    from_at: Instant
    to_at: Instant
    results: int


class _Read:
    """An hour of one place, as it is being read."""

    __slots__ = ("codes", "latencies", "notes", "offsets")

    def __init__(self) -> None:
        self.offsets = array("i")
        self.codes = bytearray()
        self.latencies = array("q")
        self.notes: dict[int, tuple[str | None, str | None]] = {}

    def columns(self) -> Columns:
        return Columns(self.offsets, self.codes, self.latencies, self.notes)


def pack_closed(database: Database, now: Instant, limit: int = 250) -> Iterator[int]:
    """Pack all hours that have been over for `HOT`, oldest first, in small transactions; after each
    it yields how many rows that did. Whoever calls may stop at any of them.

    An hour is read once and packed outside any transaction that writes. First all of it is written,
    `limit` rows at a time, then its results are cleared away, neighbours together, so that each of
    their pages is touched once. Until then readers find a slot in both and count it once. Results
    that come meanwhile, or later, are not cleared away but added to their hour when it is read
    again. Results of a monitor that is gone are deleted.
    """
    while (hour_at := _oldest_closed(database, now)) is not None:
        yield from _pack_one(database, hour_at, limit)


def _oldest_closed(database: Database, now: Instant) -> Instant | None:
    with database.read() as session:
        oldest = session.scalar(select(func.min(Result.due_at)))
    if oldest is None or hour_of(oldest) + HOUR + HOT > now:
        return None
    return hour_of(oldest)


def _pack_one(database: Database, hour_at: Instant, limit: int) -> Iterator[int]:
    with database.read() as session:
        read, pieces = _read(session, hour_at)
    left = iter(sorted(read))
    while places := list(islice(left, limit)):
        own = {place: read.pop(place).columns() for place in places}
        packed = {place: pack_hour_columns(each) for place, each in own.items()}
        with database.write() as session:
            written = _write(session, hour_at, packed, own)
        yield written
    for piece in pieces:
        with database.write() as session:
            cleared = _clear(session, piece)
        yield cleared


def _read(session: Session, hour_at: Instant) -> tuple[dict[Place, _Read], list[_Piece]]:
    """All results of an hour by place, but those of monitors that are gone; and all its pieces."""
    alive = set(session.scalars(select(Monitor.id)))
    whole = _between(Result, hour_at, hour_at + HOUR)
    count = session.scalar(select(func.count()).select_from(Result).where(whole)) or 0
    step = max(HOUR * PIECE // max(count, PIECE), 1)
    found: dict[tuple[int, int], _Read] = {}
    pieces = []
    for from_at in range(hour_at, hour_at + HOUR, step):
        to_at = min(from_at + step, hour_at + HOUR)
        if count := _read_piece(session, hour_at, from_at, to_at, found):
            pieces.append(_Piece(from_at, to_at, count))
    return {Place(*key): own for key, own in found.items() if key[0] in alive}, pieces


def _read_piece(
    session: Session,
    hour_at: Instant,
    from_at: Instant,
    to_at: Instant,
    found: dict[tuple[int, int], _Read],
) -> int:
    times = {"from": from_at, "to": to_at}
    rows = session.connection().execute(_PIECE, times).all()
    for monitor_id, location_id, due_at, code, us, reason, detail in rows:
        own = found.get((monitor_id, location_id))
        if own is None:
            own = found[monitor_id, location_id] = _Read()
        if reason is not None or detail is not None:
            own.notes[len(own.codes)] = (reason, detail)
        own.offsets.append(due_at - hour_at)
        own.codes.append(code)
        own.latencies.append(-1 if us is None else us)
    return len(rows)


def _write(
    session: Session,
    hour_at: Instant,
    packed: Mapping[Place, Packed],
    own: Mapping[Place, Columns],
) -> int:
    """Insert what is new; where an hour is already packed, add what it does not have yet. How many
    rows that changed."""
    if session.get_bind().dialect.name == "postgresql":
        # Two who pack would both find a row missing, and one of them fail. SQLite has one writer.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PACKING})
    before = _packed_before(session, hour_at, packed)
    fresh, changed = [], 0
    for place, new in packed.items():
        old = before.get(place)
        if old is None:
            fresh.append({"hour_at": hour_at, **place._asdict(), **_values(new)})
        elif old.samples != new.samples:
            changed += _add_late(session, hour_at, place, old, own[place])
    if fresh:
        session.connection().execute(insert(_HOURS), fresh)
    return len(fresh) + changed


def _packed_before(
    session: Session, hour_at: Instant, places: Mapping[Place, Packed]
) -> dict[Place, Packed]:
    columns: list[Any] = [getattr(Hour, name) for name in _FIELDS]
    rows = session.execute(
        select(Hour.monitor_id, Hour.location_id, *columns).where(
            Hour.hour_at == hour_at, Hour.monitor_id.in_({each.monitor_id for each in places})
        )
    )
    return {Place(row[0], row[1]): Packed(*row[2:]) for row in rows}


def _add_late(
    session: Session, hour_at: Instant, place: Place, packed: Packed, late: Columns
) -> bool:
    try:
        merged = add_late(packed, samples_of(late, hour_at))
    except ValueError as error:
        # To raise would stop all packing for ever: what is readable is worth more.
        log.error(  # noqa: TRY400
            "hour %s of monitor %s: %s; its %d late results are dropped",
            hour_at,
            place.monitor_id,
            error,
            len(late.offsets),
        )
        return False
    if merged != packed:
        here = (
            Hour.hour_at == hour_at,
            Hour.monitor_id == place.monitor_id,
            Hour.location_id == place.location_id,
        )
        session.execute(update(Hour).where(*here).values(**_values(merged)))
    return merged != packed


def _clear(session: Session, piece: _Piece) -> int:
    """Delete a piece whose results are all packed; 0 when others have come since it was read."""
    another = aliased(Result)
    there = select(func.count()).select_from(another)
    counted = there.where(_between(another, piece.from_at, piece.to_at)).scalar_subquery()
    statement = delete(Result).where(
        _between(Result, piece.from_at, piece.to_at), counted == piece.results
    )
    quick = statement.execution_options(synchronize_session=False)
    return session.connection().execute(quick).rowcount


def _between(results: Any, from_at: Instant, to_at: Instant) -> ColumnElement[bool]:
    within: ColumnElement[bool] = (results.due_at >= from_at) & (results.due_at < to_at)
    return within


def _values(packed: Packed) -> dict[str, Any]:
    return {name: getattr(packed, name) for name in _FIELDS}


_HOURS = cast(Table, Hour.__table__)
_R = Result.__table__.c
# Plain columns of the table itself: to make a Status and a Reason of each, or to let the ORM look
# at them, would cost more than all the rest.
_PIECE = (
    select(
        _R.monitor_id,
        _R.location_id,
        _R.due_at,
        type_coerce(_R.status, SmallInteger),
        _R.latency_us,
        type_coerce(_R.reason, String),
        _R.detail,
    )
    .where(_R.due_at >= bindparam("from"), _R.due_at < bindparam("to"))
    .order_by(_R.due_at, _R.monitor_id, _R.location_id)
)
_FIELDS = tuple(Packed.__dataclass_fields__)
