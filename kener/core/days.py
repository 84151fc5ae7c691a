"""Days as people have them: from midnight to midnight in a time zone, 23 to 25 hours long."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from kener.core.instant import HOUR, Instant, as_datetime, instant
from kener.core.status import Status
from kener.core.timeline import Stretch, cut
from kener.core.uptime import Uptime, uptime

OUTAGE = HOUR
"""How long something is down on a day until the day is an outage."""


@dataclass(frozen=True, slots=True)
class Day:
    """A local day. `lengths` says how many ms it had of each status; what nobody watched and what
    is still to come is unknown there, so that they sum to the day."""

    date: date
    from_at: Instant
    to_at: Instant
    status: Status
    lengths: Mapping[Status, int]
    uptime: Uptime


def day_edges(day: date, zone: str) -> tuple[Instant, Instant]:
    """[from, to) of a local day. ZoneInfoNotFoundError for a zone that does not exist.

    Where clocks skip midnight the day begins when they do; a day that a zone left out is empty.
    """
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def days(stretches: Sequence[Stretch], zone: str, last: date, count: int) -> list[Day]:
    """The `count` local days up to and including `last`, oldest first, of displayed stretches,
    which must be in order and not overlap."""
    found, at = [], 0
    for back in reversed(range(count)):
        day = last - timedelta(days=back)
        begin, end = day_edges(day, zone)
        while at < len(stretches) and stretches[at].to_at <= begin:
            at += 1
        if at < len(stretches) and stretches[at].from_at <= begin and end <= stretches[at].to_at:
            found.append(_plain_day(day, begin, end, stretches[at].status))
        else:
            found.append(_day(stretches, day, begin, end))
    return found


def days_within(
    stretches: Sequence[Stretch], zone: str, from_at: Instant, to_at: Instant
) -> list[Day]:
    """The local days that [from, to) touches, oldest first, each cut to it; of displayed stretches
    as above."""
    first, last = (as_datetime(at).astimezone(ZoneInfo(zone)).date() for at in (from_at, to_at))
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        begin, end = day_edges(day, zone)
        begin, end = max(begin, from_at), min(end, to_at)
        if begin < end:
            found.append(_day(stretches, day, begin, end))
    return found


def day_status(lengths: Mapping[Status, int]) -> Status:
    """A whole day in a word: an outage from 60 min of down, partial with any of it or of partial,
    degraded with only that, then maintenance, up, and unknown when nobody watched."""
    if lengths.get(Status.DOWN, 0) >= OUTAGE:
        return Status.DOWN
    if lengths.get(Status.DOWN) or lengths.get(Status.PARTIAL):
        return Status.PARTIAL
    for status in (Status.DEGRADED, Status.MAINTENANCE, Status.UP):
        if lengths.get(status):
            return status
    return Status.UNKNOWN


@lru_cache(maxsize=2048)
def _plain_day(day: date, from_at: Instant, to_at: Instant, status: Status) -> Day:
    """A day with one status from its beginning to its end: most are, and alike for all services."""
    lengths = {status: to_at - from_at}
    inside = [Stretch(from_at, to_at, status)]
    return Day(day, from_at, to_at, day_status(lengths), lengths, uptime(inside))


def _day(stretches: Sequence[Stretch], day: date, from_at: Instant, to_at: Instant) -> Day:
    first = bisect_right(stretches, from_at, key=lambda each: each.to_at)
    end = bisect_left(stretches, to_at, lo=first, key=lambda each: each.from_at)
    inside = cut(stretches[first:end], from_at, to_at)
    lengths: dict[Status, int] = {}
    for each in inside:
        lengths[each.status] = lengths.get(each.status, 0) + each.length
    unseen = to_at - from_at - sum(lengths.values())
    if unseen:
        lengths[Status.UNKNOWN] = lengths.get(Status.UNKNOWN, 0) + unseen
    return Day(day, from_at, to_at, day_status(lengths), lengths, uptime(inside))


@lru_cache(maxsize=4096)
def _midnight(day: date, zone: str) -> Instant:
    # Through UTC: the difference of two times in one zone would ignore its offsets.
    return instant(datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC))
