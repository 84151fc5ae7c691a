"""Outcomes recorded minute after minute, and what became of them."""

import pytest
from factories import NOW, the_location
from sqlalchemy import select

from kener.actions.results import Probed, record
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.tables import Event, Span

MINUTE = 60_000
UP = Outcome(Status.UP, latency_ms=12.3456, phases={"connect": 1.5}, facts={"status_code": 200})
DOWN = Outcome(Status.DOWN, Reason.REFUSED, "connection refused", 3.0)
SLOW = Outcome(Status.DEGRADED, Reason.SLOW, "took 900 ms", 900.0)
BROKEN = Outcome(Status.UNKNOWN, Reason.INTERNAL_ERROR, "too many open files")


@pytest.fixture
def watch(session):
    """Record outcomes of one monitor, a minute apart from `first` minutes after noon on."""
    here = the_location(session).id

    def watch(monitor, *outcomes, first=0):
        for minute, outcome in enumerate(outcomes, first):
            slot = NOW + minute * MINUTE
            record(session, [Probed(monitor.id, here, slot, outcome)], slot + 50)

    return watch


def rows(session, table, **given):
    query = select(table).filter_by(**given).execution_options(populate_existing=True)
    return list(session.scalars(query))


def spans(session, monitor):
    """(status, minutes after noon from, to) of each span, in order."""
    found = rows(session, Span, monitor_id=monitor.id)
    found.sort(key=lambda each: (each.from_at, each.to_at or NOW * 2))
    return [(each.status, _minute(each.from_at), _minute(each.to_at)) for each in found]


def _minute(at):
    return None if at is None else (at - NOW) / MINUTE


def told(session):
    return [each.name for each in session.scalars(select(Event).order_by(Event.id))]
