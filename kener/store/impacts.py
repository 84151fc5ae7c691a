"""What open and past incidents say of monitors."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from kener.core.instant import Instant
from kener.core.status import Status
from kener.core.timeline import Stretch
from kener.store._among import among
from kener.store.tables import Incident, IncidentMonitor


def open_impacts(
    session: Session, monitor_ids: Collection[int], now: Instant
) -> Mapping[int, list[Status]]:
    """What the incidents open at `now` say, by monitor id; no key for a monitor none affects."""
    rows = session.execute(
        _impacts(monitor_ids).where(
            Incident.started_at <= now,
            or_(Incident.resolved_at.is_(None), Incident.resolved_at > now),
        )
    )
    found = defaultdict(list)
    for monitor_id, status, _, _ in rows:
        found[monitor_id].append(status)
    return found


def impacts(
    session: Session, monitor_ids: Collection[int], from_at: Instant, to_at: Instant
) -> Mapping[int, list[Stretch]]:
    """What incidents say within [from, to), each from its start until it was resolved; as now
    written down, so that editing an incident changes history."""
    rows = session.execute(
        _impacts(monitor_ids).where(
            Incident.started_at < to_at,
            or_(Incident.resolved_at.is_(None), Incident.resolved_at > from_at),
        )
    )
    found = defaultdict(list)
    for monitor_id, status, started_at, resolved_at in rows:
        end = to_at if resolved_at is None else min(to_at, resolved_at)
        found[monitor_id].append(Stretch(max(from_at, started_at), end, status))
    return found


def _impacts(monitor_ids: Collection[int]) -> Select[int, Status, int, int | None]:
    return (
        select(
            IncidentMonitor.monitor_id,
            IncidentMonitor.impact,
            Incident.started_at,
            Incident.resolved_at,
        )
        .join(Incident, Incident.id == IncidentMonitor.incident_id)
        .where(Incident.draft.is_(False), among(IncidentMonitor.monitor_id, monitor_ids))
    )
