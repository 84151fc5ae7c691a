"""Strips of ticks: few paths, and the truth of each tick."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kener.core.days import days
from kener.core.instant import DAY, HOUR, MINUTE
from kener.core.status import Status
from kener.core.timeline import Stretch
from kener.site.rows import edges_shown
from kener.site.strips import LETTERS, LINES, TICKS, day_statuses, paths, pulse, troubled_since

U, D, DOWN, M, N = (
    Status.UP,
    Status.DEGRADED,
    Status.DOWN,
    Status.MAINTENANCE,
    Status.UNKNOWN,
)
END = 1_773_144_000_000
statuses = st.lists(st.sampled_from(list(Status)), min_size=1, max_size=90)


def ticks_of(drawn, letter):
    """Which ticks a path covers, read from its data as a browser does."""
    data = dict(drawn).get(letter, "")
    covered = set()
    for run in filter(None, data.split("M")):
        position, length = run.split("h")
        start = int(position.split()[0])
        covered |= set(range(start, start + int(length)))
    return covered


def test_equal_days_are_one_line():
    assert list(paths([U] * 90)) == [("u", "M0 20h90")]


def test_planned_work_is_two_small_squares_in_one_path():
    assert list(paths([U, M, M])) == [("u", "M0 20h1"), ("m", "M1 22.5h2M1 17.5h2")]


@given(statuses)
def test_a_strip_has_at_most_six_paths_and_draws_every_tick_once(given):
    drawn = paths(given)

    assert len(drawn) <= 6
    for letter in LINES:
        wanted = {at for at, status in enumerate(given) if LETTERS[status] == letter}
        assert ticks_of(drawn, letter) == wanted


@given(
    st.lists(st.tuples(st.integers(1, 5 * DAY), st.sampled_from(list(Status))), max_size=40),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"]),
    st.dates(date(2026, 3, 1), date(2026, 12, 1)),
)
def test_days_are_those_that_core_decides(lengths, zone, today):
    edges = edges_shown(today, zone)
    at, history = edges[0] - DAY, []
    for length, status in lengths:
        history.append(Stretch(at, at + length, status))
        at += length

    wanted = [each.status for each in days(history, zone, today, 90)]
    assert day_statuses(history, edges) == wanted


def test_a_pulse_shows_the_worst_of_each_ten_minutes():
    history = [
        Stretch(END - DAY, END - HOUR, U),
        Stretch(END - HOUR, END - HOUR + 30_000, DOWN),
        Stretch(END - HOUR + 30_000, END, U),
    ]
    ticks = pulse([history], END)

    assert len(ticks) == TICKS
    assert [at for at, status in enumerate(ticks) if status is DOWN] == [TICKS - 6]


def test_one_of_two_services_down_is_a_partial_outage_in_the_pulse():
    down, up = [Stretch(END - DAY, END, DOWN)], [Stretch(END - DAY, END, U)]

    assert set(pulse([down, up], END)) == {Status.PARTIAL}


def test_what_nobody_watched_is_no_data_in_the_pulse():
    ticks = pulse([[Stretch(END - DAY, END - HOUR, N), Stretch(END - HOUR, END, U)]], END)

    assert ticks == [N] * (TICKS - 6) + [U] * 6


def test_the_tick_we_are_in_is_the_last_one():
    ticks = pulse([[Stretch(END - DAY, END + MINUTE, DOWN)]], END + MINUTE)

    assert ticks[-1] is DOWN


def test_trouble_is_dated_from_where_it_began_without_a_break():
    history = [
        Stretch(0, 10, DOWN),
        Stretch(10, 20, U),
        Stretch(20, 30, D),
        Stretch(30, 40, DOWN),
    ]

    assert troubled_since([history, [Stretch(0, 40, U)]]) == 20
    assert troubled_since([[Stretch(0, 40, U)]]) is None
