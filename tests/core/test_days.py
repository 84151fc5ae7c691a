"""Local days: from midnight to midnight, whatever the clocks do."""

import itertools
from datetime import date, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kener.core.days import day_edges, day_status, days, days_within
from kener.core.instant import DAY, HOUR, MINUTE, as_datetime, parse_iso
from kener.core.status import Status
from kener.core.timeline import Stretch, fill
from kener.core.uptime import Uptime, uptime

UP, DOWN, UNKNOWN = Status.UP, Status.DOWN, Status.UNKNOWN
ZONES = [
    "UTC",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "America/Santiago",  # the clocks skip midnight itself
    "Asia/Beirut",
]
zones = st.sampled_from(ZONES)
dates = st.dates(date(2010, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("Europe/Berlin", "2026-03-29", 23 * HOUR),
        ("Europe/Berlin", "2026-10-25", 25 * HOUR),
        ("Europe/Berlin", "2026-06-01", 24 * HOUR),
        ("Australia/Lord_Howe", "2026-04-05", 24 * HOUR + 30 * MINUTE),
        ("Australia/Lord_Howe", "2026-10-04", 23 * HOUR + 30 * MINUTE),
        ("America/New_York", "2026-03-08", 23 * HOUR),
        ("America/New_York", "2026-11-01", 25 * HOUR),
        ("Pacific/Chatham", "2026-04-05", 25 * HOUR),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Asia/Kathmandu", "2026-03-29", 24 * HOUR),
        ("America/Santiago", "2026-09-06", 23 * HOUR),
    ],
)
def test_days_are_as_long_as_they_are(zone, day, length):
    from_at, to_at = day_edges(date.fromisoformat(day), zone)

    assert to_at - from_at == length


def test_midnight_is_where_people_live():
    assert day_edges(date(2026, 3, 10), "Asia/Kathmandu") == (
        parse_iso("2026-03-09T18:15:00Z"),
        parse_iso("2026-03-10T18:15:00Z"),
    )


def test_a_zone_that_does_not_exist_is_an_error():
    with pytest.raises(ZoneInfoNotFoundError):
        day_edges(date(2026, 3, 10), "Mars/Olympus")


@given(dates, zones)
def test_each_moment_of_a_day_has_its_date(day, zone):
    from_at, to_at = day_edges(day, zone)
    if from_at == to_at:
        return  # a day that the zone left out
    for at in (from_at, (from_at + to_at) // 2, to_at - 1):
        assert as_datetime(at).astimezone(ZoneInfo(zone)).date() == day


@given(dates, zones, st.integers(1, 100))
def test_days_follow_each_other_without_hole(last, zone, count):
    found = days([], zone, last, count)

    assert [each.date for each in found] == [
        last - timedelta(days=back) for back in range(count - 1, -1, -1)
    ]
    for earlier, later in itertools.pairwise(found):
        assert earlier.to_at == later.from_at


@st.composite
def a_history(draw):
    """Stretches over some weeks around a change of clocks, and the last day asked for."""
    zone = draw(zones)
    year = (parse_iso("2026-01-15T00:00:00Z"), parse_iso("2026-12-15T00:00:00Z"))
    middle = draw(st.integers(*year))
    marks = sorted(draw(st.sets(st.integers(-20 * DAY, 3 * DAY), min_size=2, max_size=20)))
    pairs = [pair for pair in itertools.pairwise(marks) if draw(st.booleans())]
    return (
        zone,
        middle,
        [Stretch(middle + a, middle + b, draw(st.sampled_from(list(Status)))) for a, b in pairs],
    )


@given(a_history(), st.integers(1, 25))
def test_days_sum_to_their_window(history, count):
    zone, at, stretches = history
    last = as_datetime(at).astimezone(ZoneInfo(zone)).date()

    found = days(stretches, zone, last, count)
    window = fill(stretches, found[0].from_at, found[-1].to_at)

    for status in Status:
        lengths = sum(day.lengths.get(status, 0) for day in found)
        assert lengths == sum(each.length for each in window if each.status is status)
    assert sum((day.uptime for day in found), Uptime(0, 0)) == uptime(window)
    for day in found:
        assert sum(day.lengths.values()) == day.to_at - day.from_at
        assert day.status is day_status(day.lengths)


@pytest.mark.parametrize(
    ("lengths", "status"),
    [
        ({UP: 23 * HOUR, DOWN: HOUR}, DOWN),
        ({UP: 23 * HOUR, DOWN: HOUR - 1}, Status.PARTIAL),
        ({UP: 23 * HOUR, Status.PARTIAL: 5 * HOUR}, Status.PARTIAL),
        ({UP: HOUR, Status.DEGRADED: 1}, Status.DEGRADED),
        ({UP: HOUR, Status.MAINTENANCE: 1}, Status.MAINTENANCE),
        ({Status.DEGRADED: 1, Status.MAINTENANCE: HOUR}, Status.DEGRADED),
        ({UP: 1, UNKNOWN: 23 * HOUR}, UP),
        ({UNKNOWN: DAY}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_a_day_in_a_word(lengths, status):
    assert day_status(lengths) is status


def test_days_within_a_window_are_cut_to_it():
    from_at, to_at = parse_iso("2026-03-28T12:00:00Z"), parse_iso("2026-03-30T01:00:00Z")
    stretches = [Stretch(from_at, to_at, UP)]

    found = days_within(stretches, "Europe/Berlin", from_at, to_at)

    assert [(each.date.day, (each.to_at - each.from_at) // HOUR) for each in found] == [
        (28, 11),
        (29, 23),  # the clocks jump
        (30, 3),
    ]
    assert all(each.lengths == {UP: each.to_at - each.from_at} for each in found)


@given(zones, st.integers(0, 20 * 365), st.integers(1, 5 * DAY))
def test_days_within_a_window_cover_it_without_a_hole(zone, day, length):
    from_at = parse_iso("2010-01-01T00:30:00Z") + day * DAY
    found = days_within([], zone, from_at, from_at + length)

    edges = [found[0].from_at, *(each.to_at for each in found)]
    assert (edges[0], edges[-1]) == (from_at, from_at + length)
    assert [each.from_at for each in found] == edges[:-1]
    assert len({each.date for each in found}) == len(found)
