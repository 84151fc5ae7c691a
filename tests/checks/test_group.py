"""The group check: its members decide, no network is used."""

import pytest

from kener.checks import MemberStatus
from kener.checks.group import GroupCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

UP, DEGRADED, DOWN, UNKNOWN = Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN
THREE = GroupCheck.parse({"members": ["shop", "api", "mail"]})


def of(*statuses, names=("Shop", "API", "Mail"), ids=("shop", "api", "mail")):
    return {
        key: MemberStatus(name, status)
        for key, name, status in zip(ids, names, statuses, strict=False)
    }


def test_the_probe_says_what_its_members_say(probe):
    outcome = probe(THREE, extra={"member_statuses": of(UP, DOWN, DEGRADED)})

    assert (outcome.status, outcome.reason) == (DOWN, Reason.MEMBERS)
    assert outcome.detail == "1 of 3 is down: API; 1 of 3 is degraded: Mail"
    assert outcome.facts == {"members": 3, "up": 1, "degraded": 1, "down": 1}
    assert outcome.latency_ms is None


def test_all_well_is_up(probe):
    outcome = probe(THREE, extra={"member_statuses": of(UP, UP, UP)})

    assert (outcome.status, outcome.reason, outcome.detail) == (UP, None, "")


@pytest.mark.parametrize("extra", [{}, {"member_statuses": {}}])
def test_without_members_nothing_is_known(probe, extra):
    assert probe(GroupCheck.parse({}), extra=extra).status is UNKNOWN


def test_members_without_data_are_left_out():
    assert THREE.judge(of(UNKNOWN, UP, UNKNOWN)).status is UP
    outcome = THREE.judge(of(UNKNOWN, UNKNOWN, UNKNOWN))
    assert (outcome.status, outcome.detail) == (UNKNOWN, "none of its members has data")


def test_paused_members_are_left_out():
    members = of(UP, UP, UP) | {"api": MemberStatus("API", DOWN, paused=True)}

    assert THREE.judge(members).status is UP
    assert THREE.judge(members).facts == {"members": 3, "up": 2, "paused": 1}


def test_a_deleted_member_is_told_of():
    outcome = THREE.judge(of(DOWN, UP))

    assert outcome.detail == "1 of 2 is down: Shop; 1 member deleted"
    assert outcome.facts["deleted"] == 1


def test_hidden_members_are_counted_and_not_named():
    outcome = THREE.judge(of(DOWN, DOWN, UP, names=("Shop", "", "Mail")))
    only = THREE.judge(of(UP, DOWN, UP, names=("Shop", "", "Mail")))

    assert outcome.detail == "2 of 3 are down: Shop and 1 more"
    assert only.detail == "1 of 3 is down"


def test_only_the_first_of_many_are_named():
    ids = [f"m{number}" for number in range(30)]
    check = GroupCheck.parse({"members": ids})
    outcome = check.judge(of(*[DOWN] * 30, names=ids, ids=ids))

    assert outcome.detail.endswith("m8, m9 and 20 more")


def test_by_share_one_of_three_is_not_enough():
    check = GroupCheck.parse({"members": ["shop", "api", "mail"], "rule": "share"})

    assert check.judge(of(DOWN, UP, UP)).status is DEGRADED
    assert check.judge(of(DOWN, DOWN, UP)).status is DOWN
    assert check.target() == "3 members, down from 50 %"
    assert THREE.target() == "3 members, the worst counts"


def test_it_is_settled_and_needs_its_members():
    assert GroupCheck.is_settled
    assert GroupCheck.needs == {"member_statuses"}
    assert GroupCheck.parse({"members": ["a", " a ", "b"]}).members == ["a", "b"]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"members": "shop"}, "members"),
        ({"members": [""]}, "members.0"),
        ({"members": [str(number) for number in range(501)]}, "members"),
        ({"rule": "best"}, "rule"),
        ({"down_share": 0}, "down_share"),
        ({"down_share": 101}, "down_share"),
        ({"down_share": 20, "degraded_share": 21}, "degraded_share"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        GroupCheck.parse(settings)

    assert list(refused.value.problems) == [field]
