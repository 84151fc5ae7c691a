"""Questions about monitors."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from kener.core.errors import NotFound
from kener.core.instant import Instant
from kener.store._among import exactly
from kener.store._plain import plain
from kener.store.order import Order, Place
from kener.store.secrets import unseal
from kener.store.tables import Heartbeat, Location, Monitor, Schedule


class Listed(NamedTuple):
    """A row of a list of monitors: what most of those who read one ask for, and its revision."""

    id: int
    public_id: str
    slug: str
    name: str
    kind: str
    paused: bool
    version: int
    updated_at: Instant


_LISTED = [getattr(Monitor, each) for each in Listed._fields]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows of a list; `more` when others follow; `total` of all that were asked for."""

    rows: Sequence[Listed]
    more: bool
    total: int


ORDERS = {
    "created": Order(Monitor.id, Monitor.id),
    "name": Order(Monitor.name, Monitor.id),
    "updated": Order(Monitor.updated_at, Monitor.id),
}
"""How lists of monitors can be sorted. By their making, new ones only ever follow."""


def find_monitor(session: Session, id_or_slug: str) -> Monitor:
    """The monitor of a public id, else of a slug; NotFound when there is neither."""
    found = session.scalars(
        select(Monitor)
        .where(or_(Monitor.public_id == id_or_slug, Monitor.slug == id_or_slug))
        .order_by((Monitor.public_id == id_or_slug).desc())
        .limit(1)
    ).first()
    if found is None:
        raise NotFound(f"There is no monitor {id_or_slug!r}.")
    return found


def all_monitors(session: Session) -> Sequence[Monitor]:
    """Every monitor, in the order of their making."""
    return session.scalars(select(Monitor).order_by(Monitor.id)).all()


def slug_is_taken(session: Session, slug: str, but_id: int | None) -> bool:
    """Whether another monitor answers to this slug already, as its slug or as its public id."""
    taken = select(Monitor.id).where(or_(Monitor.slug == slug, Monitor.public_id == slug))
    if but_id is not None:
        taken = taken.where(Monitor.id != but_id)
    return session.scalar(taken.limit(1)) is not None


def slice_of_monitors(  # noqa: PLR0913 - a part of the list, and its filters
    session: Session,
    after: Place | None,
    limit: int,
    *,
    order: Order = ORDERS["created"],
    kind: str = "",
    paused: bool | None = None,
    only: Collection[int] | None = None,
) -> Slice:
    """Monitors in an order, from after a place in it. `only`: those of these ids, of which there
    may be any number."""
    wanted: list[ColumnElement[bool]] = []
    if only is not None:
        wanted.append(exactly(Monitor.id, only))
    if kind:
        wanted.append(Monitor.kind == kind)
    if paused is not None:
        wanted.append(Monitor.paused.is_(paused))
    count = _count().where(*wanted)
    # Rows, not objects: nobody is going to change them, and they cost a third.
    both = select(*_LISTED, count.correlate(None).scalar_subquery())
    rows = plain(session, order.apply(both.where(*wanted), after).limit(limit + 1))
    total: int | None = rows[0][-1] if rows else session.scalar(count)
    shown = [Listed._make(each[:-1]) for each in rows[:limit]]
    return Slice(shown, len(rows) > limit, total or 0)


def rows_of_monitors(session: Session, ids: Collection[int]) -> Sequence[Any]:
    """All columns of monitors by name; those that are gone are missing."""
    return plain(session, select(*Monitor.__table__.columns).where(exactly(Monitor.id, ids)))


def _count() -> Select[int]:
    return select(func.count()).select_from(Monitor)


def all_locations(session: Session) -> Sequence[Location]:
    """Every place that probes run from."""
    return session.scalars(select(Location).order_by(Location.id)).all()


def places_of(session: Session, monitor_id: int) -> Sequence[int]:
    """The locations from which a monitor is watched, by their number."""
    return session.scalars(
        select(Schedule.location_id).where(Schedule.monitor_id == monitor_id)
    ).all()


def schedules_of(session: Session, monitor_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Where these monitors are probed from: pairs of monitor and location, in one query."""
    rows = session.execute(
        select(Schedule.monitor_id, Schedule.location_id).where(
            Schedule.monitor_id.in_(monitor_ids)
        )
    )
    return [(row.monitor_id, row.location_id) for row in rows]


def heartbeat_tokens(session: Session, monitor_ids: Sequence[int]) -> dict[int, str]:
    """The secret part of the addresses that heartbeats report to, by monitor id, in one query.
    SecretLost when one cannot be read."""
    rows = session.execute(
        select(Heartbeat.monitor_id, Heartbeat.token_sealed).where(
            Heartbeat.monitor_id.in_(monitor_ids)
        )
    )
    return {row.monitor_id: unseal(row.token_sealed) for row in rows}
