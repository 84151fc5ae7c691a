"""Groups follow their members, in the same transaction."""

import pytest
from actions.grouped import DOWN, MINUTE, UP, group, members, see, spans, told
from factories import NOW, a_monitor, the_location
from queries import counting
from sqlalchemy import select

from kener.actions.monitors import pause_monitor
from kener.actions.results import Probed, record
from kener.core.status import Status
from kener.store.tables import Event, Observation, Result

__all__ = ["group", "see"]
pytestmark = pytest.mark.usefixtures("sealing", "jobs")


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
