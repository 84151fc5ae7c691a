"""What monitors were: spans as far as somebody watched, with incidents laid over."""

import pytest
from factories import NOW, a_monitor, a_span, add, an_incident
from queries import counting

from kener.core.instant import HOUR, MINUTE
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.core.timeline import Stretch
from kener.store.history import first_seen, stretches
from kener.store.tables import Observation

UP, PARTIAL, DOWN, UNKNOWN = Status.UP, Status.PARTIAL, Status.DOWN, Status.UNKNOWN
START = NOW - HOUR
SILENT, PAUSED = Reason.SILENT, Reason.PAUSED


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def watched(session, monitor, until=NOW + MINUTE, location_id=1):
    own = {"monitor_id": monitor.id, "location_id": location_id, "slot_at": until - 2 * MINUTE}
    status = {"observed": UP, "confirmed": UP, "run_status": UP}
    add(session, Observation(**own, **status, observed_until=until))


def history(session, monitor, from_at=START, to_at=NOW, **given):
    return stretches(session, [monitor.id], from_at, to_at, NOW, **given)[monitor.id]


def test_a_monitor_without_spans_is_unknown_all_along(session):
    assert history(session, a_monitor(session)) == [Stretch(START, NOW, UNKNOWN)]


def test_spans_become_stretches_within_the_window(session):
    monitor = a_monitor(session)
    watched(session, monitor)
    middle = NOW - 30 * MINUTE
    a_span(session, monitor, DOWN, START - HOUR, to_at=middle, reason=Reason.REFUSED)
    a_span(session, monitor, UP, middle)

    assert history(session, monitor) == [
        Stretch(START, middle, DOWN, Reason.REFUSED),
        Stretch(middle, NOW, UP),
    ]


def test_an_open_span_reaches_only_as_far_as_it_was_observed(session):
    monitor = a_monitor(session)
    watched(session, monitor, until=NOW - 10 * MINUTE)
    a_span(session, monitor, UP, START)

    assert history(session, monitor) == [
        Stretch(START, NOW - 10 * MINUTE, UP),
        Stretch(NOW - 10 * MINUTE, NOW, UNKNOWN, SILENT),
    ]


def test_a_span_nobody_observed_proves_nothing(session):
    monitor = a_monitor(session)
    a_span(session, monitor, UP, START)

    assert history(session, monitor) == [Stretch(START, NOW, UNKNOWN, SILENT)]


def test_a_pause_lasts_until_now(session):
    monitor = a_monitor(session, paused=True)
    a_span(session, monitor, UNKNOWN, START, reason=PAUSED)

    assert history(session, monitor) == [Stretch(START, NOW, UNKNOWN, PAUSED)]


def test_the_time_before_the_first_span_and_between_spans_is_unknown(session):
    monitor = a_monitor(session)
    watched(session, monitor)
    a_span(session, monitor, UP, NOW - 40 * MINUTE, to_at=NOW - 30 * MINUTE)
    a_span(session, monitor, UP, NOW - 20 * MINUTE)

    assert [(each.status, each.length // MINUTE) for each in history(session, monitor)] == [
        (UNKNOWN, 20),
        (UP, 10),
        (UNKNOWN, 10),
        (UP, 20),
    ]


def test_there_is_no_history_of_the_future(session):
    monitor = a_monitor(session)
    watched(session, monitor)
    a_span(session, monitor, UP, START)

    assert history(session, monitor, to_at=NOW + HOUR) == [Stretch(START, NOW, UP)]
    assert history(session, monitor, from_at=NOW, to_at=NOW + HOUR) == []


def test_incidents_are_laid_over_from_their_start_to_their_end(session):
    monitor, other = a_monitor(session), a_monitor(session)
    for each in (monitor, other):
        watched(session, each)
        a_span(session, each, UP, START)
    begin, end = NOW - 30 * MINUTE, NOW - 10 * MINUTE
    incident = an_incident(session, (monitor, PARTIAL), started_at=begin, resolved_at=end)

    assert history(session, monitor) == [
        Stretch(START, begin, UP),
        Stretch(begin, end, PARTIAL),
        Stretch(end, NOW, UP),
    ]
    assert history(session, monitor, displayed=False) == [Stretch(START, NOW, UP)]
    assert history(session, other) == [Stretch(START, NOW, UP)]

    # To edit an incident changes history.
    incident.resolved_at = None
    session.flush()
    assert history(session, monitor)[-1] == Stretch(begin, NOW, PARTIAL)


def test_an_incident_outside_the_window_is_left_out(session):
    monitor = a_monitor(session)
    watched(session, monitor)
    a_span(session, monitor, UP, START)
    an_incident(session, (monitor, DOWN), started_at=START - HOUR, resolved_at=START)
    an_incident(session, (monitor, DOWN), started_at=NOW)

    assert history(session, monitor) == [Stretch(START, NOW, UP)]


@pytest.mark.parametrize("number", [1, 40])
def test_three_questions_whatever_the_number_of_monitors(database, number):
    with database.write() as session:
        monitors = [a_monitor(session) for _ in range(number)]
        for each in monitors:
            watched(session, each)
            a_span(session, each, UP, START)
            an_incident(session, (each, PARTIAL), started_at=START)

    with database.read() as session, counting(database) as queries:
        found = stretches(session, [each.id for each in monitors], START, NOW, NOW)

    assert [found[each.id] for each in monitors] == [[Stretch(START, NOW, PARTIAL)]] * number
    assert len(queries) == 3


def test_more_monitors_than_the_database_takes_parameters(session):
    monitor, other = a_monitor(session), a_monitor(session)
    for each in (monitor, other):
        watched(session, each)
        a_span(session, each, UP, START)
    ids = [monitor.id, *range(10**6, 10**6 + 40_000)]

    found = stretches(session, ids, START, NOW, NOW)

    assert len(found) == len(ids)
    assert found[monitor.id] == [Stretch(START, NOW, UP)]
    assert other.id not in found


def test_a_history_begins_with_the_first_thing_known(session):
    monitor, new = a_monitor(session), a_monitor(session)
    a_span(session, monitor, UNKNOWN, START, to_at=START + MINUTE)
    a_span(session, monitor, UP, START + MINUTE)

    assert first_seen(session, [monitor.id, new.id]) == {monitor.id: START + MINUTE}
