"""Instants: whole milliseconds since 1970-01-01T00:00:00Z, the one form of time inside Kener.

Whole numbers compare, store and pack exactly; ISO 8601 with Z is how they look outside.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

Instant = int

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_START = _EPOCH.replace(tzinfo=None)


def instant(moment: datetime) -> Instant:
    """The instant of an aware datetime; a naive one is a bug and raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is not an instant")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def as_datetime(at: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + timedelta(milliseconds=at)


def iso(at: Instant) -> str:
    """RFC 3339 with Z, seconds unless there are milliseconds: 2026-01-31T10:30:00Z."""
    days, rest = divmod(at, DAY)
    seconds, rest = divmod(rest, SECOND)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{_date(days)}T{hours:02}:{minutes:02}:{seconds:02}"
    return f"{text}.{rest:03}Z" if rest else f"{text}Z"


@lru_cache(400)
def _date(days: int) -> str:
    """The date that lies so many days after 1970 began. Thousands of times are of few days."""
    return (_START + timedelta(days)).date().isoformat()


def iso_or_none(at: Instant | None) -> str | None:
    """The same for what may not have happened."""
    return None if at is None else iso(at)


def parse_iso(text: str) -> Instant:
    """The instant of an ISO 8601 text with a zone; ValueError says what is wrong."""
    return instant(datetime.fromisoformat(text))
