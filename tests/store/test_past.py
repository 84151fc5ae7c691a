"""Spans a part at a time, the newest first, with unknown where nobody looked."""

from itertools import pairwise

import pytest
from factories import NOW, a_monitor, a_span, add
from queries import counting

from kener.core.instant import HOUR, MINUTE
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.past import past
from kener.store.tables import Observation

UP, DOWN, UNKNOWN = Status.UP, Status.DOWN, Status.UNKNOWN
START = NOW - 10 * HOUR


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def watched(session, monitor, until):
    own = {"monitor_id": monitor.id, "location_id": 1, "slot_at": until - 2 * MINUTE}
    status = {"observed": UP, "confirmed": UP, "run_status": UP}
    add(session, Observation(**own, **status, observed_until=until))


def told(part):
    """(status, hours before now, until) of each, and what was said."""
    return [
        (
            each.stretch.status,
            (NOW - each.stretch.from_at) / HOUR,
            (NOW - each.stretch.to_at) / HOUR,
            each.detail,
        )
        for each in part.rows
    ]


def test_a_monitor_that_nobody_looked_at_is_unknown_since_it_was_made(session):
    monitor = a_monitor(session, created_at=NOW - 2 * HOUR)

    part = past(session, monitor, None, NOW, 10, now=NOW)

    assert told(part) == [(UNKNOWN, 2, 0, "")]
    assert part.following is None


def test_holes_are_unknown_and_details_are_told(session):
    monitor = a_monitor(session, created_at=START)
    a_span(session, monitor, UP, START + HOUR, to_at=START + 4 * HOUR)
    a_span(
        session,
        monitor,
        DOWN,
        START + 4 * HOUR,
        to_at=START + 5 * HOUR,
        reason=Reason.REFUSED,
        detail="nobody listens",
    )
    a_span(session, monitor, UP, START + 6 * HOUR)
    watched(session, monitor, NOW + MINUTE)

    assert told(past(session, monitor, None, NOW, 10, now=NOW)) == [
        (UP, 4, 0, ""),
        (UNKNOWN, 5, 4, ""),
        (DOWN, 6, 5, "nobody listens"),
        (UP, 9, 6, ""),
        (UNKNOWN, 10, 9, ""),
    ]


def test_what_is_open_reaches_as_far_as_somebody_looked(session):
    monitor = a_monitor(session, created_at=START)
    a_span(session, monitor, DOWN, START, reason=Reason.REFUSED, detail="nobody listens")
    watched(session, monitor, NOW - HOUR)

    part = past(session, monitor, None, NOW, 10, now=NOW)

    assert told(part) == [(UNKNOWN, 1, 0, ""), (DOWN, 10, 1, "nobody listens")]
    assert [each.stretch.reason for each in part.rows] == [Reason.SILENT, Reason.REFUSED]


def test_what_is_at_the_edges_is_cut_to_the_window(session):
    monitor = a_monitor(session, created_at=START)
    a_span(session, monitor, DOWN, START, to_at=NOW - HOUR, detail="nobody listens")
    a_span(session, monitor, UP, NOW - HOUR, to_at=NOW)

    part = past(session, monitor, NOW - 3 * HOUR, NOW - HOUR // 2, 10, now=NOW)

    assert told(part) == [(UP, 1, 0.5, ""), (DOWN, 3, 1, "nobody listens")]


def test_a_window_before_the_first_span_is_unknown(session):
    monitor = a_monitor(session, created_at=START)

    assert told(past(session, monitor, START - HOUR, START, 10, now=NOW)) == [(UNKNOWN, 11, 10, "")]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 100])
def test_parts_of_any_size_show_the_same(session, limit):
    """A flapping monitor with holes, void spans, and one that others look at."""
    monitor, other = a_monitor(session, created_at=START - HOUR), a_monitor(session)
    for n in range(9):
        begin = START + n * HOUR
        a_span(session, other, DOWN, begin, to_at=begin + MINUTE)
        a_span(session, monitor, UP, begin, to_at=begin)
        a_span(session, monitor, DOWN if n % 2 else UP, begin, to_at=begin + (30 + n) * MINUTE)

    seen, before, parts = [], NOW, 0
    while before is not None:
        part = past(session, monitor, None, before, limit, now=NOW)
        assert len(part.rows) <= limit
        seen += [each.stretch for each in part.rows]
        before, parts = part.following, parts + 1
        assert parts < 100

    assert seen == [each.stretch for each in past(session, monitor, None, NOW, 500, now=NOW).rows]
    assert len(seen) == 9 * 2 + 1
    assert seen[0].to_at == NOW
    assert all(one.from_at == older.to_at for one, older in pairwise(seen))


def test_new_spans_move_nothing(session):
    monitor = a_monitor(session, created_at=START)
    for n in range(4):
        a_span(session, monitor, UP, START + 2 * n * HOUR, to_at=START + (2 * n + 1) * HOUR)
    first = past(session, monitor, None, NOW, 3, now=NOW)
    before = told(past(session, monitor, None, first.following, 10, now=NOW))
    a_span(session, monitor, DOWN, START + 8 * HOUR)

    assert told(past(session, monitor, None, first.following, 10, now=NOW)) == before


def test_however_many_spans_it_takes_two_queries(session, database):
    monitor = a_monitor(session, created_at=START)
    for n in range(50):
        a_span(session, monitor, UP, START + n * MINUTE, to_at=START + (n + 1) * MINUTE)
    session.commit()

    for limit in (1, 100):
        with counting(database) as statements, database.read() as reader:
            past(reader, monitor, None, NOW, limit, now=NOW)
        assert len(statements) == 2
