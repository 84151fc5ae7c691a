"""What incidents, open and past, and windows of maintenance say of monitors."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import CompoundSelect, or_, select, union_all
from sqlalchemy.orm import Session

from kener.core.instant import Instant
from kener.core.status import Status
from kener.core.timeline import Stretch
from kener.store._among import among
from kener.store.planned import planned
from kener.store.tables import Incident, IncidentMonitor


def open_impacts(
    session: Session, monitor_ids: Collection[int], now: Instant
) -> Mapping[int, list[Status]]:
    """What the incidents and windows open at `now` say, by monitor id; no key for a monitor none
    affects."""
    found = defaultdict(list)
    for monitor_id, status, _, _ in session.execute(_laid(monitor_ids, now, now + 1)):
        found[monitor_id].append(status)
    return found


def impacts(
    session: Session, monitor_ids: Collection[int], from_at: Instant, to_at: Instant
) -> Mapping[int, list[Stretch]]:
    """What incidents say within [from, to), each from its start until it was resolved, and what
    windows do; as now written down, so that editing them changes history."""
    found = defaultdict(list)
    for monitor_id, status, begin, end in session.execute(_laid(monitor_ids, from_at, to_at)):
        until = to_at if end is None else min(to_at, end)
        found[monitor_id].append(Stretch(max(from_at, begin), until, status))
    return found


def _laid(
    monitor_ids: Collection[int], from_at: Instant, to_at: Instant
) -> CompoundSelect[int, Status, int, int | None]:
    """Monitor, status, start and end (None: none yet) of all that lies in [from, to): one
    question, as it is asked for every status that is shown."""
    incidents = (
        select(
            IncidentMonitor.monitor_id,
            IncidentMonitor.impact,
            Incident.started_at,
            Incident.resolved_at,
        )
        .join(Incident, Incident.id == IncidentMonitor.incident_id)
        .where(
            Incident.draft.is_(False),
            among(IncidentMonitor.monitor_id, monitor_ids),
            Incident.started_at < to_at,
            or_(Incident.resolved_at.is_(None), Incident.resolved_at > from_at),
        )
    )
    return union_all(incidents, planned(from_at, to_at, monitor_ids))
