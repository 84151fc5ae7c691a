"""Forgetting what is too old."""

import pytest
from factories import NOW, a_member, a_monitor, a_span, a_window, add
from sqlalchemy import func, select

from kener.actions.retention import prune_some
from kener.config import Config
from kener.core.instant import DAY, HOUR, MINUTE
from kener.core.status import Status
from kener.store.tables import Delivery, Event, Hour, SignIn, Span, Webhook, Window

UP, DOWN = Status.UP, Status.DOWN


@pytest.fixture
def config():
    return Config(_env_file=None, results_days=90, history_days=730)


def run(database, work, *arguments, **named):
    """Call until there is nothing left, each time in a transaction of its own."""
    total = 0
    for _ in range(1000):
        with database.write() as session:
            done = work(session, *arguments, **named)
        if not done:
            return total
        total += done
    pytest.fail("it never finishes")


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def an_hour(session, monitor, hour_at, **given):
    own = {"histogram": b"\x01\x00", "samples": b"s", "up": 60}
    row = Hour(hour_at=hour_at, monitor_id=monitor.id, location_id=1, **own | given)
    return add(session, row)


def test_samples_go_first_and_hours_later(database):
    config = Config(_env_file=None, results_days=9, history_days=50)
    with database.write() as session:
        monitor = a_monitor(session)
        for days_ago in (51, 11, 10, 8, 1):
            an_hour(session, monitor, NOW - days_ago * DAY)

    for minute in range(61):
        run(database, prune_some, NOW + minute * MINUTE, config)

    with database.read() as session:
        kept = session.execute(select(Hour.hour_at, Hour.samples).order_by(Hour.hour_at)).all()
    assert [((NOW - at) // DAY, data) for at, data in kept] == [
        (11, None),
        (10, None),
        (8, b"s"),
        (1, b"s"),
    ]


def test_samples_that_turn_too_old_go_at_once(database, config):
    with database.write() as session:
        an_hour(session, a_monitor(session), NOW - 90 * DAY - HOUR)

    run(database, prune_some, NOW, config)

    with database.read() as session:
        assert session.scalars(select(Hour)).one().samples is None


@pytest.mark.parametrize("minutes", [1, 10, 60])
def test_hours_of_a_monitor_that_is_gone_go_whatever_the_rhythm(database, minutes):
    with database.write() as session:
        gone, stays = a_monitor(session), a_monitor(session)
        for days_ago in range(0, 70, 3):
            an_hour(session, gone, NOW - days_ago * DAY)
        an_hour(session, stays, NOW - 5 * DAY)
        session.delete(gone)
    config = Config(_env_file=None, results_days=80, history_days=80)

    for turn in range(83):
        run(database, prune_some, NOW + turn * minutes * MINUTE, config)

    with database.read() as session:
        left = [hour.monitor_id for hour in session.scalars(select(Hour))]
    assert left == [stays.id]


def test_spans_go_when_they_have_been_over_for_long(database, config):
    with database.write() as session:
        monitor = a_monitor(session)
        a_span(session, monitor, UP, NOW - 900 * DAY, to_at=NOW - 800 * DAY)
        kept = a_span(session, monitor, DOWN, NOW - 800 * DAY, to_at=NOW - 729 * DAY)
        still = a_span(session, a_monitor(session), UP, NOW - 900 * DAY)

    run(database, prune_some, NOW, config)

    with database.read() as session:
        left = set(session.scalars(select(Span.id)))
    assert left == {kept.id, still.id}


def test_told_events_go_after_90_days_with_their_deliveries(database, config):
    with database.write() as session:
        webhook = add(
            session,
            Webhook(public_id="w", name="w", url="u", secret_sealed="", created_at=0, updated_at=0),
        )
        long_ago = NOW - 91 * DAY
        told = add(session, Event(name="monitor.up", at=long_ago, data={}, dispatched_at=long_ago))
        add(session, Event(name="monitor.up", at=NOW - 89 * DAY, data={}, dispatched_at=NOW))
        add(session, Event(name="monitor.down", at=long_ago, data={}))
        add(
            session,
            Delivery(
                public_id="d",
                event_id=told.id,
                webhook_id=webhook.id,
                next_attempt_at=0,
                created_at=0,
            ),
        )

    run(database, prune_some, NOW, config)

    with database.read() as session:
        assert (count(session, Event), count(session, Delivery)) == (2, 0)


def test_expired_sign_ins_go(database, config):
    with database.write() as session:
        member = a_member(session)
        for name, expires_at in (("old", NOW - 1), ("new", NOW + 1)):
            sign_in = SignIn(
                token_hash=name,
                member_id=member.id,
                created_at=0,
                seen_at=0,
                expires_at=expires_at,
            )
            add(session, sign_in)

    run(database, prune_some, NOW, config)

    with database.read() as session:
        assert list(session.scalars(select(SignIn.token_hash))) == ["new"]


def test_pruning_does_no_more_at_once_than_it_was_told(database, config):
    with database.write() as session:
        monitor = a_monitor(session)
        for hours in range(10):
            an_hour(session, monitor, NOW - 731 * DAY - hours * HOUR)

    with database.write() as session:
        assert prune_some(session, NOW, config, limit=4) == 4
    with database.read() as session:
        assert count(session, Hour) == 6


def test_windows_go_when_history_does(database, config):
    with database.write() as session:
        for days_ago in (731, 729, -400):
            at = NOW - days_ago * DAY
            a_window(session, starts_at=at - HOUR, ends_at=at)
    run(database, prune_some, NOW, config)

    with database.read() as session:
        kept = session.scalars(select(Window.ends_at).order_by(Window.ends_at)).all()
    assert [(NOW - at) // DAY for at in kept] == [729, -400]
