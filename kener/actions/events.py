"""Facts, written in the transaction that makes them true."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from kener.core.instant import Instant
from kener.queue import later
from kener.store.tables import Event


def emit(session: Session, name: str, data: Mapping[str, Any], now: Instant) -> Event:
    """Put a fact into the outbox; whoever waits for it is told after the commit."""
    event = Event(name=name, at=now, data=dict(data))
    session.add(event)
    later(session, "kener.jobs.dispatch")
    return event
