"""What the API shows of an incident."""

from collections.abc import Sequence
from typing import Any

from kener.actions.incident_fields import WORD_OF_IMPACT
from kener.core.instant import iso, iso_or_none
from kener.store.tables import Incident, IncidentMonitor, Update


def document(incident: Incident) -> dict[str, Any]:
    """All of it, for those who hold a key."""
    affected = sorted(incident.affected, key=lambda each: each.monitor.name)
    return {
        "id": incident.public_id,
        "title": incident.title,
        "status": incident.status.value,
        "impact": incident.impact.value,
        "message": incident.updates[0].message if incident.updates else "",
        "monitors": _affected(affected),
        "updates": [_update(each) for each in incident.updates],
        "started_at": iso(incident.started_at),
        "resolved_at": iso_or_none(incident.resolved_at),
        "version": incident.version,
        "created_at": iso(incident.created_at),
        "updated_at": iso(incident.updated_at),
    }


def _affected(rows: Sequence[IncidentMonitor]) -> list[dict[str, str]]:
    return [
        {
            "id": each.monitor.public_id,
            "slug": each.monitor.slug,
            "name": each.monitor.name,
            "impact": WORD_OF_IMPACT[each.impact],
        }
        for each in rows
    ]


def _update(update: Update) -> dict[str, str]:
    return {"status": update.status.value, "message": update.message, "at": iso(update.at)}
