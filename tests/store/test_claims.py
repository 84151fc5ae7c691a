"""Taking what is due."""

from threading import Barrier, Thread

import pytest
from factories import NOW, a_monitor, the_location
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from kener.core.instant import HOUR, SECOND
from kener.core.schedule import next_slot
from kener.core.status import Status
from kener.store.claims import LATE, LOST, Claim, add_slots, give_back, lost, next_due, take
from kener.store.engine import Database
from kener.store.tables import Base, Location, Observation, Schedule

MINUTE = 60_000


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def the_schedule(session, monitor):
    return session.scalars(
        select(Schedule).filter_by(monitor_id=monitor.id).execution_options(populate_existing=True)
    ).one()


def claims(session, now, limit=100):
    return [each.claim for each in take(session, the_location(session).id, now, limit)]


def test_what_is_due_is_claimed_once(session):
    monitor = a_monitor(session, due_at=NOW)
    here = the_location(session).id

    assert claims(session, NOW - 1) == []
    assert claims(session, NOW) == [Claim(monitor.id, here, NOW, monitor.version)]
    assert claims(session, NOW) == []


def test_the_next_slot_keeps_the_rhythm_however_late_the_claim(session):
    monitor = a_monitor(session, due_at=NOW)
    claims(session, NOW + 7_300)

    schedule = the_schedule(session, monitor)
    assert (schedule.slot_at, schedule.due_at, schedule.regular_at) == (
        NOW,
        NOW + MINUTE,
        NOW + MINUTE,
    )


def test_a_long_sleep_leaves_no_backlog(session):
    monitor = a_monitor(session, due_at=NOW)
    late = NOW + 90 * MINUTE + 1

    assert len(claims(session, late)) == 1
    assert claims(session, late) == []
    assert the_schedule(session, monitor).due_at == NOW + 91 * MINUTE


def test_a_slot_claimed_very_late_is_dated_to_its_claim(session):
    a_monitor(session, due_at=NOW)
    a_monitor(session, due_at=NOW + 5)

    now = NOW + LATE + 1
    assert sorted(each.slot_at for each in claims(session, now)) == [NOW + 5, now]


def test_an_extra_slot_leaves_the_rhythm_alone(session):
    monitor = a_monitor(session, due_at=NOW + MINUTE)
    add_slots(session, [(monitor.id, the_location(session).id, NOW + 10_000)])

    assert [each.slot_at for each in claims(session, NOW + 10_001)] == [NOW + 10_000]
    assert the_schedule(session, monitor).due_at == NOW + MINUTE


def test_an_extra_slot_never_delays(session):
    monitor = a_monitor(session, due_at=NOW)
    add_slots(session, [(monitor.id, the_location(session).id, NOW + 10_000)])

    assert the_schedule(session, monitor).due_at == NOW


def test_a_paused_monitor_is_never_due(session):
    monitor = a_monitor(session, paused=True)
    here = the_location(session).id
    add_slots(session, [(monitor.id, here, NOW)])
    give_back(session, [Claim(monitor.id, here, NOW, 1)])

    assert claims(session, NOW + MINUTE) == []
    assert next_due(session, here) is None


def test_what_is_given_back_is_due_again(session):
    a_monitor(session, due_at=NOW)
    first = claims(session, NOW + 20)
    give_back(session, first)

    assert claims(session, NOW + 30) == first


def test_the_oldest_come_first_and_no_more_than_wanted(session):
    for seconds in (3, 1, 2):
        a_monitor(session, due_at=NOW + seconds)

    assert [each.slot_at for each in claims(session, NOW + 9, limit=2)] == [NOW + 1, NOW + 2]
    assert next_due(session, the_location(session).id) == NOW + 3


def test_no_more_than_wanted_are_claimed_whatever_the_plan(session):
    if session.get_bind().dialect.name == "postgresql":
        # The plan that PostgreSQL falls into by itself when it knows little of the table.
        for way in ("hashjoin", "mergejoin", "hashagg", "material", "sort", "bitmapscan"):
            session.execute(text(f"SET LOCAL enable_{way} = off"))
    for _ in range(5):
        a_monitor(session, due_at=NOW)

    assert len(claims(session, NOW, limit=3)) == 3
    assert len(claims(session, NOW, limit=3)) == 2


def test_each_location_has_its_own(session):
    a_monitor(session, due_at=NOW)
    elsewhere = Location(name="elsewhere")
    session.add(elsewhere)
    session.flush()

    assert take(session, elsewhere.id, NOW, 10) == []


def test_a_cron_tells_that_its_next_slot_is_open(session):
    monitor = a_monitor(session, due_at=NOW, cron="*/5 * * * *")
    extra = a_monitor(session, due_at=NOW + MINUTE, cron="*/5 * * * *")
    add_slots(session, [(extra.id, the_location(session).id, NOW)])

    taken = take(session, the_location(session).id, NOW, 10)
    assert {each.claim.monitor_id: each.by_cron for each in taken} == {
        monitor.id: True,
        extra.id: False,
    }


@pytest.fixture(scope="module")
def quick():
    """One in-memory database for many examples."""
    database = Database("sqlite://")
    Base.metadata.create_all(database.engine)
    with database.write() as session:
        session.add(Location(name="default"))
        session.flush()
        a_monitor(session)
    yield database
    database.engine.dispose()


@given(interval=st.integers(5, 86_400), late=st.integers(0, 10**9))
def test_the_database_counts_slots_as_core_does(quick, interval, late):
    with quick.write() as session:
        schedule = session.scalars(select(Schedule)).one()
        schedule.due_at = schedule.regular_at = NOW
        schedule.interval_ms = interval * 1000
        session.flush()
        claims(session, NOW + late)
        session.refresh(schedule)

        assert schedule.due_at == next_slot(NOW, interval * 1000, NOW + late)


def test_many_workers_claim_each_slot_once(database):
    with database.write() as session:
        here = the_location(session).id
        for _ in range(200):
            a_monitor(session, due_at=NOW)
    claimed, start = [], Barrier(4)

    def work():
        start.wait()
        while True:
            with database.write() as session:
                mine = take(session, here, NOW, 20)
            claimed.extend(each.claim.monitor_id for each in mine)
            if not mine:
                return

    workers = [Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    assert len(claimed) == len(set(claimed)) == 200


def test_slots_are_added_in_one_order_lest_two_lock_each_other_out(session, database):
    here = the_location(session).id
    several = [a_monitor(session, due_at=NOW + MINUTE).id for _ in range(3)]
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[3]))
    add_slots(session, [(each, here, NOW) for each in several])
    give_back(session, [Claim(each, here, NOW, 1) for each in reversed(several)])

    assert asked[0] == asked[1]


def test_what_is_due_soon_can_be_claimed_ahead_and_keeps_its_slot(session):
    monitor = a_monitor(session, due_at=NOW + 2_000)
    later = a_monitor(session, due_at=NOW + 2_001)
    here = the_location(session).id
    taken = take(session, here, NOW, 10, NOW + 2_000)

    assert [each.claim for each in taken] == [Claim(monitor.id, here, NOW + 2_000, 1)]
    assert the_schedule(session, monitor).due_at == NOW + 2_000 + MINUTE
    assert the_schedule(session, later).due_at == NOW + 2_001


def test_how_late_a_slot_is_does_not_depend_on_how_far_ahead_is_claimed(session):
    a_monitor(session, due_at=NOW - LATE)
    a_monitor(session, due_at=NOW - LATE - 1)
    taken = take(session, the_location(session).id, NOW, 10, NOW + 2_000)

    assert sorted(each.claim.slot_at for each in taken) == [NOW - LATE, NOW]


def test_what_is_not_a_slot_of_the_rhythm_is_awaited(session):
    regular = a_monitor(session, due_at=NOW - 5_000)
    asked = a_monitor(session, due_at=NOW + MINUTE)
    add_slots(session, [(asked.id, the_location(session).id, NOW - 1)])

    awaited = {each.monitor_id: each.awaited for each in claims(session, NOW)}
    assert awaited == {regular.id: False, asked.id: True}


def test_claiming_ahead_skips_no_slot_of_a_short_interval(session):
    monitor = a_monitor(session, due_at=NOW + 100, interval=1)
    at = []
    for now in (NOW, NOW + 1_000, NOW + 2_000):
        taken = take(session, the_location(session).id, now, 10, now + 2_250)
        at += [each.claim.slot_at for each in taken]

    assert at == [NOW + 100, NOW + 1_100, NOW + 2_100]
    assert the_schedule(session, monitor).regular_at == NOW + 3_100


def test_claiming_an_extra_slot_ahead_leaves_the_regular_one_after_it(session):
    monitor = a_monitor(session, due_at=NOW + 2_000)
    here = the_location(session).id
    add_slots(session, [(monitor.id, here, NOW)])

    assert [each.claim.slot_at for each in take(session, here, NOW, 10, NOW + 2_250)] == [NOW]
    assert the_schedule(session, monitor).due_at == NOW + 2_000


def test_a_claim_of_somebody_who_is_gone_is_lost_when_its_probe_must_be_over(session):
    monitor = a_monitor(session, due_at=NOW, interval=3600, timeout=30.0)
    here, over = the_location(session).id, NOW + LOST + 30 * SECOND
    assert lost(session, here, over + 1) == []
    claims(session, NOW)

    assert lost(session, here, over) == []
    assert lost(session, here, over + 1) == [monitor.id]


def test_what_was_recorded_or_comes_soon_or_is_paused_is_not_lost(session):
    recorded = a_monitor(session, due_at=NOW, interval=3600)
    soon, paused = a_monitor(session, due_at=NOW), a_monitor(session, due_at=NOW, interval=3600)
    here = the_location(session).id
    claims(session, NOW)
    observe(session, recorded, NOW)
    the_schedule(session, paused).due_at = None
    session.flush()

    assert the_schedule(session, soon).due_at == NOW + MINUTE
    assert lost(session, here, NOW + 2 * MINUTE) == []


def observe(session, monitor, slot_at):
    session.add(
        Observation(
            monitor_id=monitor.id,
            location_id=the_location(session).id,
            slot_at=slot_at,
            observed_until=slot_at + 2 * HOUR,
            observed=Status.UP,
            confirmed=Status.UP,
            run_status=Status.UP,
        )
    )
    session.flush()
