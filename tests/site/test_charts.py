"""Response times as drawings."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kener.core.histogram import histogram
from kener.core.status import Status
from kener.core.timeline import Stretch
from kener.site.charts import Point, chart, nice_top, points, shades


def walk(data):
    """Where a path's pen goes, each stroke a list of points."""
    strokes = []
    for command, text in re.findall(r"([Mlh])([^Mlh]*)", data):
        numbers = [int(each) for each in text.split()]
        if command == "M":
            strokes.append([tuple(numbers)])
        else:
            x, y = strokes[-1][-1]
            dx, dy = numbers if command == "l" else (numbers[0], 0)
            strokes[-1].append((x + dx, y + dy))
    return strokes


def test_the_line_goes_where_the_values_are():
    drawn = chart([Point(0, 0), Point(50, 50), Point(100, 100)], 100, 40)

    assert drawn.top == 100
    assert walk(drawn.typical)[0] == [(0, 40), (1, 40), (50, 20), (100, 0)]


def test_what_was_not_measured_is_a_gap():
    drawn = chart([Point(10, 10), Point(None, None), Point(10, 10)], 100, 40)

    assert len(walk(drawn.typical)) == 2


def test_nothing_measured_is_no_chart():
    assert chart([Point(None, None)] * 24, 100, 40) is None


@given(st.lists(st.one_of(st.none(), st.floats(0, 60_000)), min_size=1, max_size=144))
def test_no_line_leaves_its_box(values):
    drawn = chart([Point(each, each) for each in values], 860, 150)
    if drawn is None:
        assert set(values) == {None}
        return
    for stroke in walk(drawn.typical):
        assert all(0 <= x <= 861 and 0 <= y <= 150 for x, y in stroke)


@pytest.mark.parametrize(
    ("value", "top"), [(0, 10), (10, 10), (11, 15), (160, 200), (1070, 1500), (60_000, 75_000)]
)
def test_a_scale_ends_at_a_round_number(value, top):
    assert nice_top(value) == top


def test_points_are_the_typical_and_the_slow_of_each_step():
    (step,) = points([histogram([100_000] * 95 + [900_000] * 5)])

    assert step.p50 == pytest.approx(100, rel=0.04)
    assert step.p95 == pytest.approx(100, rel=0.04)
    assert points([{}]) == [Point(None, None)]


def test_trouble_is_shaded_where_it_was():
    history = [Stretch(0, 50, Status.UP), Stretch(50, 75, Status.DOWN), Stretch(75, 100, Status.UP)]

    assert shades(history, 0, 100, 200) == (("o", 100, 50),)
