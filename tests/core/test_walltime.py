"""Times on a wall, and the instants they mean."""

from datetime import datetime

import pytest

from kener.core.instant import iso, parse_iso
from kener.core.walltime import instant_of, is_zone, wall_of


@pytest.mark.parametrize(
    ("zone", "wall", "at"),
    [
        ("UTC", "2026-03-29T02:00", "2026-03-29T02:00:00Z"),
        ("Asia/Kathmandu", "2026-03-29T02:00", "2026-03-28T20:15:00Z"),
        # skipped: as if the clock had not jumped
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30:00Z"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:45:00Z"),
        # twice: the first
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"),
    ],
)
def test_a_clock_that_jumps_is_read_as_the_standard_says(zone, wall, at):
    assert iso(instant_of(datetime.fromisoformat(wall), zone)) == at


def test_what_a_clock_shows_has_no_zone():
    shown = wall_of(parse_iso("2026-10-25T01:30:00Z"), "Europe/Berlin")

    assert (shown.isoformat(), shown.fold) == ("2026-10-25T02:30:00", 0)


@pytest.mark.parametrize(
    "name",
    ["", "Europe", "Mars/Olympus", "../../etc/passwd", "x" * 300, "\0", "localtime", "right/UTC"],
)
def test_what_is_no_zone_is_told_apart(name):
    assert is_zone("Europe/Berlin")
    assert not is_zone(name)
