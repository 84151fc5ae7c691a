"""Windows come near, begin and end; each thing is told once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from factories import NOW
from sqlalchemy import func, select, update

from kener.actions.maintenances import edit_maintenance, plan_maintenance
from kener.actions.turns import BATCH, make_more, take_turns
from kener.core.instant import DAY, HOUR, MINUTE, parse_iso
from kener.store.sweep import waiting_jobs
from kener.store.tables import Event, Maintenance, Publication, Window

ONCE = {"title": "Upgrade", "starts": "2026-03-12T02:00", "duration": 60}
BEGIN = parse_iso("2026-03-12T02:00:00Z")


def plan(database, **more):
    with database.write() as session:
        return plan_maintenance(session, ONCE | more, NOW)


def turn(database, at):
    with database.write() as session:
        return take_turns(session, at)


def told(database):
    with database.read() as session:
        rows = session.execute(select(Event.name, Event.data).order_by(Event.id))
        return [(row.name.partition(".")[2], row.data.get("minutes")) for row in rows]


def dirty(database):
    with database.read() as session:
        return session.scalar(select(Publication.dirty_seq))


def test_a_window_is_told_of_when_it_comes_near_begins_and_ends(database):
    plan(database, reminders=[60, 1440])
    for minute in range(-1500, 100, 5):
        turn(database, BEGIN + minute * MINUTE)

    assert told(database) == [
        ("scheduled", None),
        ("starting", 1440),
        ("starting", 60),
        ("started", None),
        ("completed", None),
    ]


def test_what_was_missed_is_made_up_for_but_for_reminders(database):
    plan(database, reminders=[60, 1440])
    assert turn(database, BEGIN + DAY) == 1

    assert [name for name, _ in told(database)] == ["scheduled", "started", "completed"]


def test_of_several_reminders_missed_the_shortest_is_sent(database):
    plan(database, reminders=[1440, 60, 10])
    turn(database, BEGIN - 30 * MINUTE)

    assert told(database)[1:] == [("starting", 60)]


def test_a_reminder_that_would_have_come_before_the_plan_is_not_sent(database):
    plan(database, reminders=[10_000, 60])
    turn(database, NOW + MINUTE)

    assert told(database) == [("scheduled", None)]


def test_other_reminders_count_from_now_on(database):
    planned = plan(database)
    with database.write() as session:
        found = session.get(Maintenance, planned.id)
        edit_maintenance(session, found, {"reminders": [30]}, NOW)
    turn(database, BEGIN - 30 * MINUTE)

    assert told(database)[-1] == ("starting", 30)


def test_the_page_follows_at_each_turn_also_where_nobody_is_told(database):
    plan(database, notify=False)
    before = dirty(database)
    for at in (BEGIN - 1, BEGIN, BEGIN + 1, BEGIN + HOUR, BEGIN + HOUR + 1):
        turn(database, at)

    assert dirty(database) == before + 2
    assert told(database) == []


def test_the_sweep_finds_what_is_to_be_told(database):
    plan(database)
    with database.write() as session:
        session.execute(
            update(Publication).values(published_seq=Publication.dirty_seq, published_at=BEGIN)
        )
        session.execute(update(Event).values(dispatched_at=NOW))

    def waits(at):
        with database.read() as session:
            return waiting_jobs(session, at, DAY)

    assert (waits(BEGIN - 1), waits(BEGIN)) == ([], ["kener.jobs.windows"])
    turn(database, BEGIN)
    assert "kener.jobs.windows" not in waits(BEGIN)


def test_a_draft_has_no_turn(database):
    plan(database, draft=True)

    assert turn(database, BEGIN + DAY) == 0


def test_of_very_many_each_has_its_turn(database):
    for _ in range(BATCH + 5):
        plan(database)

    assert [turn(database, BEGIN), turn(database, BEGIN), turn(database, BEGIN)] == [BATCH, 5, 0]


def test_two_at_once_tell_nothing_twice_and_make_no_window_twice(database):
    for _ in range(5):
        plan(database, rrule="FREQ=DAILY")
    begin, later = Barrier(4), BEGIN + 2 * DAY

    def work(_):
        begin.wait()
        done = turn(database, later)
        while True:
            with database.write() as session:
                if not make_more(session, later):
                    return done

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, range(4)))

    names = [name for name, _ in told(database)]
    assert sum(done) == 15
    assert {each: names.count(each) for each in names} == {
        "scheduled": 5,
        "started": 15,
        "completed": 10,
    }
    with database.read() as session:
        several = select(func.count(Window.id)).group_by(Window.maintenance_id, Window.original_at)
        assert set(session.scalars(several)) == {1}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_kill_before_the_commit_loses_nothing(database):
    plan(database)
    with database.write() as session:
        take_turns(session, BEGIN)
        session.rollback()
    turn(database, BEGIN)

    assert told(database) == [("scheduled", None), ("started", None)]
