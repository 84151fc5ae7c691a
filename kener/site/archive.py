"""The pages beside the first one: history by month, uptime by month, maintenance, and what programs
can read here."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from kener.core.days import day_edges
from kener.core.instant import Instant
from kener.site.pages import Page, page_key
from kener.site.planned import Planned
from kener.site.rows import percent
from kener.site.snapshot import Service, Snapshot, Story
from kener.site.stories import told
from kener.site.wording import count_of, duration, local, month_name

WHOLE_MONTHS = 2
"""Months before this one of which every day was read: 90 days and a bit are."""
Context = Mapping[str, Any]


def archive_pages(seen: Snapshot, site: Context) -> Iterator[Page]:
    """All of them. A page's path is its address without `index.html`."""
    months = months_of(seen)
    yield _history(seen, site, months)
    for month in months:
        yield _month(seen, site, month, months)
    yield _uptime(seen, site)
    yield _maintenance(seen, site)
    for path, name in (("404.html", "404"), ("developers/index.html", "developers")):
        key = page_key(seen, name, site["state"])
        yield Page(path, f"site/{name}.html", {"site": site}, key)


def months_of(seen: Snapshot) -> list[str]:
    """`2026-11`: this month, and all before it since the first that has an incident."""
    today = seen.today.replace(day=1)
    first = min([_month_of(each, seen.zone) for each in seen.archive], default=today)
    found = []
    while today >= first:
        found.append(f"{today:%Y-%m}")
        today = _before(today)
    return found


def _history(seen: Snapshot, site: Context, months: Sequence[str]) -> Page:
    counts = {month: len(_stories(seen, month)) for month in months}
    context = {
        "site": site,
        "months": [
            {"path": month, "name": month_name(month), "text": _incidents(count)}
            for month, count in counts.items()
        ],
    }
    key = page_key(seen, "history", tuple(counts.items()))
    return Page("history/index.html", "site/history.html", context, key)


def _month(seen: Snapshot, site: Context, month: str, months: Sequence[str]) -> Page:
    stories = _stories(seen, month)
    place = months.index(month)
    context = {
        "site": site,
        "name": month_name(month),
        "text": _incidents(len(stories)),
        "stories": [told(each, seen.at) for each in stories],
        "later": _link(months, place - 1),
        "earlier": _link(months, place + 1),
    }
    key = page_key(seen, month, tuple(stories), context["later"], context["earlier"])
    return Page(f"history/{month}/index.html", "site/month.html", context, key)


def _uptime(seen: Snapshot, site: Context) -> Page:
    months = [seen.today.replace(day=1)]
    for _ in range(WHOLE_MONTHS):
        months.append(_before(months[-1]))
    spans = [_span(each, seen) for each in months]
    context = {
        "site": site,
        "months": [month_name(f"{each:%Y-%m}") for each in months],
        "rows": [
            {
                "slug": each.slug,
                "name": each.name,
                "figures": [_figure(each, span) for span in spans],
            }
            for each in seen.services
        ],
    }
    known = tuple((each.name, each.status, each.standing.since) for each in seen.services)
    return Page("uptime/index.html", "site/uptime.html", context, page_key(seen, "uptime", known))


def _maintenance(seen: Snapshot, site: Context) -> Page:
    context = {
        "site": site,
        "active": [each for each in seen.planned if each.is_open],
        "upcoming": [each for each in seen.planned if not each.is_open],
        "worked": [_worked(each) for each in seen.worked],
    }
    key = page_key(seen, "maintenance", seen.planned, seen.worked)
    return Page("maintenance/index.html", "site/maintenance.html", context, key)


def _worked(window: Planned) -> dict[str, Any]:
    return {"window": window, "lasted": duration(window.ends_at - window.starts_at)}


def _figure(service: Service, span: tuple[Instant, Instant]) -> str:
    """A month's uptime; a dash before there was a service to watch."""
    from_at = max(span[0], service.standing.monitor.created_at)
    return percent(service, from_at, span[1]) if from_at < span[1] else "–"


def _span(month: date, seen: Snapshot) -> tuple[Instant, Instant]:
    begin, end = day_edges(month, seen.zone)[0], day_edges(_after(month), seen.zone)[0]
    return begin, min(end, seen.at)


def _stories(seen: Snapshot, month: str) -> list[Story]:
    return [each for each in seen.archive if f"{_month_of(each, seen.zone):%Y-%m}" == month]


def _month_of(story: Story, zone: str) -> date:
    return local(story.started_at, zone).date().replace(day=1)


def _before(month: date) -> date:
    if month.month == 1:
        return month.replace(year=month.year - 1, month=12)
    return month.replace(month=month.month - 1)


def _after(month: date) -> date:
    if month.month == 12:
        return month.replace(year=month.year + 1, month=1)
    return month.replace(month=month.month + 1)


def _link(months: Sequence[str], place: int) -> tuple[str, str] | None:
    if not 0 <= place < len(months):
        return None
    return months[place], month_name(months[place])


def _incidents(count: int) -> str:
    return f"{count_of(count, 'incident')} reported" if count else "No incidents reported"
