"""Telling a monitor how it is."""

import pytest
from factories import NOW, a_monitor
from sqlalchemy import select, update

from kener.actions.claims import claim
from kener.actions.monitors import create_monitor, pause_monitor, update_monitor
from kener.actions.results import Probed, record
from kener.actions.statuses import push_status
from kener.checks.manual import judge
from kener.core.errors import Conflict, Invalid
from kener.core.instant import iso
from kener.core.outcome import Outcome
from kener.core.status import Status
from kener.store.standing import standings
from kener.store.tables import Event, PushedStatus, Schedule, Span

MINUTE = 60_000

pytestmark = pytest.mark.usefixtures("sealing", "jobs")


@pytest.fixture
def bridge(session):
    fields = {"name": "Bridge", "kind": "manual", "interval": 3600}
    monitor = create_monitor(session, fields, NOW)
    session.execute(update(Schedule).values(regular_at=NOW + 60 * MINUTE))
    return monitor


def spans(session, monitor):
    found = session.scalars(select(Span).filter_by(monitor_id=monitor.id).order_by(Span.from_at))
    return [(each.status, each.from_at - NOW, each.to_at and each.to_at - NOW) for each in found]


def how(session, monitor, at):
    (standing,) = standings(session, at, monitors=[monitor])
    return standing.confirmed, standing.detail


def test_it_is_what_it_is_told_at_once(session, bridge):
    push_status(session, bridge, {"status": "up"}, NOW)
    push_status(session, bridge, {"status": "down", "message": "closed\nfor repairs"}, NOW + 5000)
    push_status(session, bridge, {"status": "up"}, NOW + 9000)

    assert spans(session, bridge) == [
        (Status.UP, 0, 5000),
        (Status.DOWN, 5000, 9000),
        (Status.UP, 9000, None),
    ]
    assert [each.name for each in session.scalars(select(Event))] == ["monitor.down", "monitor.up"]
    assert session.scalars(select(Event)).first().data["detail"] == "closed for repairs"


def test_the_groups_above_are_that_at_once_too(session, bridge):
    fields = {"name": "Roads", "kind": "group", "settings": {"members": [bridge.slug]}}
    roads = create_monitor(session, fields, NOW)
    push_status(session, bridge, {"status": "degraded"}, NOW + 5000)

    assert how(session, roads, NOW + 5001) == (
        Status.DEGRADED,
        "1 of 1 is degraded: Bridge",
    )


def test_two_in_the_same_millisecond_both_count(session, bridge):
    push_status(session, bridge, {"status": "up"}, NOW)
    push_status(session, bridge, {"status": "down"}, NOW)

    assert how(session, bridge, NOW + 10)[0] is Status.DOWN


def test_a_status_that_runs_out_is_looked_at_when_it_does(session, bridge):
    push_status(session, bridge, {"status": "up", "expires_in": 90}, NOW)
    schedule = session.scalars(select(Schedule).execution_options(populate_existing=True)).one()
    for due_at, wanted in ((NOW, Status.UP), (NOW + 90_000, Status.UNKNOWN)):
        session.expire_all()
        assert schedule.due_at == due_at
        turn = due_at + 10
        (mine,) = claim(session, schedule.location_id, turn, 10)
        outcome = judge(pushed(session), due_at)
        record(session, [Probed(*mine[:3], outcome)], turn + 50)
        assert how(session, bridge, turn + 60)[0] is wanted


def pushed(session):
    return session.scalars(select(PushedStatus)).one()


@pytest.mark.parametrize(
    ("given", "expires_at"),
    [
        ({}, NOW + 600_000),
        ({"expires_in": 0}, None),
        ({"expires_in": 5}, NOW + 5000),
        ({"expires_at": iso(NOW + MINUTE)}, NOW + MINUTE),
    ],
)
def test_how_long_it_holds_is_said_with_it_or_in_the_settings(session, bridge, given, expires_at):
    update_monitor(session, bridge, {"settings": {"expires_in": 600}}, NOW)
    push_status(session, bridge, {"status": "up", **given}, NOW)

    assert pushed(session).expires_at == expires_at


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "status"),
        ({"status": "partial"}, "status"),
        ({"status": "maintenance"}, "status"),
        ({"status": ["up"]}, "status"),
        ({"status": "up", "message": "x" * 501}, "message"),
        ({"status": "up", "message": 5}, "message"),
        ({"status": "up", "expires_in": -1}, "expires_in"),
        ({"status": "up", "expires_in": 400 * 86_400}, "expires_in"),
        ({"status": "up", "expires_in": "60"}, "expires_in"),
        ({"status": "up", "expires_at": iso(NOW)}, "expires_at"),
        ({"status": "up", "expires_at": "2036-01-01T00:00:00Z"}, "expires_at"),
        ({"status": "up", "expires_at": "2026-03-10"}, "expires_at"),
        ({"status": "up", "expires_at": 5}, "expires_at"),
        ({"status": "up", "expires_in": 5, "expires_at": iso(NOW + 5)}, "expires_at"),
        ({"status": "up", "since": "yesterday"}, "since"),
    ],
)
def test_every_bad_field_is_named(session, bridge, given, field):
    with pytest.raises(Invalid) as refused:
        push_status(session, bridge, given, NOW, exact=True)

    assert list(refused.value.problems) == [field]
    assert session.scalars(select(PushedStatus)).all() == []


def test_only_a_manual_monitor_that_is_not_paused_is_told(session, bridge):
    with pytest.raises(Conflict, match="only one of kind manual"):
        push_status(session, a_monitor(session), {"status": "up"}, NOW)
    pause_monitor(session, bridge, NOW)
    with pytest.raises(Conflict, match="paused"):
        push_status(session, bridge, {"status": "up"}, NOW)


def test_what_a_probe_had_read_before_does_not_outlive_the_next_look(session, bridge):
    push_status(session, bridge, {"status": "up"}, NOW)
    here = session.scalar(select(Schedule.location_id))
    record(session, [Probed(bridge.id, here, NOW - 5, Outcome(Status.DOWN))], NOW + 60)

    assert how(session, bridge, NOW + 70)[0] is Status.UP
    assert session.scalar(select(Schedule.due_at)) == NOW
