"""Groups follow their members, in the same transaction."""

import threading

import pytest
from factories import NOW, a_monitor, the_location
from queries import counting
from sqlalchemy import select

from kener import queue
from kener.actions.monitors import (
    create_monitor,
    delete_monitor,
    pause_monitor,
    resume_monitor,
    update_monitor,
)
from kener.actions.results import Probed, record
from kener.core.errors import Invalid
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.standing import standings
from kener.store.tables import Event, GroupMember, Monitor, Observation, Result, Schedule, Span

MINUTE = 60_000
UP = Outcome(Status.UP)
DOWN = Outcome(Status.DOWN, Reason.REFUSED, "refused")
SLOW = Outcome(Status.DEGRADED, Reason.SLOW, "slow")
UNKNOWN = Outcome(Status.UNKNOWN, Reason.INTERNAL_ERROR, "broken")

pytestmark = pytest.mark.usefixtures("sealing")


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch):
    monkeypatch.setattr(queue, "enqueue", lambda *_: None)


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.fixture
def group(session):
    """Make a group of monitors."""

    def group(name, *members, **given):
        settings = {"members": [each.public_id for each in members]} | given.pop("settings", {})
        fields = {"name": name, "kind": "group", "settings": settings} | given
        return create_monitor(session, fields, NOW)

    return group


@pytest.fixture
def see(session):
    """Record outcomes at a minute, all in one batch: pairs of monitor and outcome."""
    here = the_location(session).id

    def see(minute, *pairs, now=None):
        slot = NOW + int(minute * MINUTE)
        probed = [Probed(each.id, here, slot, outcome) for each, outcome in pairs]
        record(session, probed, slot + 50 if now is None else now)

    return see


def members(session, number, **given):
    return [a_monitor(session, to_fail=1, **given) for _ in range(number)]


def spans(session, monitor):
    """(status, minutes after noon from, to) of each span, in order."""
    found = session.scalars(
        select(Span).filter_by(monitor_id=monitor.id).order_by(Span.from_at, Span.id)
    )
    return [(each.status, _minute(each.from_at), _minute(each.to_at)) for each in found]


def _minute(at):
    return None if at is None else round((at - NOW) / MINUTE, 2)


def told(session, monitor):
    events = session.scalars(select(Event).order_by(Event.id))
    return [each.name for each in events if each.data["monitor_id"] == monitor.public_id]


def test_a_group_is_what_its_members_are_at_once_and_since_then(session, group, see):
    one, two = a_monitor(session), a_monitor(session)
    both = group("Both", one, two)
    see(0, (one, UP), (two, UP))
    see(1, (one, DOWN))
    see(2, (one, DOWN))
    see(3, (one, UP))

    assert spans(session, both) == [
        (Status.UP, 0, 1),
        (Status.DOWN, 1, 3),
        (Status.UP, 3, None),
    ]
    assert told(session, both) == ["monitor.down", "monitor.up"]
    (event,) = [
        each
        for each in session.scalars(select(Event).filter_by(name="monitor.down"))
        if each.data["monitor_id"] == both.public_id
    ]
    assert event.data["detail"] == f"1 of 2 is down: {one.name}"
    assert event.data["reason"] == "members"


def test_what_changes_nothing_asks_nothing_more(database, session, group, see):
    one, two = members(session, 2)
    group("Both", one, two)
    see(0, (one, UP), (two, UP))
    with counting(database) as statements:
        see(1, (one, UP), (two, UP))

    assert not [each for each in statements if "group_members" in each]
    assert len([each for each in statements if "pg_advisory" not in each]) == 3


def test_a_group_that_is_looked_at_is_judged_by_what_is_recorded_not_by_what_it_read(
    session, group, see
):
    (one,) = members(session, 1)
    all_ = group("All", one)
    see(0, (one, UP), (all_, UP))
    see(1, (one, DOWN), (all_, UP))
    see(2, (all_, UP))

    assert spans(session, all_) == [(Status.UP, 0, 1), (Status.DOWN, 1, None)]
    assert told(session, all_) == ["monitor.down"]


def test_groups_in_groups_follow_too_each_once(session, group, see):
    one, two = members(session, 2)
    inner = group("Inner", one, two, settings={"rule": "share"})
    outer = group("Outer", inner, two)
    top = group("Top", outer, inner, one)
    see(0, (one, UP), (two, UP))
    see(1, (two, DOWN))

    for each in (inner, outer, top):
        assert spans(session, each) == [(Status.UP, 0, 1), (Status.DOWN, 1, None)]
        assert told(session, each) == ["monitor.down"]
        assert len(session.scalars(select(Result).filter_by(monitor_id=each.id)).all()) == 2


def test_a_recovered_group_is_up_since_the_last_of_its_members_is(session, group, see):
    one, two = members(session, 2)
    both = group("Both", one, two)
    see(0, (one, DOWN), (two, DOWN))
    here = the_location(session).id
    later = [(one, 1), (two, 1.5)]
    probed = [Probed(each.id, here, NOW + int(at * MINUTE), UP) for each, at in later]
    record(session, probed, NOW + 2 * MINUTE)

    assert spans(session, both) == [(Status.DOWN, 0, 1.5), (Status.UP, 1.5, None)]


def test_by_share_a_group_is_down_since_the_member_that_made_it_so_is(session, group, see):
    many = members(session, 4, interval=300)
    group_ = group("Many", *many, settings={"rule": "share"}, interval=300)
    see(0, *[(each, UP) for each in many])
    here = the_location(session).id
    probed = [Probed(each.id, here, NOW + at * MINUTE, DOWN) for at, each in enumerate(many[:3], 1)]
    record(session, probed, NOW + 4 * MINUTE)

    assert spans(session, group_) == [(Status.UP, 0, 2), (Status.DOWN, 2, None)]


def test_a_silent_member_is_noticed_when_the_group_is_looked_at(session, group, see):
    one, two = members(session, 2)
    both = group("Both", one, two)
    see(0, (one, DOWN), (two, UP), (both, UP))
    for minute in range(1, 4):
        see(minute, (two, UP), (both, UP))

    assert spans(session, both)[-1][0] is Status.UP
    (seen,) = session.scalars(select(Observation).filter_by(monitor_id=both.id))
    assert seen.facts == {"members": 2, "up": 1, "unknown": 1}


def test_members_that_are_all_silent_make_the_group_unknown_not_down(session, group, see):
    (one,) = members(session, 1)
    all_ = group("All", one)
    see(0, (one, UP), (all_, UP))
    for minute in range(1, 5):
        see(minute, (all_, UP))

    assert spans(session, all_)[-1][0] is Status.UNKNOWN
    assert told(session, all_) == []


def test_a_group_that_knows_again_knows_since_its_member_does(session, group, see):
    one, two = members(session, 2)
    both = group("Both", one, two)
    see(0, (one, UP), (both, UP))
    here = the_location(session).id
    record(session, [Probed(both.id, here, NOW + 4 * MINUTE, UP)], NOW + 4 * MINUTE)
    see(5, (one, UP), now=NOW + 6 * MINUTE)

    assert spans(session, both)[-2:] == [(Status.UNKNOWN, 2, 5), (Status.UP, 5, None)]


def test_a_paused_group_stays_paused_and_its_own_group_leaves_it_out(session, group, see):
    one, two = members(session, 2)
    inner = group("Inner", one)
    outer = group("Outer", inner, two)
    see(0, (one, UP), (two, UP))
    pause_monitor(session, inner, NOW + MINUTE)
    see(2, (one, DOWN))

    assert spans(session, inner)[-1][0] is Status.UNKNOWN
    assert spans(session, outer) == [(Status.UP, 0, None)]


def due(session, monitor):
    return session.scalar(select(Schedule.due_at).filter_by(monitor_id=monitor.id))


@pytest.fixture
def later(session):
    """Nothing is due for an hour."""

    def later():
        for each in session.scalars(select(Schedule).where(Schedule.due_at.is_not(None))):
            each.due_at = each.regular_at = NOW + 60 * MINUTE
        session.flush()
        session.expire_all()

    return later


def test_groups_look_again_when_a_member_is_paused_resumed_or_deleted(session, group, later):
    one, two = members(session, 2)
    outer = group("Outer", group("Inner", one, two))
    steps = [
        lambda at: pause_monitor(session, one, at),
        lambda at: resume_monitor(session, one, at),
        lambda at: delete_monitor(session, one, at),
    ]
    for minute, step in enumerate(steps, 1):
        later()
        step(NOW + minute * MINUTE)
        session.expire_all()
        assert due(session, outer) == NOW + minute * MINUTE


def test_a_group_goes_on_without_a_deleted_member_and_says_so(session, group, see):
    one, two = members(session, 2)
    both = group("Both", one, two)
    see(0, (one, DOWN), (two, UP))
    delete_monitor(session, one, NOW + 1000)
    see(1, (both, DOWN))

    assert spans(session, both) == [(Status.DOWN, 0, 1), (Status.UP, 1, None)]
    (standing,) = standings(session, NOW + MINUTE, monitors=[both])
    assert standing.facts == {"members": 2, "up": 1, "deleted": 1}
    assert [each.member_id for each in session.scalars(select(GroupMember))] == [two.id]
    update_monitor(session, both, {"settings": {"rule": "share"}}, NOW)
    assert both.settings["members"] == [two.public_id]


def test_members_are_named_by_slug_or_id_and_kept_by_id(session, group):
    one, two = members(session, 2)
    both = group("Both", settings={"members": [one.slug, two.public_id, one.public_id]})

    assert both.settings["members"] == [one.public_id, two.public_id]
    assert (both.to_fail, both.to_recover, both.retry_interval) == (1, 1, 0)
    update_monitor(session, both, {"settings": {"members": [two.slug]}}, NOW)
    assert [each.member_id for each in session.scalars(select(GroupMember))] == [two.id]


def test_members_that_are_not_there_are_named(session, group):
    with pytest.raises(Invalid) as refused:
        group("All", settings={"members": ["nobody", "no-one"]})

    assert refused.value.problems == {
        "settings.members.0": "there is no such monitor",
        "settings.members.1": "there is no such monitor",
    }


def test_no_group_is_inside_itself_through_however_many_others(session, group):
    (one,) = members(session, 1)
    bottom = group("Bottom", one)
    middle = group("Middle", bottom)
    top = group("Top", middle)
    for inside in (bottom, middle, top):
        with pytest.raises(Invalid) as refused:
            update_monitor(session, bottom, {"settings": {"members": [one.slug, inside.slug]}}, NOW)
        assert refused.value.problems == {"settings.members.1": "would put the group inside itself"}
    update_monitor(session, top, {"settings": {"members": [middle.slug, bottom.slug]}}, NOW)


def test_another_kind_has_no_members(session, group):
    (one,) = members(session, 1)
    all_ = group("All", one)
    tcp = {"kind": "tcp", "settings": {"host": "127.0.0.1", "port": 9}}
    update_monitor(session, all_, tcp, NOW)

    assert session.scalars(select(GroupMember)).all() == []
    assert (all_.to_fail, all_.retry_interval) == (2, 10)


def test_two_who_put_each_others_groups_in_at_once_make_no_cycle(database):
    with database.write() as session:
        ids = [
            create_monitor(session, {"name": name, "kind": "group"}, NOW).id
            for name in ("One", "Two")
        ]
    refused, ready = [], threading.Barrier(2)

    def put(outer, inner):
        with database.write() as session:
            ready.wait(5) if database.engine.dialect.name == "postgresql" else None
            group, member = session.get(Monitor, outer), session.get(Monitor, inner)
            try:
                change = {"settings": {"members": [member.slug]}}
                update_monitor(session, group, change, NOW)
            except Invalid as error:
                refused.append(error)
                session.rollback()

    threads = [threading.Thread(target=put, args=pair) for pair in (ids, ids[::-1])]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(refused) == 1
    with database.read() as session:
        assert len(session.scalars(select(GroupMember)).all()) == 1


def test_a_stored_cycle_stops_nothing_else(session, group, see, caplog):
    (one,) = members(session, 1)
    first = group("First", one)
    second = group("Second", first)
    first.settings = first.settings | {"members": [one.public_id, second.public_id]}
    session.add(GroupMember(group_id=first.id, member_id=second.id))
    session.flush()
    see(0, (one, DOWN))

    assert spans(session, one) == [(Status.DOWN, 0, None)]
    assert "groups contain each other" in caplog.text


def test_a_hidden_member_is_not_named_to_the_public(session, group, see):
    (one,) = members(session, 1, hidden=True, name="Secret project")
    all_ = group("All", one)
    see(0, (one, DOWN))

    (seen,) = session.scalars(select(Observation).filter_by(monitor_id=all_.id))
    assert "Secret" not in f"{seen.detail} {seen.facts}"
    assert seen.detail == "1 of 1 is down"


def test_the_number_of_statements_does_not_grow_with_members_or_groups(
    database, session, group, see
):
    def of(number):
        many = members(session, number)
        inner = group(f"Inner {number}", *many)
        for each in range(number):
            group(f"Outer {number} {each}", inner, *many)
        see(0, *[(each, UP) for each in many])
        with counting(database) as statements:
            see(1, *[(each, DOWN) for each in many])
        return len([each for each in statements if "INTO events" not in each])

    assert of(2) == of(12)
