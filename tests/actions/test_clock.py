"""The clock was far ahead for a while, and is right again."""

import pytest
from factories import NOW, a_monitor, a_webhook, add, the_location
from sqlalchemy import func, select

from kener.actions.claims import claim
from kener.actions.clock import put_right
from kener.actions.deliveries import dispatch_events
from kener.actions.monitors import pause_monitor
from kener.actions.results import Probed, record
from kener.core.instant import DAY, HOUR, SECOND
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.history import stretches
from kener.store.standing import standings
from kener.store.tables import Delivery, Event, Heartbeat, PushedStatus, Result, Schedule, Span

MINUTE = 60_000
UP = Outcome(Status.UP, latency_ms=3.0)
DOWN = Outcome(Status.DOWN, Reason.REFUSED, "refused the connection")
AHEAD = NOW + 30 * DAY
BACK = NOW + 5 * MINUTE


@pytest.fixture
def probe(session):
    """Claim what is due, and record what was seen; how many probes that were."""
    here = the_location(session).id

    def probe(now, outcome):
        claims = claim(session, here, now, 100)
        record(session, [Probed(c.monitor_id, here, c.slot_at, outcome) for c in claims], now)
        return len(claims)

    return probe


def told(session):
    return session.scalars(select(Event.name).order_by(Event.id)).all()


def test_what_was_seen_in_the_future_is_not_shown_and_checks_go_on(session, probe):
    monitor = a_monitor(session, due_at=NOW)
    probe(NOW, UP)
    probe(AHEAD, UP)
    assert put_right(session, BACK) == 1

    (standing,) = standings(session, BACK)
    assert (standing.displayed, standing.reason) == (Status.UNKNOWN, Reason.WAITING)
    assert probe(BACK, UP) == 1
    assert probe(BACK + MINUTE, UP) == 1
    assert put_right(session, BACK + MINUTE) == 0
    later = BACK + MINUTE + SECOND
    assert standings(session, later)[0].displayed is Status.UP
    past = stretches(session, [monitor.id], NOW, later, later)[monitor.id]
    assert [(each.status, each.from_at) for each in past] == [
        (Status.UP, NOW),
        (Status.UNKNOWN, NOW + 2 * MINUTE),
        (Status.UP, BACK),
    ]


def test_what_others_were_told_in_the_future_is_taken_back(session, probe):
    a_monitor(session, due_at=NOW)
    probe(NOW, UP)
    probe(AHEAD, DOWN)
    probe(AHEAD + MINUTE, DOWN)
    put_right(session, BACK)
    probe(BACK, UP)

    assert told(session) == ["monitor.down", "monitor.up"]
    assert session.scalar(select(func.count()).where(Span.from_at > BACK)) == 0
    assert session.scalar(select(func.count()).where(Result.due_at > BACK)) == 0


def test_a_cron_finds_its_way_back_and_a_pause_stays(session, probe):
    cron = a_monitor(session, due_at=NOW, cron="0 * * * *")
    paused = a_monitor(session, due_at=NOW)
    probe(AHEAD, UP)
    pause_monitor(session, paused, AHEAD + SECOND)
    put_right(session, BACK)

    assert probe(BACK, UP) == 1
    due = select(Schedule.due_at).execution_options(populate_existing=True)
    assert session.scalars(due.filter_by(monitor_id=cron.id)).one() == NOW + HOUR
    assert session.scalars(due.filter_by(monitor_id=paused.id)).one() is None
    assert {each.reason for each in standings(session, BACK + SECOND)} == {None, Reason.PAUSED}


def test_reports_and_deliveries_from_the_future_wait_no_longer(session, probe):
    monitor = a_monitor(session, due_at=NOW)
    add(session, Heartbeat(monitor_id=monitor.id, token_hash="h", token_sealed="s"))
    session.get(Heartbeat, monitor.id).pinged_at = AHEAD
    session.get(Heartbeat, monitor.id).running_since = AHEAD
    said = {"status": Status.UP, "pushed_at": AHEAD, "expires_at": AHEAD + HOUR}
    add(session, PushedStatus(monitor_id=monitor.id, **said))
    a_webhook(session, "https://hooks.example/")
    probe(AHEAD, DOWN)
    probe(AHEAD + MINUTE, DOWN)
    dispatch_events(session, AHEAD + MINUTE)
    put_right(session, BACK)
    session.expire_all()

    assert session.get(Heartbeat, monitor.id).pinged_at == BACK
    assert session.get(Heartbeat, monitor.id).running_since == BACK
    assert session.get(PushedStatus, monitor.id).pushed_at == BACK
    assert session.get(PushedStatus, monitor.id).expires_at == BACK + HOUR
    assert session.scalars(select(Delivery)).one().next_attempt_at == BACK


def test_clocks_that_differ_a_little_are_left_alone(session, probe):
    a_monitor(session, due_at=NOW)
    probe(NOW, UP)

    assert put_right(session, NOW - MINUTE) == 0
    assert standings(session, NOW - MINUTE)[0].displayed is Status.UP


def test_many_are_put_right_in_several_turns(session, probe):
    for _ in range(5):
        a_monitor(session, due_at=NOW)
    probe(AHEAD, UP)

    assert [put_right(session, BACK, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert probe(BACK, UP) == 5
