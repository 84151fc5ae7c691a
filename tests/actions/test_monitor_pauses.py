"""Pausing and resuming: what is known of the time in between."""

import pytest
from actions.watched import TCP, schedule_of, spans_of
from factories import NOW, a_monitor, a_span, the_location

from kener.actions.claims import claim
from kener.actions.monitors import (
    check_now,
    create_monitor,
    pause_monitor,
    resume_monitor,
    update_monitor,
)
from kener.actions.results import Probed, record
from kener.core.errors import Conflict
from kener.core.instant import HOUR, MINUTE, SECOND
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.tables import Observation

pytestmark = pytest.mark.usefixtures("sealing")


def observe(session, monitor, status, slot_at, **given):
    own = {"confirmed": status, "run_status": status, "run_since": slot_at}
    session.add(
        Observation(
            monitor_id=monitor.id,
            location_id=the_location(session).id,
            slot_at=slot_at,
            observed_until=slot_at + 2 * MINUTE,
            observed=status,
            run_length=3,
            **own | given,
        )
    )
    session.flush()


def test_a_paused_monitor_is_not_checked(session):
    monitor = pause_monitor(session, create_monitor(session, TCP, NOW), NOW)

    with pytest.raises(Conflict):
        check_now(session, monitor, NOW)
    update_monitor(session, monitor, {"interval": 30}, NOW)
    schedule = schedule_of(session, monitor)
    assert (schedule.due_at, schedule.regular_at) == (None, None)
    assert claim(session, the_location(session).id, NOW + HOUR, 10) == []


def test_a_pause_ends_what_was_known_and_says_why(session):
    monitor = a_monitor(session)
    a_span(session, monitor, Status.UP, NOW - HOUR)
    observe(session, monitor, Status.UP, NOW - MINUTE)

    pause_monitor(session, monitor, NOW)
    pause_monitor(session, monitor, NOW + 1)

    assert spans_of(session, monitor) == [
        (Status.UP, None, NOW - HOUR, NOW),
        (Status.UNKNOWN, Reason.PAUSED, NOW, None),
    ]


def test_a_pause_invents_no_uptime_for_the_time_nobody_watched(session):
    monitor = a_monitor(session)
    a_span(session, monitor, Status.UP, NOW - 9 * HOUR)
    observe(session, monitor, Status.UP, NOW - 5 * HOUR)

    pause_monitor(session, monitor, NOW)

    assert spans_of(session, monitor) == [
        (Status.UP, None, NOW - 9 * HOUR, NOW - 5 * HOUR + 2 * MINUTE),
        (Status.UNKNOWN, Reason.SILENT, NOW - 5 * HOUR + 2 * MINUTE, NOW),
        (Status.UNKNOWN, Reason.PAUSED, NOW, None),
    ]


def test_a_resumed_monitor_is_due_at_once_and_begins_its_history_anew(session):
    place = the_location(session).id
    monitor = a_monitor(session)
    record(session, [Probed(monitor.id, place, NOW - MINUTE, Outcome(Status.UP))], NOW - MINUTE)
    pause_monitor(session, monitor, NOW)
    late = Probed(monitor.id, place, NOW - 1, Outcome(Status.DOWN, Reason.REFUSED))

    resume_monitor(session, monitor, NOW + MINUTE)
    record(session, [late], NOW + MINUTE)
    record(session, [Probed(monitor.id, place, NOW + MINUTE, Outcome(Status.UP))], NOW + MINUTE)

    assert schedule_of(session, monitor).due_at == NOW + MINUTE
    assert spans_of(session, monitor) == [
        (Status.UP, None, NOW - MINUTE, NOW),
        (Status.UNKNOWN, Reason.PAUSED, NOW, NOW + MINUTE),
        (Status.UP, None, NOW + MINUTE, None),
    ]


def test_pausing_by_an_update_is_pausing(session):
    monitor = create_monitor(session, TCP, NOW)

    update_monitor(session, monitor, {"paused": True}, NOW)
    assert schedule_of(session, monitor).due_at is None
    update_monitor(session, monitor, {"paused": False}, NOW + SECOND)

    assert schedule_of(session, monitor).due_at == NOW + SECOND
    assert spans_of(session, monitor) == [
        (Status.UNKNOWN, Reason.PAUSED, NOW, NOW + SECOND),
    ]
