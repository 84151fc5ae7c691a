"""Packing closed hours."""

import logging
from itertools import islice

import pytest
from factories import NOW, a_monitor, add
from queries import counting
from sqlalchemy import func, select

from kener.actions import packing
from kener.actions.packing import pack_closed
from kener.core.histogram import load
from kener.core.instant import HOUR, MINUTE
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.results import samples
from kener.store.tables import Hour, Result

UP, DOWN = Status.UP, Status.DOWN
OLD = NOW - 4 * HOUR
"""The beginning of an hour that has been over long enough."""
LATER = NOW + HOUR


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


def run(database, now=NOW):
    """Pack until there is nothing left; how many rows it did."""
    return sum(pack_closed(database, now))


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_a_closed_hour_becomes_one_row_that_reads_the_same(database):
    with database.write() as session:
        monitor = a_monitor(session)
        an_hour_of_results(session, monitor)
        a_result(session, monitor, OLD + 200, DOWN, reason=Reason.REFUSED, detail="nobody listens")
        before = samples(session, monitor.id, OLD, OLD + HOUR)

    run(database)

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

    assert run(database, NOW - 1) == 0
    assert run(database) > 0


def test_packing_is_done_in_pieces_and_readers_see_every_sample_once_all_the_while(database):
    with database.write() as session:
        monitors = [a_monitor(session) for _ in range(5)]
        for monitor in monitors:
            an_hour_of_results(session, monitor, seconds=600)

    pieces = []
    for done in pack_closed(database, NOW, limit=2):
        with database.read() as session:
            found = [len(samples(session, each.id, OLD, OLD + HOUR)) for each in monitors]
        assert found == [6] * 5
        pieces.append(done)

    assert pieces == [2, 2, 1, 30]


def test_packing_an_hour_again_changes_nothing(database):
    with database.write() as session:
        monitor = a_monitor(session)
        an_hour_of_results(session, monitor)
    run(database)
    with database.read() as session:
        first = whole(session.scalars(select(Hour)).one())
    # As after a crash between packing and clearing away: the same results are there once more.
    with database.write() as session:
        an_hour_of_results(session, monitor)

    run(database)

    with database.read() as session:
        assert whole(session.scalars(select(Hour)).one()) == first
        assert count(session, Result) == 0


def whole(hour):
    return {column.key: getattr(hour, column.key) for column in Hour.__table__.columns}


@pytest.mark.parametrize(("first", "second"), [(UP, UP), (UP, DOWN), (DOWN, DOWN)])
def test_as_many_late_results_as_were_packed_join_them_too(database, first, second):
    with database.write() as session:
        monitor = a_monitor(session)
        a_result(session, monitor, OLD, first)
    run(database)
    with database.write() as session:
        a_result(session, monitor, OLD + MINUTE, second, latency_us=3000)
    run(database)

    with database.read() as session:
        assert count(session, Result) == 0
        found = samples(session, monitor.id, OLD, OLD + HOUR)
    assert [(each.at, each.status) for each in found] == [(OLD, first), (OLD + MINUTE, second)]


def test_a_late_result_joins_its_hour(database):
    with database.write() as session:
        monitor = a_monitor(session)
        an_hour_of_results(session, monitor)
    run(database)
    with database.write() as session:
        a_result(session, monitor, OLD + 30 * MINUTE, latency_us=9_000)

    run(database)

    with database.read() as session:
        hour = session.scalars(select(Hour)).one()
        assert (hour.up, hour.sum_us, hour.max_us) == (61, 129_000, 9_000)
        assert len(samples(session, monitor.id, OLD, OLD + HOUR)) == 61
        assert count(session, Result) == 0


def test_a_result_that_comes_between_packing_and_clearing_is_not_lost(database):
    with database.write() as session:
        monitor = a_monitor(session)
        an_hour_of_results(session, monitor)
    packing = pack_closed(database, NOW)
    assert next(packing) == 1
    with database.write() as session:
        a_result(session, monitor, OLD + 30 * MINUTE)

    assert list(packing) == [0, 1, 61]

    with database.read() as session:
        assert len(samples(session, monitor.id, OLD, OLD + HOUR)) == 61


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_packing_that_was_killed_is_gone_on_with(database, steps):
    with database.write() as session:
        monitors = [a_monitor(session) for _ in range(3)]
        for monitor in monitors:
            an_hour_of_results(session, monitor)
    list(islice(pack_closed(database, NOW, limit=1), steps))

    run(database)

    with database.read() as session:
        assert count(session, Result) == 0
        assert [hour.up for hour in session.scalars(select(Hour))] == [60] * 3
        for monitor in monitors:
            assert len(samples(session, monitor.id, OLD, OLD + HOUR)) == 60


def test_two_who_pack_the_same_hour_lose_nothing(database):
    with database.write() as session:
        monitor = a_monitor(session)
        an_hour_of_results(session, monitor)
    slow = pack_closed(database, NOW)
    next(slow)
    with database.write() as session:
        a_result(session, monitor, OLD + 30 * MINUTE)
    run(database)
    list(slow)

    with database.read() as session:
        assert count(session, Result) == 0
        assert len(samples(session, monitor.id, OLD, OLD + HOUR)) == 61


def test_of_a_large_hour_a_piece_is_cleared_at_a_time(database, monkeypatch):
    monkeypatch.setattr(packing, "PIECE", 60)
    with database.write() as session:
        for _ in range(4):
            an_hour_of_results(session, a_monitor(session))

    assert list(pack_closed(database, NOW)) == [4, 60, 60, 60, 60]


def test_a_late_result_keeps_only_its_own_piece_from_being_cleared(database, monkeypatch):
    monkeypatch.setattr(packing, "PIECE", 60)
    with database.write() as session:
        monitors = [a_monitor(session) for _ in range(4)]
        for monitor in monitors:
            an_hour_of_results(session, monitor)
    packing_on = pack_closed(database, NOW)
    next(packing_on)
    with database.write() as session:
        a_result(session, monitors[0], OLD + 1)

    assert list(packing_on) == [0, 60, 60, 60, 1, 61]


def test_an_hour_is_read_once_whatever_the_number_of_monitors(database):
    asked = []
    for number in (2, 20):
        with database.write() as session:
            for _ in range(number):
                an_hour_of_results(session, a_monitor(session), seconds=600)
        with counting(database) as statements:
            run(database)
        asked.append(len(statements))

    assert asked[0] == asked[1]


def test_a_damaged_hour_does_not_stop_packing(database, caplog):
    with database.write() as session:
        monitor, other = a_monitor(session), a_monitor(session)
        an_hour_of_results(session, monitor)
    run(database)
    with database.write() as session:
        session.scalars(select(Hour)).one().samples = b"\x01nonsense"
        a_result(session, monitor, OLD + 30 * MINUTE)
        an_hour_of_results(session, other, OLD + HOUR)

    with caplog.at_level(logging.ERROR):
        run(database, LATER)

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

    run(database)

    with database.read() as session:
        assert [hour.monitor_id for hour in session.scalars(select(Hour))] == [stays.id]
        assert count(session, Result) == 0
