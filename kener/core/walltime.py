"""Times as clocks on a wall show them, and the instants they mean.

Where clocks jump, RFC 5545 (3.3.5) decides: a time that is skipped counts by the offset before the
jump (02:30 is then 03:30), and of a time that comes twice the first is meant.
"""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from kener.core.instant import Instant, as_datetime, instant


def instant_of(wall: datetime, zone: str) -> Instant:
    """When a clock in the zone shows this naive time. ZoneInfoNotFoundError for no such zone."""
    return instant(wall.replace(tzinfo=ZoneInfo(zone), fold=0))


def wall_of(at: Instant, zone: str) -> datetime:
    """What a clock in the zone shows, as a naive time."""
    return as_datetime(at).astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name, like Europe/Berlin, on every machine: `localtime`
    and `right/UTC` are files of some."""
    return name in _zones()


@cache
def _zones() -> frozenset[str]:
    """Read once: they are files."""
    return frozenset(available_timezones() - {"localtime", "Factory"})
