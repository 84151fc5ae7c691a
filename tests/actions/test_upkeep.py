"""Packing closed hours and forgetting what is too old."""

import logging

import pytest
from factories import NOW, a_member, a_monitor, a_span, add, the_location
from sqlalchemy import func, select

from kener.actions.upkeep import keep_up, pack_some, prune_some
from kener.config import Config
from kener.core.histogram import load
from kener.core.instant import DAY, HOUR, MINUTE
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.results import samples
from kener.store.tables import Delivery, Event, Hour, Result, SignIn, Span, Webhook

UP, DOWN = Status.UP, Status.DOWN
OLD = NOW - 4 * HOUR
"""The beginning of an hour that has been over long enough."""
LATER = NOW + HOUR


@pytest.fixture
def config():
    return Config(_env_file=None, results_days=90, history_days=730)


def a_result(session, monitor, at, status=UP, latency_us=2000, **given):
    row = Result(
        due_at=at,
        monitor_id=monitor.id,
        location_id=1,
        status=status,
        latency_us=latency_us if status is UP else None,
        **given,
    )
    return add(session, row)


def an_hour_of_results(session, monitor, hour_at=OLD, seconds=60):
    for at in range(hour_at, hour_at + HOUR, seconds * 1000):
        a_result(session, monitor, at + 137)


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


def test_a_closed_hour_becomes_one_row_that_reads_the_same(database):
    with database.write() as session:
        monitor = a_monitor(session)
        an_hour_of_results(session, monitor)
        a_result(session, monitor, OLD + 200, DOWN, reason=Reason.REFUSED, detail="nobody listens")
        before = samples(session, monitor.id, OLD, OLD + HOUR)

    run(database, pack_some, NOW)

    with database.read() as session:
        assert count(session, Result) == 0
        hour = session.scalars(select(Hour)).one()
        assert (hour.up, hour.down, hour.unknown, hour.sum_us) == (60, 1, 0, 120_000)
        assert (hour.min_us, hour.max_us) == (2000, 2000)
        assert sum(load(hour.histogram).values()) == 60
        assert len(before) == 61
        after = samples(session, monitor.id, OLD, OLD + HOUR)
        assert [(s.at, s.status, s.reason, s.detail) for s in after] == [
            (s.at, s.status, s.reason, s.detail) for s in before
        ]


def test_an_hour_that_is_not_over_for_two_hours_stays_hot(database):
    with database.write() as session:
        an_hour_of_results(session, a_monitor(session), hour_at=NOW - 3 * HOUR)

    assert run(database, pack_some, NOW - 1) == 0
    assert run(database, pack_some, NOW) > 0


def test_packing_is_done_in_pieces_and_readers_see_every_sample_once_all_the_while(database):
    with database.write() as session:
        monitors = [a_monitor(session) for _ in range(5)]
        for monitor in monitors:
            an_hour_of_results(session, monitor, seconds=600)

    pieces = []
    for _ in range(20):
        with database.write() as session:
            done = pack_some(session, NOW, limit=2)
        with database.read() as session:
            found = [len(samples(session, each.id, OLD, OLD + HOUR)) for each in monitors]
        assert found == [6] * 5
        if not done:
            break
        pieces.append(done)

    assert pieces == [2, 2, 1, 30]


def test_packing_an_hour_again_changes_nothing(database):
    with database.write() as session:
        monitor = a_monitor(session)
        an_hour_of_results(session, monitor)
    run(database, pack_some, NOW)
    with database.read() as session:
        first = whole(session.scalars(select(Hour)).one())
    # As after a crash between packing and clearing away: the same results are there once more.
    with database.write() as session:
        an_hour_of_results(session, monitor)

    run(database, pack_some, NOW)

    with database.read() as session:
        assert whole(session.scalars(select(Hour)).one()) == first
        assert count(session, Result) == 0


def whole(hour):
    return {column.key: getattr(hour, column.key) for column in Hour.__table__.columns}


def test_a_late_result_joins_its_hour(database):
    with database.write() as session:
        monitor = a_monitor(session)
        an_hour_of_results(session, monitor)
    run(database, pack_some, NOW)
    with database.write() as session:
        a_result(session, monitor, OLD + 30 * MINUTE, latency_us=9_000)

    run(database, pack_some, NOW)

    with database.read() as session:
        hour = session.scalars(select(Hour)).one()
        assert (hour.up, hour.sum_us, hour.max_us) == (61, 129_000, 9_000)
        assert len(samples(session, monitor.id, OLD, OLD + HOUR)) == 61
        assert count(session, Result) == 0


def test_a_result_that_comes_between_packing_and_clearing_is_not_lost(database):
    with database.write() as session:
        monitor = a_monitor(session)
        an_hour_of_results(session, monitor)
    with database.write() as session:
        assert pack_some(session, NOW) == 1
    with database.write() as session:
        a_result(session, monitor, OLD + 30 * MINUTE)

    run(database, pack_some, NOW)

    with database.read() as session:
        assert len(samples(session, monitor.id, OLD, OLD + HOUR)) == 61


def test_a_damaged_hour_does_not_stop_packing(database, caplog):
    with database.write() as session:
        monitor, other = a_monitor(session), a_monitor(session)
        an_hour_of_results(session, monitor)
    run(database, pack_some, NOW)
    with database.write() as session:
        session.scalars(select(Hour)).one().samples = b"\x01nonsense"
        a_result(session, monitor, OLD + 30 * MINUTE)
        an_hour_of_results(session, other, OLD + HOUR)

    with caplog.at_level(logging.ERROR):
        run(database, pack_some, LATER)

    with database.read() as session:
        assert count(session, Result) == 0
        assert count(session, Hour) == 2
    [told] = [record.getMessage() for record in caplog.records]
    assert told.startswith(f"hour {OLD} of monitor {monitor.id}: the samples are damaged")
    assert told.endswith("its 1 late results are dropped")


def test_results_of_a_monitor_that_is_gone_are_not_packed(database):
    with database.write() as session:
        gone, stays = a_monitor(session), a_monitor(session)
        an_hour_of_results(session, gone)
        an_hour_of_results(session, stays)
        session.delete(gone)

    run(database, pack_some, NOW)

    with database.read() as session:
        assert [hour.monitor_id for hour in session.scalars(select(Hour))] == [stays.id]
        assert count(session, Result) == 0


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


def test_upkeep_packs_and_prunes_until_nothing_is_left(database, config):
    with database.write() as session:
        monitor = a_monitor(session)
        an_hour_of_results(session, monitor, seconds=600)
        an_hour(session, monitor, NOW - 731 * DAY)

    assert keep_up(database, config, lambda: NOW) == 1 + 6 + 1
    assert keep_up(database, config, lambda: NOW) == 0

    with database.read() as session:
        assert [hour.hour_at for hour in session.scalars(select(Hour))] == [OLD]


def test_the_location_of_these_tests_is_the_first(database):
    with database.read() as session:
        assert the_location(session).id == 1
