"""From a report to what it means: judged at once, and looked at again when it is overdue."""

import pytest
from factories import NOW
from sqlalchemy import select, update

from kener.actions.claims import claim
from kener.actions.heartbeats import Report, Said, receive
from kener.actions.monitors import create_monitor, update_monitor
from kener.actions.needs import extras
from kener.actions.rekey import rekey
from kener.actions.results import Probed, record
from kener.checks.heartbeat import HeartbeatCheck
from kener.core.instant import SECOND
from kener.core.outcome import Outcome
from kener.core.status import Status
from kener.store.standing import standings
from kener.store.tables import Event, Heartbeat, Monitor, Schedule, Span

MINUTE = 60_000
pytestmark = pytest.mark.usefixtures("sealing", "jobs")


@pytest.fixture
def backup(session):
    settings = {"period": 600, "grace": 60}
    fields = {"name": "Backup", "kind": "heartbeat", "interval": 3600, "settings": settings}
    monitor = create_monitor(session, fields, NOW)
    session.execute(update(Schedule).values(regular_at=NOW + 60 * MINUTE))
    return monitor


@pytest.fixture
def look(session):
    """Claim what is due at a moment, judge it as a probe does, and record it; how many."""

    def look(at):
        taken = claim(session, session.scalar(select(Schedule.location_id)), at, 10)
        for each in taken:
            check = HeartbeatCheck.parse(session.get(Monitor, each.monitor_id).settings)
            needed = extras(session, {each.monitor_id: check}, at)[each.monitor_id]
            outcome = check.judge(needed["last_ping"], at)
            record(session, [Probed(*each[:3], outcome)], at + 50)
        return len(taken)

    return look


def due(session):
    return session.scalar(select(Schedule.due_at))


def spans(session):
    found = session.scalars(select(Span).order_by(Span.from_at))
    return [(each.status, each.from_at - NOW, each.to_at and each.to_at - NOW) for each in found]


def say(session, monitor, report, at):
    receive(session, monitor.id, Said(report), at)


def test_a_missed_report_is_down_from_the_moment_it_was_overdue(session, backup, look):
    look(NOW)
    say(session, backup, Report.DONE, NOW + MINUTE)
    assert due(session) == NOW + MINUTE
    assert look(NOW + MINUTE) == 1

    overdue = NOW + 12 * MINUTE + 1
    assert due(session) == overdue
    assert look(overdue) == 1
    assert spans(session) == [
        (Status.UP, MINUTE, 12 * MINUTE + 1),
        (Status.DOWN, 12 * MINUTE + 1, None),
    ]
    assert [each.name for each in session.scalars(select(Event))] == ["monitor.down"]
    assert due(session) == NOW + 60 * MINUTE

    say(session, backup, Report.DONE, NOW + 20 * MINUTE)
    look(NOW + 20 * MINUTE)
    assert spans(session)[-1] == (Status.UP, 20 * MINUTE, None)


def test_a_reported_failure_counts_at_once(session, backup, look):
    say(session, backup, Report.DONE, NOW)
    look(NOW)
    say(session, backup, Report.FAIL, NOW + SECOND)
    look(NOW + SECOND)

    assert spans(session)[-1] == (Status.DOWN, 1000, None)


def test_a_start_has_its_end_watched(session, backup, look):
    say(session, backup, Report.DONE, NOW)
    look(NOW)
    say(session, backup, Report.START, NOW + MINUTE)
    look(NOW + MINUTE)

    assert due(session) == NOW + 2 * MINUTE + 1
    look(NOW + 2 * MINUTE + 1)
    assert spans(session)[-1] == (Status.DOWN, 2 * MINUTE + 1, None)


def test_where_a_regular_look_comes_first_no_other_is_added(session, backup, look):
    update_monitor(session, backup, {"interval": 300}, NOW)
    say(session, backup, Report.DONE, NOW)
    look(NOW)

    assert due(session) == session.scalar(select(Schedule.regular_at))


def test_reports_do_not_make_uptime_beyond_what_they_cover(session, backup, look):
    say(session, backup, Report.DONE, NOW)
    look(NOW)
    for second in range(1, 5):
        say(session, backup, Report.DONE, NOW + second * SECOND)
        look(NOW + second * SECOND)

    assert spans(session) == [(Status.UP, 0, None)]
    assert look(NOW + 4 * SECOND + 11 * MINUTE + 1) == 1
    assert spans(session)[0][2] == 4 * SECOND + 11 * MINUTE + 1


def test_while_nobody_looks_it_counts_as_up_no_longer_than_its_report_is_good_for(
    session, backup, look
):
    say(session, backup, Report.DONE, NOW)
    look(NOW)
    overdue = NOW + 11 * MINUTE + 1

    def status(at):
        return standings(session, at, monitors=[backup])[0].confirmed

    assert status(overdue + 19_000) is Status.UP
    assert status(overdue + 21_000) is Status.UNKNOWN


def test_an_old_token_outlives_another_secret_key(session, backup):
    update_monitor(session, backup, {"settings": {"push_token": "0123456789"}}, NOW)
    before = session.get(Heartbeat, backup.id).push_hash
    rekey(session)
    update_monitor(session, backup, {"name": "Other"}, NOW)

    assert session.get(Heartbeat, backup.id).push_hash == before is not None


def test_an_outcome_that_holds_adds_no_slot(session, backup, look):
    look(NOW)
    here = session.scalar(select(Schedule.location_id))
    before = due(session)
    record(session, [Probed(backup.id, here, NOW + 5, Outcome(Status.UP))], NOW + 6)

    assert due(session) == before
