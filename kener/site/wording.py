"""Times and lengths as visitors read them. `static/site/status.js` writes them the same way."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from kener.core.instant import DAY, HOUR, MINUTE, SECOND, Instant, as_datetime

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def month_name(month: str) -> str:
    """Of 2026-11: November 2026"""
    year, _, number = month.partition("-")
    return f"{MONTH_NAMES[int(number) - 1]} {year}"


def local(at: Instant, zone: str) -> datetime:
    """The instant on the clocks of a zone."""
    return as_datetime(at).astimezone(ZoneInfo(zone))


def clock(at: Instant, zone: str) -> str:
    """14:31"""
    return local(at, zone).strftime("%H:%M")


def day(at: Instant, zone: str) -> str:
    """23 Nov"""
    return short_date(local(at, zone).date())


def short_date(day: date) -> str:
    """23 Nov"""
    return f"{day.day} {MONTHS[day.month - 1]}"


def full_date(day: date) -> str:
    """Monday 23 November 2026, with the month cut to three letters"""
    return f"{WEEKDAYS[day.weekday()]} {short_date(day)} {day.year}"


def moment(at: Instant, zone: str) -> str:
    """23 Nov 2026, 14:31"""
    there = local(at, zone)
    return f"{short_date(there.date())} {there.year}, {there:%H:%M}"


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
        return _with(count_of(days, "day"), rest // HOUR, "h")
    if length >= HOUR:
        return _with(f"{length // HOUR} h", length % HOUR // MINUTE, "min")
    return f"{length // MINUTE} min" if length >= MINUTE else f"{length // SECOND} s"


def count_of(count: int, noun: str) -> str:
    """1 day, 2 days"""
    return f"{count} {noun if count == 1 else noun + 's'}"


def count_word(count: int, noun: str) -> str:
    """Up to twelve in words: one day, six days, 13 days."""
    number = NUMBERS[count] if count < len(NUMBERS) else str(count)
    return f"{number} {noun if count == 1 else noun + 's'}"


def _with(whole: str, part: int, unit: str) -> str:
    return f"{whole} {part} {unit}" if part else whole


def milliseconds(value: float | None) -> str:
    """164 ms, 1.2 s; a dash when nothing was measured."""
    if value is None:
        return "–"
    if value < 1000:
        return f"{value:.0f} ms"
    return f"{value / 1000:.1f}".removesuffix(".0") + " s"


def rhythm(seconds: int) -> str:
    """How often the page is replaced."""
    if seconds == 60:
        return "every minute"
    return f"every {seconds} seconds" if seconds % 60 else f"every {seconds // 60} minutes"
