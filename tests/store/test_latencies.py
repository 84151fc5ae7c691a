"""Response times of a window: exact figures from what is hot and what is packed."""

import pytest
from factories import NOW, a_monitor, add
from queries import counting

from kener.actions.packing import pack_closed
from kener.core.instant import DAY, HOUR, MINUTE
from kener.core.latency import together
from kener.core.status import Status
from kener.store.latencies import latencies
from kener.store.tables import Hour, Result

UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN
OLD = NOW - 6 * HOUR


def a_result(session, monitor, at, latency_us=2000, **given):
    add(
        session,
        Result(
            due_at=at,
            monitor_id=monitor.id,
            latency_us=latency_us,
            **{"status": UP, "location_id": 1} | given,
        ),
    )


@pytest.fixture
def monitor(database):
    """1 … 36 ms, one every ten minutes, from two places; failures and another monitor do not
    count. The older half is packed."""
    with database.write() as session:
        monitor, other = a_monitor(session), a_monitor(session)
        for n in range(36):
            at = OLD + n * 10 * MINUTE
            a_result(session, monitor, at, (n + 1) * 1000, status=UP if n % 2 else DEGRADED)
            a_result(session, monitor, at + 1, (n + 1) * 1000, location_id=2)
            a_result(session, monitor, at + 2, 9_000_000, status=DOWN)
            a_result(session, other, at, 7_000_000)
        a_result(session, monitor, OLD + 3, None)
    assert all(pack_closed(database, NOW))
    return monitor


def found(database, monitor, step, from_at=OLD, to_at=NOW):
    with database.read() as session:
        return latencies(session, monitor.id, from_at, to_at, step)


def test_hours_give_exact_figures(database, monitor):
    each_hour = found(database, monitor, HOUR)
    whole = together(each_hour.values())

    assert list(each_hour) == list(range(OLD, NOW, HOUR))
    assert [each.count for each in each_hour.values()] == [12] * 6
    assert (whole.min_us, whole.max_us, whole.average_ms) == (1000, 36_000, 18.5)
    assert abs(whole.percentile_ms(50) - 18) <= 18 / 32


def test_samples_give_the_same_but_finer(database, monitor):
    each_step = found(database, monitor, 10 * MINUTE)
    fine, coarse = (
        together(found(database, monitor, step).values()) for step in (10 * MINUTE, HOUR)
    )

    assert len(each_step) == 36
    assert fine.count == coarse.count == 72
    assert abs(fine.average_ms - coarse.average_ms) <= 0.008 * coarse.average_ms


def test_of_pruned_samples_the_figures_are_left(database, monitor):
    with database.write() as session:
        session.query(Hour).update({"samples": None})

    assert together(found(database, monitor, HOUR).values()).count == 72
    assert together(found(database, monitor, MINUTE).values()).count < 72


def test_what_is_packed_and_not_cleared_yet_counts_once(database, monitor):
    with database.write() as session:
        a_result(session, monitor, OLD, 1000)

    assert together(found(database, monitor, HOUR).values()).count == 72


def test_a_damaged_hour_is_left_out_whole(database, monitor, caplog):
    with database.write() as session:
        session.query(Hour).filter_by(hour_at=OLD).update({"histogram": b"nonsense"})
    whole = together(found(database, monitor, HOUR).values())

    assert (whole.count, whole.min_us) == (60, 7000)
    assert "hour" in caplog.text


def test_a_window_with_nothing_in_it_has_no_steps(database, monitor):
    assert found(database, monitor, HOUR, NOW - 9 * DAY, NOW - 8 * DAY) == {}
    assert found(database, monitor, MINUTE, NOW - 9 * DAY, NOW - 8 * DAY) == {}


@pytest.mark.parametrize(("step", "back"), [(MINUTE, 6 * HOUR), (2 * DAY, 366 * DAY)])
def test_it_takes_two_queries_however_long(database, monitor, step, back):
    with counting(database) as statements, database.read() as session:
        latencies(session, monitor.id, NOW - back, NOW, step)

    assert len(statements) == 2
    if step > HOUR:
        assert not any("samples" in each for each in statements)
