"""Facts, written in the transaction that makes them true."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from kener.core.instant import Instant
from kener.queue import later
from kener.store.tables import Event

EVENTS = (
    "monitor.down",
    "monitor.degraded",
    "monitor.up",
    "incident.created",
    "incident.updated",
    "incident.resolved",
    "maintenance.scheduled",
    "maintenance.updated",
    "maintenance.starting",
    "maintenance.started",
    "maintenance.completed",
    "maintenance.cancelled",
    "publish.failed",
    "publish.recovered",
)
"""Every fact a receiver may ask for."""


def emit(session: Session, name: str, data: Mapping[str, Any], now: Instant) -> Event:
    """Put one of EVENTS into the outbox; whoever waits for it is told after the commit.

    `data` holds JSON values, never a secret. ValueError for an unknown name: nobody could ask
    for it, so nobody would ever hear of it.
    """
    if name not in EVENTS:
        raise ValueError(f"there is no event {name!r}")
    event = Event(name=name, at=now, data=dict(data))
    session.add(event)
    later(session, "kener.jobs.dispatch")
    return event
