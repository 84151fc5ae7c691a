"""Times and lengths as visitors read them, in the language that is spoken. `static/site/status.js`
writes them the same way."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from kener.core.instant import DAY, HOUR, MINUTE, SECOND, Instant, as_datetime
from kener.locales import SOURCE, Language, gettext, ngettext, spoken

NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def month_name(month: str) -> str:
    """Of 2026-11: November 2026"""
    year, _, number = month.partition("-")
    forms = spoken().forms
    return forms.written(forms.month, date(int(year), int(number), 1))


def local(at: Instant, zone: str) -> datetime:
    """The instant on the clocks of a zone."""
    return as_datetime(at).astimezone(ZoneInfo(zone))


def clock(at: Instant, zone: str) -> str:
    """14:31"""
    return local(at, zone).strftime("%H:%M")


def day(at: Instant, zone: str) -> str:
    """23 Nov"""
    return short_date(local(at, zone).date())


def month_alone(at: Instant, zone: str) -> str:
    """Nov"""
    return spoken().forms.months[local(at, zone).month - 1]


def short_date(day: date) -> str:
    """23 Nov"""
    forms = spoken().forms
    return forms.written(forms.day, day)


def full_date(day: date) -> str:
    """Monday 23 November 2026, with the month cut to three letters or so"""
    return _full_date(day, spoken())


@lru_cache(maxsize=4096)
def _full_date(day: date, language: Language) -> str:
    return language.forms.written(language.forms.full, day)


def moment(at: Instant, zone: str) -> str:
    """23 Nov 2026, 14:31"""
    there, forms = local(at, zone), spoken().forms
    return forms.moment.format(f"{there:%H:%M}", forms.written(forms.date, there.date()))


def brief(at: Instant, zone: str) -> str:
    """22 Nov, 14:31"""
    return spoken().forms.moment.format(clock(at, zone), day(at, zone))


def zone_offset(at: Instant, zone: str) -> str:
    """How far ahead of UTC at that instant: UTC+1, UTC+5:45, UTC."""
    offset = local(at, zone).utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"


def duration(length: int) -> str:
    """Of ms: 42 s, 52 min, 1 h 8 min, 3 days 4 h. Parts are cut, never rounded up."""
    if length >= DAY:
        days, rest = divmod(length, DAY)
        whole = ngettext("%(n)s day", "%(n)s days", days)
        return _with(whole, hours(rest // HOUR) if rest >= HOUR else "")
    if length >= HOUR:
        rest = length % HOUR // MINUTE
        return _with(hours(length // HOUR), minutes(rest) if rest else "")
    return minutes(length // MINUTE) if length >= MINUTE else seconds(length // SECOND)


def hours(count: object) -> str:
    """3 h"""
    return gettext("%(n)s h", n=count)


def minutes(count: object) -> str:
    """3 min"""
    return gettext("%(n)s min", n=count)


def seconds(count: object) -> str:
    """3 s"""
    return gettext("%(n)s s", n=count)


def number_word(count: int) -> str:
    """In English up to twelve in words; elsewhere words for numbers are another with each noun."""
    is_word = count < len(NUMBERS) and spoken().tag == SOURCE
    return NUMBERS[count] if is_word else str(count)


def _with(whole: str, part: str) -> str:
    return gettext("%(whole)s %(part)s", whole=whole, part=part) if part else whole


def milliseconds(value: float | None) -> str:
    """164 ms, 1.2 s; a dash when nothing was measured."""
    if value is None:
        return "–"
    if value < 1000:
        return gettext("%(n)s ms", n=f"{value:.0f}")
    return seconds(spoken().forms.number(f"{value / 1000:.1f}".removesuffix(".0")))


def percentage(text: str | None) -> str:
    """Of 99.98: 99.98%; a dash when nothing is known."""
    forms = spoken().forms
    return forms.percent.format(forms.number(text)) if text else "–"


def rhythm(length: int) -> str:
    """How often (s) the page is replaced."""
    if length % 60:
        return ngettext("every second", "every %(n)s seconds", length)
    return ngettext("every minute", "every %(n)s minutes", length // 60)
