"""Who is in a group: named, paused, deleted, hidden, and never the group itself."""

import threading

import pytest
from actions.grouped import DOWN, MINUTE, UP, group, members, see, spans
from factories import NOW
from sqlalchemy import select

from kener.actions.monitors import (
    create_monitor,
    delete_monitor,
    pause_monitor,
    resume_monitor,
    update_monitor,
)
from kener.core.errors import Invalid
from kener.core.status import Status
from kener.store.standing import standings
from kener.store.tables import GroupMember, Monitor, Schedule

__all__ = ["group", "see"]
pytestmark = pytest.mark.usefixtures("sealing", "jobs")


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
