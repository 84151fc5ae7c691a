"""Questions about incidents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session, selectinload

from kener.core.errors import NotFound
from kener.core.instant import Instant
from kener.core.status import Impact
from kener.store.order import Order, Place
from kener.store.tables import Incident, IncidentMonitor, Monitor, Update
from kener.store.tables.incidents import OVER, Phase

WHOLE = (
    selectinload(Incident.updates),
    selectinload(Incident.affected).joinedload(IncidentMonitor.monitor),
)
"""All that an incident shows, in a fixed number of queries."""
PUBLISHED = Incident.draft.is_(False)
IS_OVER = Incident.status.in_(OVER)
OPEN = (PUBLISHED, ~IS_OVER)
"""What an incident must be to count: said aloud, and not over."""


ORDERS = {
    "started": Order(Incident.started_at, Incident.id),
    "updated": Order(Incident.updated_at, Incident.id),
}
"""How lists of incidents can be sorted."""
LATEST = Order(Incident.started_at, Incident.id, falling=True)


@dataclass(frozen=True, slots=True)
class IncidentSlice:
    """Some rows of a list; `more` when others follow; `total` of all that were asked for."""

    rows: Sequence[Incident]
    more: bool
    total: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents a list is to hold: those that fit all that is given. `monitor` is the key of
    one they speak of; they began in [`since`, `until`)."""

    status: Phase | None = None
    is_open: bool | None = None
    draft: bool = False
    impact: Impact | None = None
    monitor: int | None = None
    since: Instant | None = None
    until: Instant | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same for the database."""
        found: list[ColumnElement[bool]] = [Incident.draft.is_(self.draft)]
        if self.status is not None:
            found.append(Incident.status == self.status)
        if self.is_open is not None:
            found.append(~IS_OVER if self.is_open else IS_OVER)
        if self.impact is not None:
            found.append(Incident.impact == self.impact)
        if self.monitor is not None:
            found.append(Incident.affected.any(IncidentMonitor.monitor_id == self.monitor))
        if self.since is not None:
            found.append(Incident.started_at >= self.since)
        if self.until is not None:
            found.append(Incident.started_at < self.until)
        return found


def find_incident(session: Session, public_id: str) -> Incident:
    """The incident of a public id with all that belongs to it; NotFound when there is none."""
    found = session.scalars(
        select(Incident).where(Incident.public_id == public_id).options(*WHOLE)
    ).first()
    if found is None:
        raise NotFound(f"There is no incident {public_id!r}.")
    return found


def slice_of_incidents(
    session: Session,
    after: Place | None,
    limit: int,
    wanted: Wanted | None = None,
    *,
    order: Order = LATEST,
) -> IncidentSlice:
    """Incidents in an order, the latest start first, from after a place in it; by default all that
    are published."""
    asked = (wanted or Wanted()).conditions()
    total = session.scalar(select(func.count()).select_from(Incident).where(*asked)) or 0
    rows = order.apply(select(Incident).where(*asked).options(*WHOLE), after)
    found = session.scalars(rows.limit(limit + 1)).all()
    return IncidentSlice(found[:limit], len(found) > limit, total)


@dataclass(frozen=True, slots=True)
class UpdateSlice:
    """Some of an incident's messages; `more` when others follow; `total` of all there are."""

    rows: Sequence[Update]
    more: bool
    total: int


def find_update(session: Session, incident: Incident, public_id: str) -> Update:
    """One message of an incident; NotFound when it has none of this public id."""
    mine = select(Update).where(Update.incident_id == incident.id, Update.public_id == public_id)
    found = session.scalars(mine).first()
    if found is None:
        raise NotFound(f"There is no update {public_id!r} of this incident.")
    return found


def slice_of_updates(
    session: Session, incident_id: int, after: tuple[Instant, int] | None, limit: int
) -> UpdateSlice:
    """Its messages, the newest first, from after (`at`, key) of the last one seen."""
    mine = Update.incident_id == incident_id
    total = session.scalar(select(func.count()).select_from(Update).where(mine)) or 0
    rows = select(Update).where(mine)
    if after is not None:
        rows = rows.where(tuple_(Update.at, Update.id) < after)
    found = session.scalars(rows.order_by(Update.at.desc(), Update.id.desc()).limit(limit + 1))
    seen = found.all()
    return UpdateSlice(seen[:limit], len(seen) > limit, total)


def open_incidents(session: Session, shown: Collection[int] | None = None) -> list[Incident]:
    """Incidents that are not over, the latest first. With the keys of the monitors `shown`,
    only what those may read who see these."""
    rows = session.scalars(
        select(Incident)
        .where(*OPEN)
        .options(*WHOLE)
        .order_by(Incident.started_at.desc(), Incident.id.desc())
    )
    return [each for each in rows if shown is None or is_public(each, shown)]


def is_public(incident: Incident, shown: Collection[int]) -> bool:
    """Whether those may read it who see these monitors: it is published, and speaks of nothing in
    particular, or of one of them."""
    return not incident.draft and (not incident.affected or bool(shown_monitors(incident, shown)))


def shown_monitors(incident: Incident, shown: Collection[int]) -> list[IncidentMonitor]:
    """What an incident says of the monitors with these keys, by name."""
    told = [each for each in incident.affected if each.monitor_id in shown]
    return sorted(told, key=lambda each: each.monitor.name)


def only_about(session: Session, monitor_id: int) -> list[Incident]:
    """The incidents that speak of this monitor and of no other."""
    of_it = select(IncidentMonitor.incident_id).where(IncidentMonitor.monitor_id == monitor_id)
    rows = session.scalars(select(Incident).where(Incident.id.in_(of_it)).options(*WHOLE))
    return [each for each in rows if len(each.affected) == 1]


def monitors_named(session: Session, names: Sequence[str]) -> dict[str, Monitor]:
    """Monitors by the public id or the slug by which they were named."""
    if not names:
        return {}
    rows = session.scalars(
        select(Monitor).where(or_(Monitor.public_id.in_(names), Monitor.slug.in_(names)))
    ).all()
    return {each.slug: each for each in rows} | {each.public_id: each for each in rows}
