"""Strips of ticks, drawn as few paths: trouble stands taller than calm.

Every run of equal ticks is one horizontal line; the stylesheet cuts it into ticks with a dash
pattern and gives each state its height. `static/site/status.js` draws the same.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby, repeat

from kener.core.days import day_status
from kener.core.instant import DAY, MINUTE, Instant
from kener.core.status import SEVERITY, Status, Verdict, verdict
from kener.core.timeline import Stretch, cut

LETTERS: dict[Status, str] = {
    Status.UP: "u",
    Status.DEGRADED: "d",
    Status.PARTIAL: "p",
    Status.DOWN: "o",
    Status.MAINTENANCE: "m",
    Status.UNKNOWN: "n",
}
"""The classes of the stylesheet."""
LINES: dict[str, tuple[str, ...]] = {
    "u": ("20",),
    "d": ("17.5",),
    "p": ("15",),
    "o": ("12",),
    "m": ("22.5", "17.5"),
    "n": ("23",),
}
"""Where the lines of each state run, of 24 down: half their height above the ground."""
STATUS_OF_VERDICT: dict[Verdict, Status] = {
    Verdict.NONE: Status.UP,
    Verdict.MINOR: Status.DEGRADED,
    Verdict.MAJOR: Status.PARTIAL,
    Verdict.CRITICAL: Status.DOWN,
    Verdict.MAINTENANCE: Status.MAINTENANCE,
    Verdict.UNKNOWN: Status.UNKNOWN,
}
TICK = 10 * MINUTE
TICKS = DAY // TICK
_ORDER = (Status.UNKNOWN, Status.UP, Status.MAINTENANCE, *list(SEVERITY)[1:])
_RANK = {status: rank for rank, status in enumerate(_ORDER)}


def paths(statuses: Iterable[Status]) -> Sequence[tuple[str, str]]:
    """(class, path data) for each state that occurs, at most six."""
    return _paths(tuple(statuses))


@lru_cache(maxsize=4096)
def _paths(statuses: tuple[Status, ...]) -> tuple[tuple[str, str], ...]:
    runs: dict[str, list[tuple[int, int]]] = {}
    at = 0
    for status, group in groupby(statuses):
        length = sum(1 for _ in group)
        runs.setdefault(LETTERS[status], []).append((at, length))
        at += length
    drawn = (
        (letter, _path(lines, runs[letter])) for letter, lines in LINES.items() if letter in runs
    )
    return tuple(drawn)


def _path(lines: Sequence[str], runs: Sequence[tuple[int, int]]) -> str:
    return "".join(f"M{at} {y}h{length}" for y in lines for at, length in runs)


def day_statuses(stretches: Sequence[Stretch], edges: Sequence[Instant]) -> list[Status]:
    """What `core.days.days` says of each day between the edges, in one walk along the stretches:
    a day inside one stretch needs no sums. For strips of thousands of services."""
    within = cut(stretches, edges[0], edges[-1])
    if len(within) == 1 and within[0].length == edges[-1] - edges[0]:
        return [within[0].status] * (len(edges) - 1)
    found = [Status.UNKNOWN] * (len(edges) - 1)
    mixed: dict[int, dict[Status, int]] = {}
    for each in within:
        first = bisect_right(edges, each.from_at) - 1
        last = bisect_left(edges, each.to_at)
        begin = first + (each.from_at > edges[first])
        end = last - (each.to_at < edges[last])
        found[begin:end] = [each.status] * (end - begin)
        for day in {first, last - 1} - set(range(begin, end)):
            from_at, to_at = max(each.from_at, edges[day]), min(each.to_at, edges[day + 1])
            lengths = mixed.setdefault(day, {})
            lengths[each.status] = lengths.get(each.status, 0) + to_at - from_at
    for day, lengths in mixed.items():
        found[day] = day_status(lengths)
    return found


def pulse(histories: Sequence[Sequence[Stretch]], now: Instant) -> list[Status]:
    """The page's state in each ten minutes of the last 24 h, the one we are in last: in each the
    roll-up of the worst that every service had in it."""
    end = -(-now // TICK) * TICK
    # Most services had the same day, and of those one says it all.
    distinct = {tuple(_worst_of_ticks(stretches, end)) for stretches in histories}
    ticks = zip(*distinct, strict=True) if distinct else repeat((), TICKS)
    return [STATUS_OF_VERDICT[verdict(each)] for each in ticks]


def _worst_of_ticks(stretches: Sequence[Stretch], end: Instant) -> list[Status]:
    ticks = [Status.UNKNOWN] * TICKS
    start = end - DAY
    for each in cut(stretches, start, end):
        first, last = (each.from_at - start) // TICK, -(-(each.to_at - start) // TICK)
        if first == 0 and last == TICKS:
            return [each.status] * TICKS
        for tick in range(first, last):
            if _RANK[each.status] > _RANK[ticks[tick]]:
                ticks[tick] = each.status
    return ticks


def troubled_since(histories: Iterable[Sequence[Stretch]]) -> Instant | None:
    """Since when without a break any service that is not up now has not been up."""
    begins = [begin for each in histories if (begin := _trouble(each)) is not None]
    return min(begins, default=None)


def _trouble(stretches: Sequence[Stretch]) -> Instant | None:
    begin = None
    for each in reversed(stretches):
        if each.status in {Status.UP, Status.UNKNOWN}:
            break
        begin = each.from_at
    return begin
