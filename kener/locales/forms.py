"""How a language writes dates and numbers, in patterns that `static/site/status.js` fills as well.

Clocks have 24 hours in all of them, and digits are 0–9: a page of times is read at a glance.
"""

import datetime as dt
import re
from dataclasses import dataclass

from babel import Locale

_FIELD = re.compile(r"'([^']*)'|([a-zA-Z])\2*")
_NAMES = {
    "d": "{d}",
    "M": "{M}",
    "L": "{M}",
    "MMM": "{m}",
    "LLL": "{m}",
    "MMMM": "{F}",
    "LLLL": "{G}",
    "y": "{y}",
    "E": "{w}",
    "EEE": "{w}",
}
"""CLDR's letters, and what stands for them here."""


@dataclass(frozen=True, slots=True)
class Forms:
    """`day`, `weekday`, `date`, `full` and `month` are patterns with {d} day, {M} month's number,
    {m} its short name, {F} and {G} its name in a date and alone, {y} year and {w} weekday;
    `moment` one of {1} date and {0} time, `percent` one of {0}."""

    months: tuple[str, ...]
    long_months: tuple[str, ...]
    lone_months: tuple[str, ...]
    weekdays: tuple[str, ...]
    day: str
    weekday: str
    date: str
    full: str
    month: str
    moment: str
    percent: str
    decimal: str

    def written(self, pattern: str, day: dt.date) -> str:
        """A date, by one of the patterns."""
        number = day.month
        return pattern.format(
            d=day.day,
            M=number,
            m=self.months[number - 1],
            F=self.long_months[number - 1],
            G=self.lone_months[number - 1],
            y=day.year,
            w=self.weekdays[day.weekday()],
        )

    def number(self, text: str) -> str:
        """99.98 with this language's sign between whole and parts."""
        return text.replace(".", self.decimal)


def forms_of(locale: Locale) -> Forms:
    """What CLDR says of a locale."""
    symbols = locale.number_symbols
    names = locale.months
    return Forms(
        months=_twelve(names["format"]["abbreviated"]),
        long_months=_twelve(names["format"]["wide"]),
        lone_months=_twelve(names["stand-alone"]["wide"]),
        weekdays=tuple(locale.days["format"]["wide"][each] for each in range(7)),
        day=_pattern(locale, "MMMd"),
        weekday=_pattern(locale, "MMMEd"),
        date=_pattern(locale, "yMMMd"),
        full=_pattern(locale, "yMMMEd"),
        month=_pattern(locale, "yMMMM"),
        moment=str(locale.datetime_formats["medium"]),
        percent=_percent(locale),
        decimal=symbols["latn"]["decimal"],
    )


def _twelve(names: dict[int, str]) -> tuple[str, ...]:
    return tuple(names[each] for each in range(1, 13))


def _pattern(locale: Locale, skeleton: str) -> str:
    return _FIELD.sub(_field, str(locale.datetime_skeletons[skeleton].pattern))


def _field(found: re.Match[str]) -> str:
    return _NAMES[found.group()] if found.group(2) else found.group(1)


def _percent(locale: Locale) -> str:
    pattern: str = locale.percent_formats[None].pattern
    return re.sub("[#0,.]+", "{0}", pattern)
