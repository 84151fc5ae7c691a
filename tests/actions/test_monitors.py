"""Making, changing, pausing and deleting what is watched."""

import pytest
from actions.watched import TCP, schedule_of, spans_of
from factories import NOW, a_monitor, a_span, the_location
from sqlalchemy import func, select

from kener.actions.claims import claim
from kener.actions.monitors import (
    check_now,
    create_monitor,
    delete_monitor,
    pause_monitor,
    resume_monitor,
    update_monitor,
)
from kener.actions.results import Probed, record
from kener.core.errors import Conflict, NotFound
from kener.core.instant import HOUR, MINUTE, SECOND, parse_iso
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.secrets import unseal
from kener.store.tables import Heartbeat, Publication, Span

pytestmark = pytest.mark.usefixtures("sealing")


def test_a_new_monitor_is_due_at_once_and_then_in_its_rhythm(session):
    monitor = create_monitor(session, TCP | {"interval": 30}, NOW)

    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.interval_ms) == (NOW, 30 * SECOND)
    assert NOW < schedule.regular_at <= NOW + 30 * SECOND


def test_what_is_not_said_has_a_sensible_value(session):
    monitor = create_monitor(session, TCP, NOW)

    own = (monitor.interval, monitor.timeout, monitor.to_fail, monitor.to_recover)
    assert own == (60, 10.0, 2, 1)
    assert (monitor.slug, monitor.retry_interval, monitor.version) == ("database", 10, 1)
    assert monitor.settings["port"] == 5432


def test_the_page_is_out_of_date_after_each_change(session):
    before = session.scalar(select(Publication.dirty_seq))
    monitor = create_monitor(session, TCP, NOW)
    update_monitor(session, monitor, {"name": "Other"}, NOW)
    pause_monitor(session, monitor, NOW)
    resume_monitor(session, monitor, NOW)
    delete_monitor(session, monitor, NOW)

    assert session.scalar(select(Publication.dirty_seq)) == before + 5


def test_an_update_changes_what_it_names_and_is_due_at_once(session):
    monitor = create_monitor(session, TCP | {"tags": ["a"], "interval": 30}, NOW)
    before = schedule_of(session, monitor).regular_at
    claim(session, the_location(session).id, NOW, 10)

    update_monitor(session, monitor, {"name": "Other"}, NOW + 1)

    assert (monitor.name, monitor.tags, monitor.version) == ("Other", ["a"], 2)
    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.regular_at) == (NOW + 1, before)


def test_what_was_probed_before_a_change_is_not_told_of_the_changed_monitor(session):
    """A claim may be held for two seconds and a probe last for two minutes."""
    here = the_location(session).id
    monitor = a_monitor(session, due_at=NOW + SECOND, to_fail=1)
    (held,) = claim(session, here, NOW, 10, ahead=2 * SECOND)
    update_monitor(session, monitor, {"settings": {"host": "127.0.0.2", "port": 9}}, NOW)
    (again,) = claim(session, here, NOW, 10)
    old, new = Outcome(Status.DOWN, Reason.REFUSED), Outcome(Status.UP)
    record(session, [Probed(*again[:3], new, again.version)], NOW)
    record(session, [Probed(*held[:3], old, held.version)], NOW + SECOND)

    assert spans_of(session, monitor) == [(Status.UP, None, NOW, None)]


def test_a_new_interval_makes_a_new_rhythm(session):
    monitor = create_monitor(session, TCP, NOW)

    update_monitor(session, monitor, {"interval": 3600}, NOW)

    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.interval_ms) == (NOW, HOUR)
    assert NOW < schedule.regular_at <= NOW + HOUR


def test_a_cron_takes_the_place_of_the_interval(session):
    cron = {"cron": "0 9 * * *", "time_zone": "Europe/Berlin"}

    monitor = create_monitor(session, TCP | cron, NOW)

    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.interval_ms) == (NOW, 0)
    assert schedule.regular_at == parse_iso("2026-03-11T09:00:00+01:00")


def test_an_old_version_is_not_written_over_a_newer_one(session):
    monitor = create_monitor(session, TCP, NOW)
    update_monitor(session, monitor, {"name": "First"}, NOW, version=1)

    with pytest.raises(Conflict):
        update_monitor(session, monitor, {"name": "Second"}, NOW, version=1)
    assert monitor.name == "First"


def test_check_now_is_due_at_once_and_leaves_the_rhythm_alone(session):
    monitor = a_monitor(session, due_at=NOW + MINUTE)

    check_now(session, monitor, NOW)

    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.regular_at) == (NOW, NOW + MINUTE)


def test_a_heartbeat_gets_an_address_that_stays_the_same(session):
    heartbeat = {"name": "Backup", "kind": "heartbeat", "settings": {"period": 60}}
    monitor = create_monitor(session, heartbeat, NOW)
    row = session.get(Heartbeat, monitor.id)
    token = unseal(row.token_sealed)

    update_monitor(session, monitor, {"name": "Nightly backup"}, NOW)

    assert len(token) == 32
    assert token not in row.token_sealed
    assert unseal(session.get(Heartbeat, monitor.id).token_sealed) == token


def test_a_deleted_monitors_number_is_never_given_to_another(session):
    first = create_monitor(session, TCP, NOW)
    number = first.id
    a_span(session, first, Status.UP, NOW)

    delete_monitor(session, first, NOW)

    assert create_monitor(session, TCP, NOW).id > number
    assert session.scalar(select(func.count()).select_from(Span)) == 0


def test_what_was_deleted_meanwhile_is_not_found(database, sealing):
    with database.write() as session:
        kept = create_monitor(session, TCP, NOW)
    with database.write() as session:
        delete_monitor(session, session.merge(kept), NOW)

    for late in (pause_monitor, resume_monitor):
        with database.write() as session, pytest.raises(NotFound):
            late(session, session.merge(kept, load=False), NOW)
