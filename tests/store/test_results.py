"""Samples and latencies, hot or packed: readers need not know which."""

import logging

import pytest
from factories import NOW, a_monitor, add
from queries import counting

from kener.actions.packing import pack_closed
from kener.core.histogram import quantile
from kener.core.instant import HOUR, MINUTE
from kener.core.outcome import Reason
from kener.core.packing import Sample
from kener.core.status import Status
from kener.store.results import latency, samples
from kener.store.tables import Hour, Result

UP, DEGRADED, DOWN = Status.UP, Status.DEGRADED, Status.DOWN
OLD = NOW - 4 * HOUR
"""So long ago that it is packed."""


def a_result(session, monitor, at, status=UP, latency_us=2000, **given):
    own = {"due_at": at, "monitor_id": monitor.id, "location_id": 1}
    return add(session, Result(**own | given, status=status, latency_us=latency_us))


def pack(database):
    assert all(pack_closed(database, NOW))


@pytest.fixture
def monitor(database):
    """With results of the last five hours, every ten minutes; the older are packed."""
    with database.write() as session:
        monitor = a_monitor(session)
        for at in range(NOW - 5 * HOUR, NOW, 10 * MINUTE):
            a_result(session, monitor, at, latency_us=1000 + (at - NOW) // -MINUTE)
        a_result(session, a_monitor(session), OLD)
    pack(database)
    return monitor


def test_samples_come_from_both_in_order(database, monitor):
    with database.read() as session:
        assert session.query(Hour).count() == 4
        assert 0 < session.query(Result).count() < 30
        found = samples(session, monitor.id, NOW - 5 * HOUR, NOW)

    assert [each.at for each in found] == list(range(NOW - 5 * HOUR, NOW, 10 * MINUTE))


def test_a_window_is_cut_to_the_millisecond(database, monitor):
    with database.read() as session:
        found = samples(session, monitor.id, OLD + 10 * MINUTE, OLD + 20 * MINUTE)
        none = samples(session, monitor.id, OLD + 1, OLD + 10 * MINUTE)

    assert [each.at for each in found] == [OLD + 10 * MINUTE]
    assert none == []


def test_a_window_of_years_finds_them_too(database, monitor):
    with database.read() as session:
        for years in (1, 3):
            since = NOW - years * 365 * 24 * HOUR
            assert len(samples(session, monitor.id, since, NOW)) == 30


def test_what_was_not_up_keeps_its_words(database):
    with database.write() as session:
        monitor = a_monitor(session)
        a_result(session, monitor, OLD, DOWN, None, reason=Reason.REFUSED, detail="refused")
    before = Sample(OLD, DOWN, None, Reason.REFUSED, "refused")

    with database.read() as session:
        assert samples(session, monitor.id, OLD, NOW) == [before]
    pack(database)
    with database.read() as session:
        assert samples(session, monitor.id, OLD, NOW) == [before]


def test_locations_can_be_told_apart(database):
    with database.write() as session:
        monitor = a_monitor(session)
        for location_id, status in ((1, UP), (2, DOWN)):
            a_result(session, monitor, OLD, status, location_id=location_id)
            a_result(session, monitor, NOW - MINUTE, status, location_id=location_id)
    pack(database)

    with database.read() as session:
        assert len(samples(session, monitor.id, OLD, NOW)) == 4
        second = samples(session, monitor.id, OLD, NOW, location_id=2)

    assert [each.status for each in second] == [DOWN, DOWN]


def test_a_damaged_hour_is_logged_and_left_out(database, monitor, caplog):
    with database.write() as session:
        hour = session.get(Hour, (OLD, monitor.id, 1))
        hour.samples, hour.histogram = b"nonsense", b"\x09"

    with database.read() as session, caplog.at_level(logging.ERROR):
        assert len(samples(session, monitor.id, NOW - 5 * HOUR, NOW)) == 24
        assert OLD not in latency(session, [monitor.id], OLD, NOW, HOUR)[monitor.id]
    assert [record.getMessage() for record in caplog.records] == [
        f"hour {OLD} of monitor {monitor.id}: the samples are damaged: their checksum is wrong",
        f"hour {OLD} of monitor {monitor.id}: the histogram is of an unknown version",
    ]


@pytest.mark.parametrize("step", [HOUR, 30 * MINUTE, 2 * HOUR])
def test_latencies_come_in_steps(database, monitor, step):
    with database.read() as session:
        found = latency(session, [monitor.id], OLD, NOW, step)[monitor.id]

    assert sorted(found) == list(range(OLD, NOW, step))
    assert {sum(each.values()) for each in found.values()} == {step // (10 * MINUTE)}


def test_fine_steps_and_whole_hours_tell_the_same(database, monitor):
    with database.read() as session:
        whole = latency(session, [monitor.id], OLD, NOW, HOUR)[monitor.id]
        fine = latency(session, [monitor.id], OLD, NOW, 10 * MINUTE)[monitor.id]

    slowest = max(quantile(each, 1) for at, each in fine.items() if at < OLD + HOUR)
    assert quantile(whole[OLD], 1) == slowest == pytest.approx(1.24, rel=1 / 32)


def test_only_up_and_degraded_probes_have_a_latency_that_counts(database):
    with database.write() as session:
        monitor = a_monitor(session)
        for minute, status in enumerate((UP, DEGRADED, DOWN)):
            a_result(session, monitor, OLD + minute * MINUTE, status)

    for _ in ("hot", "packed"):
        with database.read() as session:
            for step in (HOUR, 10 * MINUTE):
                found = latency(session, [monitor.id], OLD, OLD + HOUR, step)
                assert sum(found[monitor.id][OLD].values()) == 2
        pack(database)


def test_an_hour_that_is_packed_and_not_yet_cleared_away_counts_once(database):
    with database.write() as session:
        monitor = a_monitor(session)
        a_result(session, monitor, OLD)
    assert next(pack_closed(database, NOW)) == 1

    with database.read() as session:
        assert (session.query(Hour).count(), session.query(Result).count()) == (1, 1)
        assert len(samples(session, monitor.id, OLD, NOW)) == 1
        for step in (HOUR, MINUTE):
            found = latency(session, [monitor.id], OLD, NOW, step)
            assert sum(found[monitor.id][OLD].values()) == 1


def test_hours_keep_their_latencies_when_their_samples_are_gone(database, monitor):
    with database.write() as session:
        session.get(Hour, (OLD, monitor.id, 1)).samples = None

    with database.read() as session:
        assert samples(session, monitor.id, OLD, OLD + HOUR) == []
        found = latency(session, [monitor.id], OLD, OLD + HOUR, HOUR)[monitor.id]

    assert sum(found[OLD].values()) == 6


@pytest.mark.parametrize("step", [HOUR, 10 * MINUTE])
def test_two_questions_whatever_the_number_of_monitors(database, step):
    with database.write() as session:
        monitors = [a_monitor(session) for _ in range(30)]
        for monitor in monitors:
            a_result(session, monitor, OLD)
            a_result(session, monitor, NOW - MINUTE)
    pack(database)

    with database.read() as session, counting(database) as queries:
        found = latency(session, [each.id for each in monitors], OLD, NOW, step)

    assert {len(found[each.id]) for each in monitors} == {2}
    assert len(queries) == 2
