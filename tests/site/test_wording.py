"""Times and lengths in words."""

import pytest

from kener.core.instant import DAY, HOUR, MINUTE, SECOND, parse_iso
from kener.locales import speaking
from kener.site.templates import written
from kener.site.wording import (
    duration,
    milliseconds,
    moment,
    number_word,
    percentage,
    rhythm,
    zone_offset,
)

AT = parse_iso("2026-11-23T13:31:40Z")


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (42 * SECOND, "42 s"),
        (52 * MINUTE, "52 min"),
        (59 * MINUTE + 59 * SECOND, "59 min"),
        (68 * MINUTE, "1 h 8 min"),
        (2 * HOUR, "2 h"),
        (DAY, "1 day"),
        (3 * DAY + 4 * HOUR, "3 days 4 h"),
    ],
)
def test_lengths_are_cut(length, text):
    assert duration(length) == text


@pytest.mark.parametrize(
    ("zone", "text"),
    [("UTC", "UTC"), ("Europe/Berlin", "UTC+1"), ("Asia/Kathmandu", "UTC+5:45"),
     ("America/St_Johns", "UTC−3:30")],
)  # fmt: skip
def test_a_zone_is_told_by_its_offset(zone, text):
    assert zone_offset(AT, zone) == text


def test_a_moment_is_on_the_zones_calendar():
    assert moment(AT, "Pacific/Auckland") == "24 Nov 2026, 02:31"


def test_a_time_of_another_day_says_the_day():
    assert written(AT, "n", "UTC", AT + HOUR) == "13:31"
    assert written(AT, "n", "UTC", AT + DAY) == "23 Nov, 13:31"


def test_small_numbers_are_words():
    assert [number_word(each) for each in (0, 1, 6, 13)] == ["no", "one", "six", "13"]


def test_latencies_change_their_unit_at_a_second():
    assert [milliseconds(each) for each in (None, 164.4, 1000, 1234)] == [
        "–",
        "164 ms",
        "1 s",
        "1.2 s",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(60, "every minute"), (90, "every 90 seconds"), (600, "every 10 minutes")],
)
def test_how_often_the_page_is_replaced_is_said_in_words(seconds, words):
    assert rhythm(seconds) == words


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("en", ("23 Nov 2026, 14:31", "99.98%", "3 days 4 h")),
        ("de", ("23. Nov. 2026, 14:31", "99,98\N{NO-BREAK SPACE}%", "3 Tage 4 h")),
        ("ja", ("2026年11月23日 14:31", "99.98%", "3日4時間")),
        ("tr", ("23 Kas 2026 14:31", "%99,98", "3 gün 4 sa")),
    ],
)
def test_dates_and_numbers_are_as_the_language_writes_them(tag, said):
    at = parse_iso("2026-11-23T14:31:00Z")
    with speaking(tag):
        assert (moment(at, "UTC"), percentage("99.98"), duration(3 * DAY + 4 * HOUR)) == said
