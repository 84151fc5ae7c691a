"""Taking what is due, by interval and by cron."""

from factories import NOW, a_monitor, the_location
from sqlalchemy import select

from kener.actions.claims import claim, give_back
from kener.core.instant import HOUR, iso
from kener.store.claims import add_slots
from kener.store.tables import Schedule

MINUTE = 60_000


def due(session, monitor):
    query = select(Schedule.due_at, Schedule.regular_at).filter_by(monitor_id=monitor.id)
    return tuple(session.execute(query).one())


def claimed(session, now):
    return {each.monitor_id for each in claim(session, the_location(session).id, now, 100)}


def test_a_cron_is_due_next_when_it_says(session):
    monitor = a_monitor(session, due_at=NOW, cron="30 4 * * *", time_zone="Asia/Kathmandu")
    assert claimed(session, NOW) == {monitor.id}

    at, regular = due(session, monitor)
    assert iso(at) == "2026-03-10T22:45:00Z"
    assert regular == at


def test_cron_and_interval_are_claimed_side_by_side(session):
    one, other = a_monitor(session, due_at=NOW), a_monitor(session, due_at=NOW, cron="0 * * * *")
    assert claimed(session, NOW + 5) == {one.id, other.id}

    assert due(session, one) == (NOW + MINUTE, NOW + MINUTE)
    assert due(session, other) == (NOW + HOUR, NOW + HOUR)


def test_a_cron_missed_for_long_leaves_no_backlog(session):
    a_monitor(session, due_at=NOW, cron="* * * * *")
    late = NOW + 600 * MINUTE + 30_000

    assert len(claimed(session, late)) == 1
    assert claimed(session, late) == set()


def test_a_cron_nobody_could_have_saved_holds_up_nobody(session, caplog):
    bad, good = (
        a_monitor(session, due_at=NOW, cron="61 * * * *"),
        a_monitor(session, due_at=NOW, cron="0 * * * *"),
    )
    assert claimed(session, NOW) == {bad.id, good.id}

    assert due(session, good)[0] == NOW + HOUR
    assert due(session, bad)[0] == NOW + HOUR
    assert "cannot be scheduled" in caplog.text


def test_what_is_given_back_comes_again_and_the_cron_stays(session):
    monitor = a_monitor(session, due_at=NOW, cron="0 * * * *")
    claims = claim(session, the_location(session).id, NOW, 10)
    give_back(session, claims)

    assert due(session, monitor) == (NOW, NOW + HOUR)
    assert claim(session, the_location(session).id, NOW + 10, 10) == claims


def test_an_extra_slot_claimed_ahead_leaves_the_crons_own_one_after_it(session):
    monitor = a_monitor(session, due_at=NOW, cron="0 12 * * *")
    add_slots(session, [(monitor.id, the_location(session).id, NOW - 1_000)])
    claim(session, the_location(session).id, NOW - 1_000, 10, ahead=2_250)

    assert due(session, monitor) == (NOW, NOW)
