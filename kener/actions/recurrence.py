"""When planned work comes again: recurrence rules of RFC 5545 on the clocks of a time zone."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime, time, timedelta
from itertools import takewhile

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from kener.core.instant import Instant, parse_iso
from kener.core.walltime import instant_of, wall_of

CYCLE = 7600
"""Years by which rules are asked later than they are meant: the calendar repeats every 400. A rule
that never comes true is searched by dateutil up to the year 9999, and this makes that soon."""
LONGEST = 500
_NUMBER = {
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYHOUR": (0, 23, False),
    "BYSETPOS": (1, 366, True),
}
"""Parts that are lists of numbers: the least, the most, and whether they may count from the end."""
_SHAPES = {
    "FREQ": r"HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9]\d{0,2}",
    "COUNT": r"[1-9]\d{0,3}",
    "UNTIL": r"\d{8}(T\d{6}Z?)?",
    "BYDAY": r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU))*",
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
    **dict.fromkeys(_NUMBER, r"[+-]?\d{1,3}(,[+-]?\d{1,3})*"),
}


def read_rule(text: str) -> str:
    """A rule in capitals and without its name, `FREQ=WEEKLY;BYDAY=SU`; ValueError says what is
    wrong with it. The time of day is that of the first window, so minutes and seconds are none of
    its parts."""
    if len(text) > LONGEST:
        raise ValueError(f"must have at most {LONGEST} characters")
    parts = _parts_of(text)
    if "FREQ" not in parts:
        raise ValueError("needs FREQ, like FREQ=WEEKLY;BYDAY=SU")
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError("must not have both COUNT and UNTIL")
    if "BYSETPOS" in parts and not any(each in parts for each in ("BYDAY", *_NUMBER)[:-1]):
        raise ValueError("needs another BY part beside BYSETPOS")
    if re.search(r"\d", parts.get("BYDAY", "")) and parts["FREQ"] not in {"MONTHLY", "YEARLY"}:
        raise ValueError("has a number before a day of BYDAY, which needs MONTHLY or YEARLY")
    if "UNTIL" in parts:
        _until(parts["UNTIL"], "UTC")
    return _written(parts)


def occurrences(
    starts: datetime, zone: str, rule: str, exceptions: Collection[str], until: Instant
) -> Iterator[Instant]:
    """When windows begin, in order and up to `until`: on the clocks of the zone the first one not
    before `starts`, at its time of day, without those that an exception names (a day or a time of
    these clocks). Without a rule there is one. ValueError for a rule that can never come true."""
    last: Instant | None = None
    left_out = frozenset(exceptions)
    for wall in _walls(starts, zone, rule, until):
        if not left_out.isdisjoint((wall.isoformat(), wall.date().isoformat())):
            continue
        at = instant_of(wall, zone)
        if at > until:
            return
        if last is None or at > last:  # two times of an hour that is skipped are one instant
            yield at
            last = at


def _walls(starts: datetime, zone: str, rule: str, until: Instant) -> Iterator[datetime]:
    if not rule:
        yield starts
        return
    parts = _parts_of(rule)
    end = wall_of(until, zone) + timedelta(days=1)
    if "UNTIL" in parts:
        end = min(end, _until(parts["UNTIL"], zone))
    later = rrulestr(_without_until(parts), dtstart=starts.replace(year=starts.year + CYCLE))
    now = (each.replace(year=each.year - CYCLE) for each in later)
    yield from takewhile(lambda each: each <= end, now)


def _parts_of(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for each in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, _, value = each.partition("=")
        if name not in _SHAPES:
            raise ValueError(f"has no part {name[:20]}; there are {', '.join(_SHAPES)}")
        if name in parts:
            raise ValueError(f"has {name} twice")
        if not re.fullmatch(_SHAPES[name], value, re.ASCII) or not _fits(name, value):
            raise ValueError(_wrong(name))
        parts[name] = value
    return parts


def _fits(name: str, value: str) -> bool:
    if name not in _NUMBER:
        return True
    least, most, both = _NUMBER[name]
    numbers = [int(each) for each in value.split(",")]
    return all(least <= (abs(each) if both else each) <= most for each in numbers)


def _wrong(name: str) -> str:
    if name == "FREQ":
        return "has a FREQ that is none of HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY"
    return f"has a {name} that is wrong"


def _written(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _without_until(parts: dict[str, str]) -> str:
    return _written({"WKST": "MO"} | {k: v for k, v in parts.items() if k != "UNTIL"})


def _until(text: str, zone: str) -> datetime:
    """The last time at which a window may begin, on the clocks of the zone; ValueError for none."""
    try:
        if text.endswith("Z"):
            return wall_of(parse_iso(text), zone)
        day = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValueError(_wrong("UNTIL")) from None
    return day if "T" in text else datetime.combine(day, time.max)
