"""Questions about incidents."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session, selectinload

from kener.core.errors import NotFound
from kener.core.instant import Instant
from kener.store.tables import Incident, IncidentMonitor, Monitor
from kener.store.tables.incidents import Phase

WHOLE = (
    selectinload(Incident.updates),
    selectinload(Incident.affected).joinedload(IncidentMonitor.monitor),
)
"""All that an incident shows, in a fixed number of queries."""


@dataclass(frozen=True, slots=True)
class IncidentSlice:
    """Some rows of a list; `more` when others follow; `total` of all that were asked for."""

    rows: Sequence[Incident]
    more: bool
    total: int


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
    after: tuple[Instant, int] | None,
    limit: int,
    *,
    status: Phase | None = None,
    is_open: bool | None = None,
) -> IncidentSlice:
    """Incidents, the latest start first, from after (`started_at`, key) of the last one seen."""
    wanted: list[ColumnElement[bool]] = []
    if status is not None:
        wanted.append(Incident.status == status)
    if is_open is not None:
        done = Incident.status == Phase.RESOLVED
        wanted.append(~done if is_open else done)
    total = session.scalar(select(func.count()).select_from(Incident).where(*wanted)) or 0
    rows = select(Incident).where(*wanted).options(*WHOLE)
    if after is not None:
        rows = rows.where(tuple_(Incident.started_at, Incident.id) < after)
    rows = rows.order_by(Incident.started_at.desc(), Incident.id.desc()).limit(limit + 1)
    found = session.scalars(rows).all()
    return IncidentSlice(found[:limit], len(found) > limit, total)


def open_incidents(session: Session, shown: Collection[int] | None = None) -> list[Incident]:
    """Incidents that are not resolved, the latest first. With the keys of the monitors `shown`,
    only what those may read who see these."""
    rows = session.scalars(
        select(Incident)
        .where(Incident.status != Phase.RESOLVED)
        .options(*WHOLE)
        .order_by(Incident.started_at.desc(), Incident.id.desc())
    )
    return [each for each in rows if shown is None or is_public(each, shown)]


def is_public(incident: Incident, shown: Collection[int]) -> bool:
    """Whether those may read it who see these monitors: it speaks of nothing in particular, or of
    one of them."""
    return not incident.affected or bool(shown_monitors(incident, shown))


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
