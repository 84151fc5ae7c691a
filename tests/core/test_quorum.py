"""What several locations make of one monitor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kener.core.quorum import quorum
from kener.core.status import SEVERITY, Status

UP, DEGRADED, DOWN, UNKNOWN = Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN
statuses = st.lists(st.sampled_from([UP, DEGRADED, DOWN, UNKNOWN]))


@pytest.mark.parametrize("status", [UP, DEGRADED, DOWN, UNKNOWN])
def test_one_location_alone_decides(status):
    assert quorum([status]) is status


def test_nobody_who_knows_is_unknown():
    assert quorum([]) is UNKNOWN
    assert quorum([UNKNOWN, UNKNOWN]) is UNKNOWN


def test_most_must_agree():
    assert quorum([UP, DOWN]) is UP
    assert quorum([UP, DOWN, DOWN]) is DOWN
    assert quorum([UP, DEGRADED, DOWN]) is DEGRADED


def test_who_does_not_know_has_no_vote():
    assert quorum([UNKNOWN, UNKNOWN, DOWN]) is DOWN


@given(statuses)
def test_more_than_half_of_the_voters_see_it_or_worse(seen):
    votes = [SEVERITY[each] for each in seen if each is not UNKNOWN]
    if votes:
        as_bad = [each for each in votes if each >= SEVERITY[quorum(seen)]]
        assert 2 * len(as_bad) > len(votes)


@given(statuses, st.randoms())
def test_the_order_of_locations_does_not_matter(seen, random):
    shuffled = random.sample(seen, len(seen))

    assert quorum(shuffled) is quorum(seen)
