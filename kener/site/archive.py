"""The pages beside the first one: history by month, uptime by month, maintenance, and what programs
can read here."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from kener.core.days import day_edges
from kener.core.instant import Instant
from kener.locales import gettext, ngettext
from kener.site.accounts import Story
from kener.site.planned import Planned
from kener.site.rows import percent
from kener.site.snapshot import KEPT, Service, Snapshot
from kener.site.stories import told
from kener.site.units import Unit, page, page_key
from kener.site.wording import duration, local, month_name

WHOLE_MONTHS = 2
"""Months before this one of which every day was read: 90 days and a bit are."""
Context = Mapping[str, Any]


def archive_pages(seen: Snapshot, site: Context) -> Iterator[Unit]:
    """All of them. A page's path is its address without `index.html`."""
    months = stories_by_month(seen)
    counts = {month: len(stories) for month, stories in months.items()}
    key = page_key(seen, "history", tuple(counts.items()))
    listed = partial(_history, site, counts)
    yield page("history/index.html", key, "site/history.html", listed)
    for month, stories in months.items():
        yield _month(seen, site, month, list(months), stories)
    # Months change slowly: once an hour is enough for figures of thousands of services.
    key = page_key(seen, "uptime", tuple((each.slug, each.name) for each in seen.services))
    yield page("uptime/index.html", key, "site/uptime.html", partial(_uptime, seen, site))
    key = page_key(seen, "maintenance", seen.planned, seen.worked)
    planned = partial(_maintenance, seen, site)
    yield page("maintenance/index.html", key, "site/maintenance.html", planned)
    for path, name in (("404.html", "404"), ("developers/index.html", "developers")):
        key = page_key(seen, name, site["state"], site["has_feeds"])
        yield page(path, key, f"site/{name}.html", lambda: {"site": site})


def stories_by_month(seen: Snapshot) -> dict[str, list[Story]]:
    """By `2026-11`: this month, and all before it since the first that has an incident, but none
    before those that are kept."""
    oldest, this = _month_of(seen.at - KEPT, seen.zone), seen.today.replace(day=1)
    found: dict[date, list[Story]] = {}
    for each in seen.archive:
        found.setdefault(max(oldest, _month_of(each.started_at, seen.zone)), []).append(each)
    months = [this]
    while months[-1] > min([this, *found]):
        months.append(_before(months[-1]))
    return {f"{each:%Y-%m}": found.get(each, []) for each in months}


def _history(site: Context, counts: Mapping[str, int]) -> Context:
    months = [
        {"path": month, "name": month_name(month), "text": _incidents(count)}
        for month, count in counts.items()
    ]
    return {"site": site, "months": months}


def _month(
    seen: Snapshot, site: Context, month: str, months: Sequence[str], stories: Sequence[Story]
) -> Unit:
    place = months.index(month)
    later, earlier = _link(months, place - 1), _link(months, place + 1)

    def context() -> Context:
        return {
            "site": site,
            "name": month_name(month),
            "text": _incidents(len(stories)),
            "stories": [told(each, seen.at) for each in stories],
            "later": later,
            "earlier": earlier,
        }

    key = page_key(seen, month, tuple(stories), later, earlier)
    return page(f"history/{month}/index.html", key, "site/month.html", context)


def _uptime(seen: Snapshot, site: Context) -> Context:
    months = [seen.today.replace(day=1)]
    for _ in range(WHOLE_MONTHS):
        months.append(_before(months[-1]))
    spans = [_span(each, seen) for each in months]
    return {
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


def _maintenance(seen: Snapshot, site: Context) -> Context:
    return {
        "site": site,
        "active": [each for each in seen.planned if each.is_open],
        "upcoming": [each for each in seen.planned if not each.is_open],
        "worked": [_worked(each) for each in seen.worked],
    }


def _worked(window: Planned) -> dict[str, Any]:
    return {"window": window, "lasted": duration(window.ends_at - window.starts_at)}


def _figure(service: Service, span: tuple[Instant, Instant]) -> str:
    """A month's uptime; a dash before there was a service to watch."""
    from_at = max(span[0], service.standing.monitor.created_at)
    return percent(service, from_at, span[1]) if from_at < span[1] else "–"


def _span(month: date, seen: Snapshot) -> tuple[Instant, Instant]:
    begin, end = day_edges(month, seen.zone)[0], day_edges(_after(month), seen.zone)[0]
    return begin, min(end, seen.at)


def _month_of(at: Instant, zone: str) -> date:
    return local(at, zone).date().replace(day=1)


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
    if not count:
        return gettext("No incidents reported")
    return ngettext("%(n)s incident reported", "%(n)s incidents reported", count)
