"""Which time is asked for: a window that ends now, or from and to."""

from typing import Annotated

from pydantic import AfterValidator, Field

from kener.actions.fields import Fields, Problem, words_of
from kener.actions.incident_fields import EARLIEST, At
from kener.core.errors import Invalid
from kener.core.instant import DAY, Instant

WINDOWS = {"24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY, "1y": 365 * DAY}
USUAL = "24h"
LONGEST = 366 * DAY
Window = tuple[Instant, Instant]


def _known(window: str) -> str:
    if window not in WINDOWS:
        raise ValueError(f"must be one of {', '.join(WINDOWS)}")
    return window


class TimesQuery(Fields):
    """From when to when; times are ISO 8601 with their zone."""

    from_at: At = Field(default=None, alias="from")
    to_at: At = Field(default=None, alias="to")


class WindowQuery(TimesQuery):
    """The same, or a window by its name."""

    window: Annotated[str, AfterValidator(_known), words_of(WINDOWS)] | None = None


def window_of(asked: WindowQuery, now: Instant) -> Window:
    """[from, to), never beyond `now`; without anything the last 24 hours. Invalid as `times_of`."""
    if asked.window is not None and (asked.from_at, asked.to_at) != (None, None):
        raise Invalid({"window": Problem("give either this or from and to")})
    if asked.from_at is None and asked.to_at is not None:
        raise Invalid({"from": Problem("is needed beside to", "required")})
    if asked.from_at is None:
        return now - WINDOWS[asked.window or USUAL], now
    _, to_at = times_of(asked, now)
    if to_at - asked.from_at > LONGEST:
        raise Invalid({"from": Problem("must be at most 366 days before to")})
    return asked.from_at, to_at


def times_of(asked: TimesQuery, now: Instant) -> tuple[Instant | None, Instant]:
    """From (None when it was not said) and to, which is `now` at the latest. Invalid when they are
    in the future, in no sane order, or older than all that can be known."""
    to_at = now if asked.to_at is None else min(asked.to_at, now)
    problems: dict[str, str] = {}
    for name, at in (("from", asked.from_at), ("to", asked.to_at)):
        if at is not None and at < EARLIEST:
            problems[name] = Problem("must lie after the year 2000")
    if asked.from_at is not None and "from" not in problems:
        if asked.from_at >= now:
            problems["from"] = Problem("must lie in the past")
        elif asked.from_at >= to_at:
            problems["from"] = Problem("must lie before to")
    if problems:
        raise Invalid(problems)
    return asked.from_at, to_at
