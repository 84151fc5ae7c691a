"""What the members of a group make of it."""

import pytest

from kener.core.grouping import share, worst
from kener.core.status import Status

UP, DEGRADED, DOWN, UNKNOWN = Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ([UP, UP], UP),
        ([UP, DEGRADED], DEGRADED),
        ([DEGRADED, DOWN, UP], DOWN),
        ([UP, UNKNOWN], UP),
        ([UNKNOWN, DOWN], DOWN),
        ([UNKNOWN, UNKNOWN], UNKNOWN),
        ([], UNKNOWN),
    ],
)
def test_the_worst_of_those_we_know_counts(members, status):
    assert worst(members) is status


@pytest.mark.parametrize(
    ("members", "down_from", "degraded_from", "status"),
    [
        ([DOWN, UP], 50, 0, DOWN),
        ([DOWN, UP, UP], 50, 0, DEGRADED),
        ([DOWN, UP, UP], 34, 0, DEGRADED),
        ([DOWN, UP, UP], 33, 0, DOWN),
        ([DOWN, UP, UP, UP], 50, 50, UP),
        ([DOWN, DEGRADED, UP, UP], 75, 50, DEGRADED),
        ([DEGRADED, DEGRADED], 1, 0, DEGRADED),
        ([DOWN] + [UP] * 499, 50, 0, DEGRADED),
        ([DOWN, UNKNOWN, UNKNOWN, UNKNOWN], 100, 0, DOWN),
        ([DOWN, DOWN], 100, 0, DOWN),
        ([UP, UP], 1, 0, UP),
        ([UNKNOWN], 1, 0, UNKNOWN),
        ([], 1, 0, UNKNOWN),
    ],
)
def test_the_share_of_those_we_know_counts(members, down_from, degraded_from, status):
    assert share(members, down_from, degraded_from) is status
