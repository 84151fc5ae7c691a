"""Cron expressions, on both days when the clocks change and on all others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kener.checks import check_cron, next_cron
from kener.core.errors import Invalid
from kener.core.instant import MINUTE, iso, parse_iso


def following(expression, zone, after, count):
    slots = []
    at = parse_iso(after)
    for _ in range(count):
        at = next_cron(expression, zone, at)
        slots.append(iso(at))
    return slots


def test_working_days_at_nine_where_the_writer_lives():
    assert following("0 9 * * MON-FRI", "Asia/Kathmandu", "2026-03-06T00:00:00Z", 2) == [
        "2026-03-06T03:15:00Z",
        "2026-03-09T03:15:00Z",
    ]


def test_a_slot_is_later_than_what_it_follows():
    assert following("*/5 * * * *", "UTC", "2026-03-06T00:05:00Z", 1) == ["2026-03-06T00:10:00Z"]
    assert following("*/5 * * * *", "UTC", "2026-03-06T00:04:59.999Z", 1) == [
        "2026-03-06T00:05:00Z"
    ]


def test_what_would_fire_in_the_skipped_hour_fires_when_the_clocks_have_jumped():
    # 2026-03-29, Berlin: 02:00 becomes 03:00, at 01:00 UTC.
    assert following("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3) == [
        "2026-03-28T01:30:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-30T00:30:00Z",
    ]


def test_what_would_fire_in_the_repeated_hour_fires_once():
    # 2026-10-25, Berlin: 03:00 becomes 02:00, at 01:00 UTC.
    assert following("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2) == [
        "2026-10-25T00:30:00Z",
        "2026-10-26T01:30:00Z",
    ]
    # Also when asked from within the repetition.
    assert following("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1) == [
        "2026-10-26T01:30:00Z"
    ]


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_an_hourly_rhythm_stays_hourly_when_the_clocks_change(day):
    hours = following("0 * * * *", "Europe/Berlin", f"{day}T00:00:00Z", 3)

    assert hours == [f"{day}T0{hour}:00:00Z" for hour in (1, 2, 3)]


def test_half_an_hour_is_a_change_of_clocks_too():
    # 2026-04-05, Lord Howe: 02:00 becomes 01:30, at 15:00 UTC of the day before.
    assert following("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00Z", 2) == [
        "2026-04-04T14:45:00Z",
        "2026-04-05T15:15:00Z",
    ]


@given(
    st.sampled_from(["*/7 * * * *", "30 2 * * *", "15,45 1-3 * * *", "0 */5 * * SUN"]),
    st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York"]),
    st.integers(parse_iso("2026-01-01T00:00:00Z"), parse_iso("2027-01-01T00:00:00Z")),
)
def test_slots_only_ever_go_forward_and_lie_on_minutes(expression, zone, after):
    slot = next_cron(expression, zone, after)

    assert slot > after
    assert slot % MINUTE == 0
    assert next_cron(expression, zone, slot - 1) == slot


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "* * * *",
        "* * * * * *",
        "61 * * * *",
        "x * * * *",
        "*/0 * * * *",
        "0 0 30 2 *",
        "² * * * *",
    ],
)
def test_what_is_not_a_cron_expression_is_refused(expression):
    with pytest.raises(Invalid) as error:
        check_cron(expression, "UTC")

    assert list(error.value.problems) == ["cron"]
    assert error.value.problems["cron"].startswith("must be five fields")


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "Europe", "../UTC", "x" * 500, "a\0b", "/etc"]
)
def test_what_is_not_a_time_zone_is_refused(zone):
    with pytest.raises(Invalid) as error:
        check_cron("0 0 * * *", zone)

    assert error.value.problems == {"time_zone": "must be a time zone like UTC or Europe/Berlin"}


def test_a_good_schedule_passes():
    check_cron("0 0 29 2 *", "Europe/Berlin")
