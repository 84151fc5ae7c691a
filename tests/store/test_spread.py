"""After a standstill: what is overdue is spread instead of being probed all at once."""

import pytest
from factories import NOW, a_monitor, the_location
from queries import counting
from sqlalchemy import func, select, update

from kener.core.instant import DAY, HOUR, MINUTE, SECOND
from kener.core.schedule import first_slot, phase
from kener.store.claims import FEW, LATE, add_slots, next_due, spread, take
from kener.store.tables import Location, Schedule

LONG_AGO = NOW - HOUR


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def many(session, count=FEW + 1, interval=60, late_by=HOUR, **given):
    """Monitors that were due long ago, each at its own phase."""
    monitors = []
    for _ in range(count):
        monitor = a_monitor(session, interval=interval, **given)
        at = first_slot(monitor.public_id, interval * SECOND, NOW - late_by)
        put(session, monitor, due_at=at, regular_at=at, phase_ms=phase(monitor.public_id, MINUTE))
        monitors.append(monitor)
    return monitors


def put(session, monitor, **values):
    session.execute(update(Schedule).filter_by(monitor_id=monitor.id).values(**values))


def spread_here(session, now=NOW):
    return spread(session, the_location(session).id, now)


def due(session, monitors):
    rows = session.execute(select(Schedule.monitor_id, Schedule.due_at))
    at = {row.monitor_id: row.due_at for row in rows}
    return [at[each.id] for each in monitors]


def claims(session, now, limit=1000):
    return [each.claim for each in take(session, the_location(session).id, now, limit)]


def test_what_is_overdue_comes_at_its_own_phase_within_one_interval(session):
    monitors = many(session, 300)
    assert spread_here(session) == 300

    assert due(session, monitors) == [first_slot(m.public_id, MINUTE, NOW - 1) for m in monitors]
    assert all(NOW <= at < NOW + MINUTE for at in due(session, monitors))


def test_no_second_has_much_more_than_its_share(session):
    monitors = many(session, 600)
    spread_here(session)

    seconds = [(at - NOW) // SECOND for at in due(session, monitors)]
    assert max(seconds.count(each) for each in range(60)) <= 30


def test_short_intervals_are_spread_over_one_interval_and_long_ones_over_a_minute(session):
    short, long = many(session, interval=5), many(session, interval=86_400, late_by=2 * DAY)
    assert spread_here(session) == len(short) + len(long)

    assert all(NOW <= at < NOW + 5 * SECOND for at in due(session, short))
    at = due(session, long)
    assert all(NOW <= each < NOW + MINUTE for each in at)
    assert len(set(at)) > len(long) / 2


def test_what_follows_a_cron_is_spread_by_its_monitors_phase(session):
    monitors = many(session, cron="0 4 * * *")
    spread_here(session)

    assert due(session, monitors) == [first_slot(m.public_id, MINUTE, NOW - 1) for m in monitors]


def test_the_rhythm_goes_on_as_if_nothing_had_been_late(session):
    monitors = many(session, interval=300)
    regular = {
        row.monitor_id: row.regular_at
        for row in session.execute(select(Schedule.monitor_id, Schedule.regular_at))
    }
    spread_here(session)
    taken = claims(session, NOW + MINUTE)

    assert len(taken) == len(monitors)
    for monitor, at in zip(monitors, due(session, monitors), strict=True):
        assert NOW + MINUTE < at <= NOW + 6 * MINUTE
        assert (at - regular[monitor.id]) % (300 * SECOND) == 0


def test_slots_are_dated_to_when_they_are_probed_and_what_was_missed_is_a_gap(session):
    many(session)
    spread_here(session)
    taken = claims(session, NOW + MINUTE)

    assert all(NOW <= each.slot_at <= NOW + MINUTE for each in taken)
    assert claims(session, NOW + MINUTE) == []


def test_a_recheck_is_spread_before_the_next_regular_slot(session):
    monitors = many(session)
    for monitor in monitors:
        put(session, monitor, due_at=NOW - MINUTE, regular_at=NOW + 30 * SECOND)
    assert spread_here(session) == len(monitors)

    assert due(session, monitors) == [NOW + 30 * SECOND] * len(monitors)


def test_what_is_due_just_now_is_left_alone(session):
    late = many(session)
    fresh = a_monitor(session, due_at=NOW - LATE)
    asked = a_monitor(session, due_at=NOW + MINUTE)
    add_slots(session, [(asked.id, the_location(session).id, NOW)])
    assert spread_here(session) == len(late)

    assert due(session, [fresh, asked]) == [NOW - LATE, NOW]


def test_a_few_are_looked_at_at_once(session):
    monitors = many(session, FEW)
    assert spread_here(session) == 0

    assert len(claims(session, NOW)) == len(monitors)


def test_paused_ones_and_other_locations_stay_as_they_are(session):
    many(session)
    paused = a_monitor(session, paused=True)
    elsewhere = Location(name="elsewhere")
    session.add(elsewhere)
    session.flush()
    assert spread(session, elsewhere.id, NOW) == 0
    spread_here(session)

    assert due(session, [paused]) == [None]


def test_a_second_worker_finds_nothing_left_to_spread(session):
    many(session)
    assert spread_here(session)

    assert spread_here(session, NOW + SECOND) == 0
    assert next_due(session, the_location(session).id) >= NOW


def test_it_is_one_statement_whatever_the_number(database, session):
    many(session)
    here = the_location(session).id
    with counting(database) as statements:
        spread(session, here, NOW)

    assert len(statements) == 1
    assert session.scalar(select(func.count()).where(Schedule.due_at >= NOW)) == FEW + 1


def test_what_was_spread_and_is_claimed_ahead_is_not_due_at_the_same_slot_again(session):
    monitors = many(session)
    spread_here(session)
    here, end = the_location(session).id, NOW + MINUTE
    at = []
    for now in range(NOW - 1_000, end, 1_000):
        at += [
            (c.claim.monitor_id, c.claim.slot_at) for c in take(session, here, now, 99, now + 2_250)
        ]

    assert len(at) == len(set(at)) >= len(monitors)
