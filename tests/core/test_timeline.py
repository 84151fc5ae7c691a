"""Stretches: cut, filled, joined and laid over, they tile the same time."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from kener.core.outcome import Reason
from kener.core.status import SEVERITY, Status
from kener.core.timeline import Stretch, cut, displayed, fill, merge, overlay

UP, DEGRADED, PARTIAL, DOWN = Status.UP, Status.DEGRADED, Status.PARTIAL, Status.DOWN
MAINTENANCE, UNKNOWN = Status.MAINTENANCE, Status.UNKNOWN
END = 100


@st.composite
def stretches(draw, statuses=(UP, DEGRADED, DOWN, UNKNOWN), *, overlapping=False):
    """In order and apart, with holes; or any."""
    if overlapping:
        pairs = draw(st.lists(st.tuples(st.integers(-20, 110), st.integers(0, 50)), max_size=6))
        edges = [(start, start + length) for start, length in pairs]
    else:
        marks = sorted(draw(st.sets(st.integers(-20, 120), max_size=12)))
        edges = [pair for pair in itertools.pairwise(marks) if draw(st.booleans())]
    return [Stretch(a, b, draw(st.sampled_from(statuses))) for a, b in edges]


impacts = stretches([UP, DEGRADED, PARTIAL, DOWN], overlapping=True)
windows = stretches([MAINTENANCE], overlapping=True)


def at(several, moment):
    """The status at a moment, None where there is none."""
    found = [each.status for each in several if each.from_at <= moment < each.to_at]
    assert len(found) <= 1
    return found[0] if found else None


def assert_tiles(several, from_at=0, to_at=END):
    assert several[0].from_at == from_at
    assert several[-1].to_at == to_at
    for earlier, later in itertools.pairwise(several):
        assert earlier.to_at == later.from_at
    assert all(each.length > 0 for each in several)


@given(stretches())
def test_filled_stretches_tile_the_window(given_ones):
    filled = fill(given_ones, 0, END)

    assert_tiles(filled)
    assert sum(each.length for each in filled) == END


@given(stretches())
def test_filling_adds_nothing_but_unknown(given_ones):
    filled = fill(given_ones, 0, END)

    for moment in range(END):
        assert at(filled, moment) is (at(given_ones, moment) or UNKNOWN)


@given(stretches(overlapping=True))
def test_even_overlapping_stretches_tile_when_filled(given_ones):
    assert_tiles(fill(given_ones, 0, END))


@given(stretches(), st.integers(0, END), st.integers(0, END))
def test_cutting_leaves_what_is_inside_as_it_was(given_ones, a, b):
    from_at, to_at = min(a, b), max(a, b)
    inside = cut(given_ones, from_at, to_at)

    for moment in range(-20, 120):
        expected = at(given_ones, moment) if from_at <= moment < to_at else None
        assert at(inside, moment) is expected


@given(stretches())
def test_joining_changes_no_moment_and_leaves_no_equal_neighbours(given_ones):
    joined = merge(given_ones)

    for moment in range(-20, 120):
        assert at(joined, moment) is at(given_ones, moment)
    for earlier, later in itertools.pairwise(joined):
        assert earlier.to_at != later.from_at or earlier.status is not later.status
    assert merge(joined) == joined


def test_different_reasons_are_not_joined():
    two = [Stretch(0, 5, UNKNOWN, Reason.PAUSED), Stretch(5, 9, UNKNOWN, Reason.SILENT)]

    assert merge(two) == two


@given(stretches(), impacts, windows)
def test_an_overlay_covers_what_its_base_covers(base, impacts, windows):
    laid = overlay(base, impacts, windows)

    assert sum(each.length for each in laid) == sum(each.length for each in base)
    for moment in range(-20, 120):
        assert (at(laid, moment) is None) == (at(base, moment) is None)


@given(stretches(), impacts, windows)
def test_an_overlay_shows_at_each_moment_what_the_rule_says(base, impacts, windows):
    laid = overlay(base, impacts, windows)

    for moment in range(-20, 120):
        if (status := at(base, moment)) is not None:
            said = [each.status for each in impacts if each.from_at <= moment < each.to_at]
            planned = any(each.from_at <= moment < each.to_at for each in windows)
            assert at(laid, moment) is displayed(status, said, in_window=planned)


@given(stretches())
def test_nothing_laid_over_changes_nothing(base):
    assert overlay(base, [], []) == merge(base)


@given(st.sampled_from([UP, DEGRADED, PARTIAL, DOWN]), st.lists(st.sampled_from(list(SEVERITY))))
def test_an_incident_never_makes_anything_look_better(confirmed, said):
    assert SEVERITY[displayed(confirmed, said)] == max(
        SEVERITY[each] for each in [confirmed, *said]
    )


def test_what_is_displayed():
    assert displayed(DOWN, [], in_window=True) is MAINTENANCE
    assert displayed(UNKNOWN, [DOWN], in_window=True) is MAINTENANCE
    assert displayed(UNKNOWN, [PARTIAL]) is PARTIAL
    assert displayed(UNKNOWN, [UP]) is UNKNOWN
    assert displayed(UP, [DEGRADED, PARTIAL]) is PARTIAL


def test_a_reason_stays_with_the_status_it_explains():
    base = [Stretch(0, 10, DOWN, Reason.TIMEOUT), Stretch(10, 20, UNKNOWN, Reason.SILENT)]

    laid = overlay(base, [Stretch(5, 15, PARTIAL)], [])

    assert laid == [
        Stretch(0, 10, DOWN, Reason.TIMEOUT),
        Stretch(10, 15, PARTIAL),
        Stretch(15, 20, UNKNOWN, Reason.SILENT),
    ]


def test_a_window_that_only_degrades_is_laid_over_as_an_impact_is():
    base = [Stretch(0, 40, UP), Stretch(40, 80, DOWN), Stretch(80, END, UNKNOWN)]
    windows = [Stretch(20, 60, DEGRADED), Stretch(50, 55, MAINTENANCE), Stretch(90, 95, UP)]

    assert overlay(base, (), windows) == [
        Stretch(0, 20, UP),
        Stretch(20, 40, DEGRADED),
        Stretch(40, 50, DOWN),
        Stretch(50, 55, MAINTENANCE),
        Stretch(55, 80, DOWN),
        Stretch(80, END, UNKNOWN),
    ]
