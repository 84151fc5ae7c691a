"""The SQL of recording outcomes: all that is read at once, all that is written in batches."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from kener.core.confirm import Rule, Run
from kener.core.instant import MINUTE, SECOND, Instant
from kener.core.outcome import Reason
from kener.core.schedule import phase
from kener.core.status import Status
from kener.store.bulk import Row, inserting, send
from kener.store.tables import Monitor, Observation, Result, Span

RECORDING = 0x6B656E6572
"""PostgreSQL's advisory lock under which outcomes are recorded."""


@dataclass(slots=True)
class Seen:
    """How far one location has come with a monitor."""

    slot_at: Instant
    observed_until: Instant
    run: Run


@dataclass(slots=True, eq=False)
class Stay:
    """A span to be: `id` when it is a row already, `to_at` when it is over."""

    status: Status
    from_at: Instant
    reason: Reason | None = None
    detail: str = ""
    to_at: Instant | None = None
    id: int | None = None


@dataclass(slots=True)
class Watched:
    """A monitor as recording sees it: its rules, what each location saw, and its open span."""

    id: int
    version: int
    phase_ms: int
    paused: bool
    interval_ms: int
    cron: str
    time_zone: str
    timeout: float
    retry_ms: int
    rule: Rule
    kind: str
    seen: dict[int, Seen] = field(default_factory=dict)
    span: Stay | None = None


def alone(session: Session) -> None:
    """Let nobody else record until this transaction ends. SQLite sees to it by itself; PostgreSQL
    would let two recorders read the same run and each count it on."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": RECORDING})


def watched(session: Session, ids: Collection[int]) -> dict[int, Watched]:
    """The monitors that still exist, by id: one statement, whatever their number."""
    found: dict[int, Watched] = {}
    for row in session.execute(_of(session.get_bind().dialect.name), {"ids": list(ids)}):
        monitor = found.get(row[0])
        if monitor is None:
            monitor = found[row[0]] = _watched(row)
        if row[10] is not None:
            monitor.seen[row[10]] = Seen(row[11], row[12], Run(*row[13:19]))
    return found


def _watched(row: Any) -> Watched:
    own = Watched(
        id=row[0],
        version=row[24],
        phase_ms=phase(row[1], MINUTE),
        paused=row[2],
        interval_ms=row[3] * SECOND,
        cron=row[4],
        time_zone=row[5],
        timeout=row[6],
        retry_ms=row[7] * SECOND,
        rule=Rule(row[8], row[9]),
        kind=row[23],
    )
    if row[19] is not None:
        own.span = Stay(row[20], row[21], row[22], id=row[19])
    return own


def insert_results(session: Session, rows: Sequence[Row]) -> None:
    """Append results. One that is there already stays as it is."""
    if rows:
        send(session, _append(session.get_bind().dialect.name), rows)


def save_observations(session: Session, rows: Collection[Row]) -> None:
    """Write what each location saw last; every row has the same keys: the columns."""
    if rows:
        send(session, _upsert(session.get_bind().dialect.name), list(rows))


def save_spans(session: Session, stays: Sequence[tuple[int, Stay]]) -> None:
    """Write spans, each with its monitor's id. Ends go first: only one may be open at a time."""
    ended = [{"span": stay.id, "to": stay.to_at} for _, stay in stays if stay.id is not None]
    begun = [
        {
            "monitor_id": monitor_id,
            "status": stay.status,
            "reason": stay.reason,
            "detail": stay.detail,
            "from_at": stay.from_at,
            "to_at": stay.to_at,
        }
        for monitor_id, stay in stays
        if stay.id is None
    ]
    if ended:
        session.connection().execute(_END_SPAN, ended)
    if begun:
        session.connection().execute(insert(_SPANS), begun)


def last_known(session: Session, ids: Collection[int]) -> dict[int, Status]:
    """The status of each monitor's newest span, by monitor id; nothing for those without any."""
    newest = (
        select(_SP.monitor_id, func.max(_SP.from_at).label("from_at"))
        .where(_SP.monitor_id.in_(ids), _SP.status != Status.UNKNOWN)
        .group_by(_SP.monitor_id)
        .subquery()
    )
    same = (_SP.monitor_id == newest.c.monitor_id) & (_SP.from_at == newest.c.from_at)
    rows = session.execute(select(_SP.monitor_id, _SP.status).join(newest, same))
    return {row[0]: row[1] for row in rows}


def names_of(session: Session, ids: Collection[int]) -> dict[int, Any]:
    """What an event tells of monitors: public id, name and slug, by id."""
    rows = session.execute(select(_M.id, _M.public_id, _M.name, _M.slug).where(_M.id.in_(ids)))
    return {row.id: row for row in rows}


@cache
def _of(dialect: str) -> Any:
    """PostgreSQL takes all ids as one parameter."""
    ids = bindparam("ids", type_=postgresql.ARRAY(_M.id.type))
    if dialect == "postgresql":
        return _WATCHED.where(_M.id == func.any(ids))
    return _WATCHED.where(_M.id.in_(bindparam("ids", expanding=True)))


@cache
def _append(dialect: str) -> Any:
    return inserting(_RESULTS, dialect).on_conflict_do_nothing()


@cache
def _upsert(dialect: str) -> Any:
    statement = inserting(_OBSERVATIONS, dialect)
    keys = ["monitor_id", "location_id"]
    fixed = {*keys, "phase_ms"}
    return statement.on_conflict_do_update(
        index_elements=keys,
        set_={each.name: statement.excluded[each.name] for each in _O if each.name not in fixed},
    )


_RESULTS = cast(Table, Result.__table__)
_OBSERVATIONS = cast(Table, Observation.__table__)
_SPANS = cast(Table, Span.__table__)
_MONITORS = cast(Table, Monitor.__table__)
_M, _O, _SP = _MONITORS.c, _OBSERVATIONS.c, _SPANS.c
_WATCHED = select(
    _M.id,
    _M.public_id,
    _M.paused,
    _M.interval,
    _M.cron,
    _M.time_zone,
    _M.timeout,
    _M.retry_interval,
    _M.to_fail,
    _M.to_recover,
    _O.location_id,
    _O.slot_at,
    _O.observed_until,
    _O.confirmed,
    _O.run_length,
    _O.run_status,
    _O.run_since,
    _O.unknown_length,
    _O.unknown_since,
    _SP.id,
    _SP.status,
    _SP.from_at,
    _SP.reason,
    _M.kind,
    _M.version,
).select_from(
    _MONITORS.outerjoin(_OBSERVATIONS, _O.monitor_id == _M.id).outerjoin(
        _SPANS, (_SP.monitor_id == _M.id) & _SP.to_at.is_(None)
    )
)
_END_SPAN = update(_SPANS).where(_SP.id == bindparam("span")).values(to_at=bindparam("to"))
