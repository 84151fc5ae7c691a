"""Groups of monitors, outcomes of their members, and what the groups became."""

import pytest
from factories import NOW, a_monitor, the_location
from sqlalchemy import select

from kener.actions.monitors import create_monitor
from kener.actions.results import Probed, record
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.tables import Event, Span

MINUTE = 60_000
UP = Outcome(Status.UP)
DOWN = Outcome(Status.DOWN, Reason.REFUSED, "refused")


@pytest.fixture
def group(session):
    """Make a group of monitors."""

    def group(name, *members, **given):
        settings = {"members": [each.public_id for each in members]} | given.pop("settings", {})
        fields = {"name": name, "kind": "group", "settings": settings} | given
        return create_monitor(session, fields, NOW)

    return group


@pytest.fixture
def see(session):
    """Record outcomes at a minute, all in one batch: pairs of monitor and outcome."""
    here = the_location(session).id

    def see(minute, *pairs, now=None):
        slot = NOW + int(minute * MINUTE)
        probed = [Probed(each.id, here, slot, outcome) for each, outcome in pairs]
        record(session, probed, slot + 50 if now is None else now)

    return see


def members(session, number, **given):
    return [a_monitor(session, to_fail=1, **given) for _ in range(number)]


def spans(session, monitor):
    """(status, minutes after noon from, to) of each span, in order."""
    found = session.scalars(
        select(Span).filter_by(monitor_id=monitor.id).order_by(Span.from_at, Span.id)
    )
    return [(each.status, _minute(each.from_at), _minute(each.to_at)) for each in found]


def _minute(at):
    return None if at is None else round((at - NOW) / MINUTE, 2)


def told(session, monitor):
    events = session.scalars(select(Event).order_by(Event.id))
    return [each.name for each in events if each.data["monitor_id"] == monitor.public_id]
