"""Uptime: exact, and never flattering."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kener.core.outcome import Reason
from kener.core.status import Status
from kener.core.timeline import Stretch
from kener.core.uptime import Uptime, lengths, outages, uptime

milliseconds = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("up", "down", "text"),
    [
        (99_996, 4, "99.99"),
        (999_999_999, 1, "99.99"),
        (1, 0, "100"),
        (0, 1, "0.00"),
        (1, 2, "33.33"),
        (999, 1, "99.90"),
        (0, 0, None),
    ],
)
def test_percent_is_cut(up, down, text):
    assert Uptime(up, down).text() == text


def test_decimals_are_as_wished():
    assert Uptime(99_996, 4).text(3) == "99.996"
    assert Uptime(99_996, 4).text(0) == "99"


@given(milliseconds, milliseconds, st.integers(0, 6))
def test_the_text_is_never_more_than_the_truth_and_less_by_under_one_digit(up, down, decimals):
    found = Uptime(up, down)
    if found.ratio is None:
        assert found.text(decimals) is None
        return
    short = 100 * found.ratio - Fraction(found.text(decimals))

    assert 0 <= short < Fraction(1, 10**decimals)
    assert (found.text(decimals) == "100") == (down == 0)


def test_maintenance_and_unknown_count_for_neither_side():
    lengths = {
        Status.UP: 1,
        Status.DEGRADED: 10,
        Status.PARTIAL: 100,
        Status.DOWN: 1000,
        Status.MAINTENANCE: 10_000,
        Status.UNKNOWN: 100_000,
    }
    stretches = [Stretch(0, length, status) for status, length in lengths.items()]

    assert uptime(stretches) == Uptime(111, 1000)
    assert uptime(stretches).ratio == Fraction(111, 1111)


@given(milliseconds, milliseconds, milliseconds, milliseconds)
def test_parts_add_up(a, b, c, d):
    assert Uptime(a, b) + Uptime(c, d) == Uptime(a + c, b + d)


def test_lengths_name_every_status():
    seen = [Stretch(0, 5, Status.UP), Stretch(5, 6, Status.DOWN), Stretch(6, 9, Status.UP)]

    assert lengths(seen) == dict.fromkeys(Status, 0) | {Status.UP: 8, Status.DOWN: 1}


def test_outages_that_touch_are_one():
    seen = [
        Stretch(0, 1, Status.DOWN),
        Stretch(1, 2, Status.DOWN, Reason.TIMEOUT),
        Stretch(2, 3, Status.UNKNOWN),
        Stretch(3, 4, Status.DOWN),
        Stretch(4, 5, Status.PARTIAL),
    ]

    assert outages(seen) == 2
    assert outages([]) == 0
