"""Incidents as visitors see them: values, read once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kener.core.instant import Instant
from kener.core.status import Impact, Status
from kener.store.incidents import shown_monitors
from kener.store.tables import Incident
from kener.store.tables.incidents import Phase


@dataclass(frozen=True, slots=True)
class Said:
    """A dated message in an incident."""

    phase: Phase
    message: str
    at: Instant
    public_id: str


@dataclass(frozen=True, slots=True)
class Affected:
    """What an incident says of a service that visitors may see."""

    slug: str
    name: str
    public_id: str
    impact: Status


@dataclass(frozen=True, slots=True)
class Story:
    """An incident as visitors see it; the newest update first."""

    public_id: str
    title: str
    phase: Phase
    impact: Impact
    started_at: Instant
    resolved_at: Instant | None
    created_at: Instant
    updated_at: Instant
    updates: Sequence[Said]
    affected: Sequence[Affected]
    next_update_by: Instant | None
    version: int

    @property
    def is_open(self) -> bool:
        return not self.phase.is_over

    def is_overdue(self, now: Instant) -> bool:
        """Whether the next update was promised for a time that is past."""
        return self.next_update_by is not None and self.next_update_by < now


def story(incident: Incident, shown: Collection[int]) -> Story:
    """The values of an incident that was read with `store.incidents.WHOLE`; of the monitors it
    speaks of, only those `shown`."""
    return Story(
        public_id=incident.public_id,
        title=incident.title,
        phase=incident.status,
        impact=incident.impact,
        started_at=incident.started_at,
        resolved_at=incident.resolved_at,
        created_at=incident.created_at,
        updated_at=incident.updated_at,
        updates=tuple(
            Said(each.status, each.message, each.at, each.public_id) for each in incident.updates
        ),
        affected=tuple(
            Affected(each.monitor.slug, each.monitor.name, each.monitor.public_id, each.impact)
            for each in shown_monitors(incident, shown)
        ),
        next_update_by=incident.next_update_by,
        version=incident.version,
    )
