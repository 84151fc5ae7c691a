"""What is due, and taking it: the SQL of a claim."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, and_, bindparam, case, func, literal, null, select, update
from sqlalchemy.orm import Session

from kener.core.instant import MINUTE, SECOND, Instant
from kener.store.tables import Monitor, Observation, Schedule

LATE = 10 * SECOND
"""A slot claimed later than this is dated to its claim: we never say we looked when we slept."""

FEW = 50
"""So many late slots are no burst."""

LOST = 75 * SECOND
"""A claim without an outcome for so long and its timeout is lost: its probe may have waited for
others of its server, and its outcome for an answer of the canaries, but not for longer."""


class Claim(NamedTuple):
    """A slot that is ours to probe. `version` is the monitor's: with it a parsed check is found.
    `awaited`: it is not a slot of a regular interval, so somebody may wait for what it says."""

    monitor_id: int
    location_id: int
    slot_at: Instant
    version: int
    awaited: bool = False


class Taken(NamedTuple):
    """A claimed row; `by_cron` when its next slot is still to be worked out."""

    claim: Claim
    by_cron: bool


def next_due(session: Session, location_id: int) -> Instant | None:
    """The earliest slot of a location, claimed by nobody; None when nothing is scheduled. A plain
    read of one index entry, so that an idle shift never takes the write lock."""
    found: Instant | None = session.scalar(_NEXT_DUE, {"location": location_id})
    return found


def take(
    session: Session, location_id: int, now: Instant, limit: int, until: Instant | None = None
) -> list[Taken]:
    """Claim up to `limit` slots that are due until then (until now if None), oldest first, and move
    their schedules on; one statement.

    The rhythm goes on as if nothing had been late: the next regular slot is the first of it that is
    later than `now` and than what is taken. An extra slot (a re-check, a check now) leaves the
    rhythm where it is.
    """
    until = now if until is None else until
    values = {"location": location_id, "now": now, "until": until, "limit": limit}
    return [_taken(location_id, *row) for row in session.execute(_TAKE, values)]


def _taken(  # noqa: PLR0913, PLR0917 - a row's columns
    location_id: int,
    monitor_id: int,
    slot_at: Instant,
    regular_at: Instant | None,
    interval_ms: int,
    version: int,
) -> Taken:
    in_rhythm = interval_ms and regular_at is not None and (regular_at - slot_at) % interval_ms == 0
    claim = Claim(monitor_id, location_id, slot_at, version, not in_rhythm)
    return Taken(claim, regular_at is None and interval_ms == 0)


def spread(session: Session, location_id: int, now: Instant) -> int:
    """Give slots of a location that are later than `LATE` a new time within the next minute (or
    interval, if that is shorter), each at the phase of its rhythm; how many were moved. Fewer than
    `FEW` stay as they are. The rhythm goes on as if nothing had been late; one statement."""
    values = {"location": location_id, "now": now}
    return session.connection().execute(_SPREAD, values).rowcount


def lost(session: Session, location_id: int, now: Instant) -> list[int]:
    """The monitors of which nobody will record the slot that was claimed last, for who claimed it
    is gone, and of which the next slot is more than a minute away."""
    values = {"location": location_id, "now": now}
    return list(session.scalars(_LOST, values))


def set_next(session: Session, slots: Iterable[tuple[Claim, Instant]]) -> None:
    """Write down the next regular slots of claims that follow a cron."""
    rows = [
        {"monitor": claim.monitor_id, "location": claim.location_id, "next": next_at}
        for claim, next_at in slots
    ]
    if rows:
        session.connection().execute(_SET_NEXT, rows)


def give_back(session: Session, claims: Collection[Claim]) -> None:
    """Make claims due again that were never probed; not those of monitors paused meanwhile."""
    _due_no_later(session, [(c.monitor_id, c.location_id, c.slot_at) for c in claims])


def add_slots(session: Session, slots: Sequence[tuple[int, int, Instant]]) -> None:
    """Add extra slots, each (monitor id, location id, at). What is due sooner anyway stays so,
    the rhythm stays where it is, and a paused monitor stays paused."""
    _due_no_later(session, slots)


def monitors_of(session: Session, ids: Collection[int]) -> list[Any]:
    """What preparing probes needs to know of monitors: rows of `_MONITORS`' columns."""
    return list(session.execute(_MONITORS, {"ids": list(ids)}))


def _due_no_later(session: Session, slots: Sequence[tuple[int, int, Instant]]) -> None:
    # Always in the same order: two at once would else lock each other out.
    rows = [{"monitor": each[0], "location": each[1], "at": each[2]} for each in sorted(slots)]
    if rows:
        session.connection().execute(_DUE_NO_LATER, rows)


_SCHEDULES = cast(Table, Schedule.__table__)
_S = _SCHEDULES.c
_M = Monitor.__table__.c
_O = Observation.__table__.c
_now = bindparam("now", type_=_S.due_at.type)
_until = bindparam("until", type_=_S.due_at.type)
_taken_at = case((_S.due_at > _now, _S.due_at), else_=_now)
_regular_passed = _S.regular_at <= _taken_at
_next_regular = case(
    (and_(_regular_passed, _S.interval_ms == 0), null()),
    (
        _regular_passed,
        _S.regular_at
        + _S.interval_ms * ((_taken_at - _S.regular_at) // _S.interval_ms + literal(1)),
    ),
    else_=_S.regular_at,
)
_due = (
    select(_S.monitor_id)
    .where(_S.location_id == bindparam("location"), _S.due_at <= _until)
    .order_by(_S.due_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_version = select(_M.version).where(_M.id == _S.monitor_id).correlate(_SCHEDULES).scalar_subquery()

_NEXT_DUE = (
    select(_S.due_at)
    .where(_S.location_id == bindparam("location"), _S.due_at.is_not(None))
    .order_by(_S.due_at)
    .limit(1)
)
# In a CTE what is due is looked up once. As a plain subquery PostgreSQL may plan it inside a loop
# and look again for every row: each time it skips what this statement has moved on already, finds
# the next, and so takes more than the limit.
_TAKE = (
    update(_SCHEDULES)
    .where(
        _S.monitor_id.in_(select(_due.c.monitor_id)),
        _S.location_id == bindparam("location"),
        _S.due_at <= _until,
    )
    .values(
        slot_at=case((_S.due_at < _now - LATE, _now), else_=_S.due_at),
        regular_at=_next_regular,
        due_at=_next_regular,
    )
    .returning(_S.monitor_id, _S.slot_at, _S.regular_at, _S.interval_ms, _version)
)
# What is left of a division has the sign of what was divided: it is added once more.
_turn = case((_S.interval_ms.between(1, MINUTE), _S.interval_ms), else_=MINUTE)
_beat = case((_S.interval_ms == 0, _S.phase_ms), else_=_S.regular_at) - _now
_late = (_S.location_id == bindparam("location"), _S.due_at < _now - LATE)
_many = (
    select(func.count() > FEW)
    .select_from(select(_S.monitor_id).where(*_late).limit(FEW + 1).subquery())
    .scalar_subquery()
)
_SPREAD = (
    update(_SCHEDULES).where(*_late, _many).values(due_at=_now + (_beat % _turn + _turn) % _turn)
)
_timeout = select(_M.timeout).where(_M.id == _S.monitor_id).correlate(_SCHEDULES).scalar_subquery()
_recorded = (
    select(_O.slot_at)
    .where(_O.monitor_id == _S.monitor_id, _O.location_id == _S.location_id)
    .correlate(_SCHEDULES)
    .scalar_subquery()
)
_LOST = select(_S.monitor_id).where(
    _S.location_id == bindparam("location"),
    _S.due_at > _now + MINUTE,
    _S.slot_at < _now - LOST,
    _S.slot_at > func.coalesce(_recorded, 0),
    _S.slot_at < _now - LOST - _timeout * SECOND,
)
_SET_NEXT = (
    update(_SCHEDULES)
    .where(_S.monitor_id == bindparam("monitor"), _S.location_id == bindparam("location"))
    .values(due_at=bindparam("next"), regular_at=bindparam("next"))
)
_DUE_NO_LATER = (
    update(_SCHEDULES)
    .where(
        _S.monitor_id == bindparam("monitor"),
        _S.location_id == bindparam("location"),
        _S.due_at > bindparam("at"),
    )
    .values(due_at=bindparam("at"))
)
_MONITORS = select(_M.id, _M.version, _M.kind, _M.settings, _M.timeout, _M.degraded_over).where(
    _M.id.in_(bindparam("ids", expanding=True))
)
