"""A service as its row and its page show it: ready for the templates, which only place things."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from kener.core.days import Day, day_edges, days
from kener.core.histogram import Histogram, merge, quantile
from kener.core.instant import DAY, Instant
from kener.core.status import Status, Verdict
from kener.locales import N_, Language, gettext, ngettext, spoken
from kener.site.charts import SLOW, TYPICAL, Chart, chart, points, shades
from kener.site.headline import service_headline
from kener.site.sentences import LABELS, MARKS, STATES, label
from kener.site.snapshot import DAYS, Service, Snapshot
from kener.site.strips import LETTERS, STATUS_OF_VERDICT, day_statuses, paths
from kener.site.wording import (
    duration,
    full_date,
    local,
    milliseconds,
    number_word,
    percentage,
)

WINDOWS = (
    (N_("24 hours"), DAY),
    (N_("7 days"), 7 * DAY),
    (N_("30 days"), 30 * DAY),
    (N_("90 days"), 90 * DAY),
)
BAD = (Status.DOWN, Status.PARTIAL, Status.DEGRADED, Status.MAINTENANCE)
TROUBLE = {Verdict.MINOR, Verdict.MAJOR, Verdict.CRITICAL}
LEGEND_WORDS = {
    Status.UP: N_("Normal"),
    Status.DEGRADED: N_("Degraded"),
    Status.PARTIAL: N_("Partial"),
    Status.DOWN: N_("Outage"),
    Status.MAINTENANCE: N_("Planned"),
    Status.UNKNOWN: N_("No data"),
}


@dataclass(frozen=True, slots=True)
class Latency:
    """Response times of the last 24 h: the drawing and its figures, as text."""

    chart: Chart | None
    typical: str
    slow: str
    top: str


def legend() -> list[tuple[str, str, str]]:
    """(class, path data, word) for each state."""
    return [(*paths([status])[0], gettext(word)) for status, word in LEGEND_WORDS.items()]


def row(service: Service, seen: Snapshot) -> dict[str, Any]:
    """What the list on the first page shows of a service."""
    ninety = tuple(day_statuses(service.stretches, edges_shown(seen.today, seen.zone)))
    letter = LETTERS[service.status]
    return {
        "slug": service.slug,
        "name": service.name,
        "description": service.description,
        "letter": letter,
        "mark": MARKS[letter],
        "label": label(service),
        "strip": paths(ninety),
        "uptime": percent(service, seen.at - DAYS * DAY, seen.at),
        "spoken": _spoken(ninety, spoken()),
        "latency": _told_latency(service, seen, service.latency, 460, 44),
    }


@lru_cache(maxsize=1024)
def _spoken(ninety: tuple[Status, ...], _language: Language) -> str:
    bad = sum(status in BAD[:3] for status in ninety)
    return ngettext(
        "over 90 days, %(n)s day with problems",
        "over 90 days, %(n)s days with problems",
        bad,
        n=number_word(bad),
    )


def parts(seen: Snapshot, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sections of the first page, each with its state and rows. One in trouble stands open."""
    by_slug = {each["slug"]: each for each in rows}
    found = []
    for part in seen.parts:
        letter = LETTERS[STATUS_OF_VERDICT[part.verdict]]
        count = len(part.services)
        found.append(
            {
                "public_id": part.public_id,
                "name": part.name,
                "description": part.description,
                "count": ngettext("%(n)s service", "%(n)s services", count),
                "letter": letter,
                "label": gettext(LABELS[part.verdict]),
                "is_open": part.is_open or part.verdict in TROUBLE,
                "rows": [by_slug[each.slug] for each in part.services],
            }
        )
    return found


def whole(service: Service, seen: Snapshot, steps: Sequence[Histogram]) -> dict[str, Any]:
    """The same and all that the service's own page shows beside it; `steps` are its latencies."""
    ninety = service_days(service, seen)
    watched = any(each.status is not Status.UNKNOWN for each in ninety)
    return row(service, seen) | {
        "headline": service_headline(service),
        "since": service.standing.since if service.status is not Status.UP else None,
        "uptimes": [
            (gettext(name), percent(service, seen.at - back, seen.at)) for name, back in WINDOWS
        ],
        "days": [_told(each) for each in reversed(ninety)],
        "bad_days": [_told(each) for each in reversed(ninety) if each.status in BAD],
        "calm": gettext("No day with problems in the last 90 days.")
        if watched
        else gettext("Nothing was measured yet."),
        "calm_letter": "u" if watched else "n",
        "latency": _told_latency(service, seen, steps, 860, 150),
    }


def service_days(service: Service, seen: Snapshot) -> list[Day]:
    """The last 90 days in the page's zone, today the last of them."""
    return days(service.stretches, seen.zone, seen.today, DAYS)


@lru_cache(maxsize=8)
def edges_shown(today: date, zone: str) -> tuple[Instant, ...]:
    """Where the 90 days up to today begin, and where today ends."""
    shown = (today - timedelta(days=back) for back in reversed(range(DAYS)))
    return (*(day_edges(each, zone)[0] for each in shown), day_edges(today, zone)[1])


def percent(service: Service, from_at: Instant, to_at: Instant) -> str:
    """Uptime in [from, to): 99.99%, cut; a dash when nothing is known."""
    return percentage(service.uptime(from_at, to_at).text())


def _told_latency(
    service: Service, seen: Snapshot, steps: Sequence[Histogram], width: int, height: int
) -> Latency | None:
    if not service.tells_latency:
        return None
    return latency(service, seen, steps, width, height)


def latency(
    service: Service, seen: Snapshot, steps: Sequence[Histogram], width: int, height: int
) -> Latency:
    """Response times of the last 24 h, one point for each step, and the whole day's figures."""
    drawn = chart(points(steps), width, height)
    if drawn is None:
        return Latency(None, "–", "–", "–")
    # Both end with the step we are in, so that the drawing stands still from minute to minute.
    step = DAY // len(steps)
    end = -(-seen.at // step) * step
    *before, last = service.stretches
    told = shades([*before, replace(last, to_at=end)], end - DAY, end, width)
    drawn = replace(drawn, shades=told)
    day = merge(*steps)
    figures = (quantile(day, TYPICAL), quantile(day, SLOW), drawn.top)
    return Latency(drawn, *map(milliseconds, figures))


def _told(day: Day) -> dict[str, str]:
    """A line of the table of days."""
    lengths = [
        gettext(
            "%(state)s %(length)s",
            state=gettext(STATES[status]),
            length=duration(day.lengths[status]),
        )
        for status in BAD
        if day.lengths.get(status)
    ]
    return {
        "date": full_date(day.date),
        "letter": LETTERS[day.status],
        "label": gettext(STATES[day.status]),
        "uptime": percentage(day.uptime.text()),
        "text": gettext(", ").join(lengths),
    }


def half_day_ends(seen: Snapshot) -> dict[str, Instant]:
    """Noon of the first day shown, and of the first that phones show."""
    noon = local(seen.at, seen.zone).replace(hour=12, minute=0, second=0, microsecond=0)
    at = int(noon.timestamp() * 1000)
    return {"first": at - (DAYS - 1) * DAY, "half": at - (DAYS // 2 - 1) * DAY}
