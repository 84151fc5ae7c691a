"""Rules of RFC 5545 on the clocks of a zone."""

from datetime import datetime
from itertools import islice
from time import monotonic

import pytest
from factories import NOW
from hypothesis import given
from hypothesis import strategies as st

from kener.actions.recurrence import occurrences, read_rule
from kener.core.instant import DAY, iso, parse_iso
from kener.core.walltime import wall_of

FAR = NOW + 4000 * DAY


ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
wall = datetime.fromisoformat


def begins(starts, zone, rule, count, *exceptions, until=FAR):
    """The first so many windows, as ISO texts."""
    every = occurrences(wall(starts), zone, rule, exceptions, until)
    return [iso(at) for at in islice(every, count)]


def test_without_a_rule_there_is_one():
    assert begins("2026-03-29T02:00", "Europe/Berlin", "", 5) == ["2026-03-29T01:00:00Z"]


@pytest.mark.parametrize(
    ("zone", "starts", "expected"),
    [
        (
            "Europe/Berlin",
            "2026-03-28T02:30",
            ["2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"],
        ),
        (
            "Europe/Berlin",
            "2026-10-24T02:30",
            ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        ),
        (
            "America/New_York",
            "2026-03-07T02:30",
            ["2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"],
        ),
        (
            "America/New_York",
            "2026-10-31T01:30",
            ["2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"],
        ),
        (
            "Asia/Kathmandu",
            "2026-03-28T02:30",
            ["2026-03-27T20:45:00Z", "2026-03-28T20:45:00Z", "2026-03-29T20:45:00Z"],
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-03T02:15",
            ["2026-10-02T15:45:00Z", "2026-10-03T15:45:00Z", "2026-10-04T15:15:00Z"],
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-04T01:45",
            ["2026-04-03T14:45:00Z", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"],
        ),
    ],
)
def test_two_in_the_morning_stays_that_when_clocks_change(zone, starts, expected):
    assert begins(starts, zone, "FREQ=DAILY", 3) == expected


def test_an_hour_that_is_skipped_is_no_second_window():
    assert begins("2026-03-29T01:30", "Europe/Berlin", "FREQ=HOURLY", 3) == [
        "2026-03-29T00:30:00Z",
        "2026-03-29T01:30:00Z",
        "2026-03-29T02:30:00Z",
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=SU", ["2026-01-04", "2026-01-11", "2026-01-18"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", ["2026-01-01", "2026-01-13", "2026-01-15"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
            ["2026-01-01", "2026-02-02", "2026-03-02"],
        ),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["2028-02-29", "2032-02-29", "2036-02-29"]),
        ("FREQ=DAILY;COUNT=2", ["2026-01-01", "2026-01-02"]),
        ("FREQ=DAILY;UNTIL=20260102", ["2026-01-01", "2026-01-02"]),
        ("FREQ=DAILY;UNTIL=20260102T040000", ["2026-01-01", "2026-01-02"]),
        ("FREQ=DAILY;UNTIL=20260102T035959", ["2026-01-01"]),
        ("FREQ=DAILY;UNTIL=20260102T030000Z", ["2026-01-01", "2026-01-02"]),
        ("FREQ=DAILY;UNTIL=20260102T025959Z", ["2026-01-01"]),
    ],
)
def test_rules_mean_what_the_standard_says(rule, expected):
    far = parse_iso("2040-01-01T00:00:00Z")
    every = occurrences(wall("2026-01-01T04:00"), "Europe/Berlin", read_rule(rule), (), far)

    shown = [wall_of(at, "Europe/Berlin").isoformat() for at in islice(every, 3)]
    assert shown == [f"{day}T04:00:00" for day in expected]


def test_exceptions_are_days_or_times_and_count_as_windows():
    found = begins(
        "2026-01-01T04:00", "UTC", "FREQ=DAILY;COUNT=4", 9, "2026-01-02", "2026-01-03T04:00:00"
    )

    assert found == ["2026-01-01T04:00:00Z", "2026-01-04T04:00:00Z"]
    assert begins("2026-01-01T04:00", "UTC", "FREQ=DAILY;COUNT=1", 9, "2026-01-01T05:00:00") != []


def test_nothing_comes_after_the_end_that_was_asked_for():
    until = parse_iso("2026-01-02T04:00:00Z")

    assert len(begins("2026-01-01T04:00", "UTC", "FREQ=DAILY", 99, until=until)) == 2


@given(
    st.sampled_from(ZONES),
    st.datetimes(wall("2025-01-01"), wall("2027-12-31")).map(lambda at: at.replace(microsecond=0)),
)
def test_each_window_shows_the_same_time_on_the_clock_unless_it_was_skipped(zone, starts):
    every = list(islice(occurrences(starts, zone, "FREQ=DAILY", (), FAR), 400))
    shown = [wall_of(at, zone) for at in every]

    assert every == sorted(set(every))
    assert len({each.date() for each in shown}) == 400
    assert sum(each.time() != starts.time() for each in shown) <= 2


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=DAILY;BYSECOND=1",
        "FREQ=DAILY;BYMINUTE=1",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=99999",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20271345",
        "FREQ=DAILY;UNTIL=00000101T000000Z",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=٣",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=DAILY;BYSETPOS=1",
        "INTERVAL=2",
        "FREQ=DAILY\nDTSTART:20260101T000000",
        "DTSTART:20260101;FREQ=DAILY",
        "FREQ",
        "every sunday",
        "FREQ=YEARLY;BYYEARDAY=" + ",".join(["1"] * 300),
    ],
)
def test_what_is_no_rule_of_ours_is_refused(rule):
    with pytest.raises(ValueError, match=r"^(has|needs|must) "):
        read_rule(rule)


def test_a_rule_may_bear_its_name_and_be_written_small():
    assert read_rule(" rrule:freq=weekly;byday=su; ") == "FREQ=WEEKLY;BYDAY=SU"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=31;BYHOUR=3",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
    ],
)
def test_a_rule_that_never_comes_true_is_soon_done_with(rule):
    begun = monotonic()

    assert begins("2026-01-01T04:00", "UTC", read_rule(rule), 1) == []
    assert monotonic() - begun < 20
