"""Times and lengths of time in plain words."""

from zoneinfo import ZoneInfo

from kener.core.instant import Instant, as_datetime

UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def length(seconds: int) -> str:
    """The largest unit or two, like "1 hour 30 minutes"; never less than it is by a unit."""
    parts = []
    for size, name in UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}" + ("s" if count > 1 else ""))
        elif parts:
            break
    return " ".join(parts[:2]) or "0 seconds"


def ago(seconds: int) -> str:
    """Roughly how long ago: "12 minutes ago"."""
    for size, name in UNITS:
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return "just now"


def wall_clock(at: Instant, time_zone: str) -> str:
    """The date and time on the clocks of a zone that is known to exist: 2026-03-10 03:00."""
    return f"{as_datetime(at).astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"
