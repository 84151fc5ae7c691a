"""Results a part at a time, the newest first."""

import pytest
from factories import NOW, a_monitor, add
from queries import counting

from kener.actions.packing import pack_closed
from kener.core.instant import DAY, HOUR, MINUTE
from kener.core.status import Status
from kener.store.newest import newest
from kener.store.tables import Hour, Location, Result

UP, DOWN = Status.UP, Status.DOWN
LONG_AGO = NOW - 90 * DAY


def results(session, monitor, times, status=UP, location_id=1):
    for at in times:
        add(
            session,
            Result(
                due_at=at,
                monitor_id=monitor.id,
                location_id=location_id,
                status=status,
                latency_us=1000,
            ),
        )


def pack(database):
    assert all(pack_closed(database, NOW))


@pytest.fixture
def monitor(database):
    """With results of every ten minutes of the last six hours, and one from another place at each
    full hour; the older are packed. Of a second one nothing may be found."""
    with database.write() as session:
        monitor, other = a_monitor(session), a_monitor(session)
        there = add(session, Location(name="elsewhere")).id
        results(session, monitor, range(NOW - 6 * HOUR, NOW, 10 * MINUTE))
        results(session, monitor, range(NOW - 6 * HOUR, NOW, HOUR), location_id=there)
        results(session, other, range(NOW - 6 * HOUR, NOW, HOUR))
        results(session, monitor, [NOW - 80 * DAY], DOWN)
    pack(database)
    return monitor


def keys_of(part):
    return [(each.sample.at, each.location_id) for each in part.rows]


def walk(database, monitor, limit, **given):
    """All parts, one after the other."""
    found, parts, before = [], 0, (NOW, 0)
    while before is not None:
        with database.read() as session:
            part = newest(session, monitor.id, LONG_AGO, before, limit, **given)
        assert len(part.rows) <= limit
        found += keys_of(part)
        before, parts = part.following, parts + 1
        assert parts < 200
    return found


def test_hot_and_packed_come_in_one_order(database, monitor):
    with database.read() as session:
        assert session.query(Hour).count() > 4
        assert session.query(Result).count() > 4

    found = walk(database, monitor, 500)

    assert found == sorted(found, reverse=True)
    assert len(found) == len(set(found)) == 36 + 6 + 1


@pytest.mark.parametrize("limit", [1, 2, 5, 7, 42, 43])
def test_parts_of_any_size_show_each_once(database, monitor, limit):
    assert walk(database, monitor, limit) == walk(database, monitor, 500)


def test_what_is_rare_is_found_without_opening_other_hours(database, monitor):
    with database.read() as session:
        part = newest(session, monitor.id, LONG_AGO, (NOW, 0), 1, status=DOWN)

    assert keys_of(part) == [(NOW - 80 * DAY, 1)]
    assert walk(database, monitor, 10, status=DOWN) == keys_of(part)


def test_a_window_is_cut_to_the_millisecond(database, monitor):
    at = NOW - 5 * HOUR + 10 * MINUTE
    with database.read() as session:
        assert keys_of(newest(session, monitor.id, at, (at + 1, 0), 9)) == [(at, 1)]
        assert keys_of(newest(session, monitor.id, at + 1, (at + 10 * MINUTE, 0), 9)) == []
        assert keys_of(newest(session, monitor.id, NOW, (LONG_AGO, 0), 9)) == []


def test_new_and_packed_results_move_nothing(database, monitor):
    with database.read() as session:
        first = newest(session, monitor.id, LONG_AGO, (NOW, 0), 10)
    with database.write() as session:
        results(session, monitor, [NOW - 1, first.rows[0].sample.at + 1])
    assert all(pack_closed(database, NOW + 3 * HOUR))
    with database.read() as session:
        second = newest(session, monitor.id, LONG_AGO, first.following, 500)

    both = keys_of(first) + keys_of(second)
    assert len(both) == len(set(both)) == 43


def test_a_slot_that_is_both_hot_and_packed_is_one(database, monitor):
    with database.write() as session:
        results(session, monitor, [NOW - 5 * HOUR])

    assert len(walk(database, monitor, 3)) == 43


def test_a_late_result_among_packed_ones_has_its_place(database, monitor):
    late = NOW - 5 * HOUR + 1
    with database.write() as session:
        results(session, monitor, [late])

    found = walk(database, monitor, 4)
    assert (late, 1) in found
    assert found == sorted(set(found), reverse=True)
    assert len(found) == 44


def test_a_damaged_hour_ends_nothing(database, monitor, caplog):
    with database.write() as session:
        mine = {"monitor_id": monitor.id, "location_id": 1, "hour_at": NOW - 5 * HOUR}
        session.query(Hour).filter_by(**mine).one().samples = b"nonsense"

    found = walk(database, monitor, 2)

    assert len(found) == 43 - 6
    assert (NOW - 6 * HOUR, 1) in found
    assert "hour" in caplog.text


def test_whatever_is_asked_for_takes_three_queries(database, monitor):
    with counting(database) as statements, database.read() as session:
        newest(session, monitor.id, LONG_AGO, (NOW, 0), 500)
    assert len(statements) == 3
    with counting(database) as statements, database.read() as session:
        newest(session, monitor.id, NOW - 366 * DAY, (NOW, 0), 1, status=DOWN)
    assert len(statements) == 3
