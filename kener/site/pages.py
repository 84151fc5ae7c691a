"""Which pages there are, and what each is made from."""

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kener.core.histogram import Histogram
from kener.core.instant import DAY, HOUR, Instant
from kener.core.status import Verdict
from kener.site.assets import assets
from kener.site.document import first_instant, runs
from kener.site.planned import next_of_each
from kener.site.rows import half_day_ends, legend, parts, row, whole
from kener.site.sentences import LABELS, MARKS, label, lede, page_headline
from kener.site.snapshot import Service, Snapshot, Story
from kener.site.stories import about, past_two_weeks, told
from kener.site.strips import (
    LETTERS,
    STATUS_OF_VERDICT,
    TICKS,
    paths,
    pulse,
    troubled_since,
)
from kener.site.templates import fingerprint
from kener.site.wording import zone_offset

Context = Mapping[str, Any]


EMBEDDED = 100
"""Services that a frame lists at most."""


@dataclass(frozen=True, slots=True)
class Page:
    """A file to be rendered. Pages with a `key` are only rendered anew when it changes."""

    path: str
    template: str
    context: Context
    key: str = ""


def frame(seen: Snapshot, seq: int, every: int, url: str) -> dict[str, Any]:
    """What every page has around it. `every` (s) is the promise of a new one; at `url` they are."""
    status = STATUS_OF_VERDICT[seen.verdict]
    letter = LETTERS[status]
    brand, tail = _brand(seen.title)
    histories = [each.stretches for each in seen.services]
    return {
        "url": url,
        "has_feeds": seen.has_small_files,
        "title": seen.title,
        "brand": brand,
        "brand_tail": tail,
        "look": seen.look,
        "zone": seen.zone,
        "offset": zone_offset(seen.at, seen.zone),
        "generated": seen.at,
        "measured": seen.measured,
        "every": every,
        "rhythm": "every minute" if every == 60 else f"every {every} seconds",
        "seq": seq,
        "status": status.value,
        "state": letter,
        "label": LABELS[seen.verdict],
        "mark": MARKS[letter],
        "headline": page_headline(seen),
        "ticks": tuple(pulse(histories, seen.at)) if seen.measured is not None else (),
        "assets": assets(),
    }


def live_context(seen: Snapshot, site: Context) -> dict[str, Any]:
    """What a poll swaps in: everything on the first page but the time of its making."""
    rows = [row(each, seen) for each in seen.services]
    return {
        "site": site,
        "verdict": _verdict(seen, site),
        "open_stories": [told(each, seen.at) for each in seen.open_stories],
        "planned": next_of_each(seen.planned),
        "rows": rows,
        "parts": parts(seen, rows),
        "legend": legend(),
        "ends": half_day_ends(seen),
        "past": past_two_weeks(seen) if seen.services else [],
    }


def service_pages(
    service: Service, seen: Snapshot, site: Context, steps: Sequence[Histogram]
) -> list[Page]:
    """/m/<slug>/, and where services have small files /embed/<slug>/, for a frame in others'
    pages."""
    key = service_key(service, seen)
    shown = whole(service, seen, steps)
    context = {
        "site": site,
        "row": shown,
        "legend": legend(),
        "ends": half_day_ends(seen),
        "axis": _axis(seen.at),
        "stories": about(seen, service),
    }
    pages = [Page(service_path(service), "site/monitor.html", context, key)]
    if seen.has_small_files:
        embed = {"site": site, "row": shown, "rows": []}
        pages.append(Page(f"embed/{service.slug}/index.html", "site/embed.html", embed, key))
    return pages


def service_key(service: Service, seen: Snapshot) -> str:
    """Its page is made anew when this changes: with its state, a new day, and once an hour."""
    mine = [each for each in seen.stories if service.slug in {one.slug for one in each.affected}]
    shown = (service.name, service.description, label(service), service.standing.since)
    return page_key(seen, service.slug, shown, runs(service, first_instant(seen)), mine)


def story_pages(seen: Snapshot, site: Context) -> Iterator[Page]:
    """/incidents/<id>/"""
    recent = {each.public_id for each in seen.stories}
    for each in seen.archive:
        # Old ones have no picture of their own.
        card = each.public_id if each.public_id in recent else "now"
        context = {"site": site, "story": told(each, seen.at) | {"card": card}}
        yield Page(story_path(each), "site/incident.html", context, story_key(each, seen))


def embed_context(seen: Snapshot, site: Context) -> dict[str, Any]:
    """/embed/: the state of everything, for a frame in others' pages."""
    rows = [
        {"slug": each.slug, "name": each.name, "letter": LETTERS[each.status], "label": label(each)}
        for each in seen.services[:EMBEDDED]
    ]
    return {"site": site, "rows": rows, "row": None}


def service_path(service: Service) -> str:
    """Where a service's own page is."""
    return f"m/{service.slug}/index.html"


def story_path(story: Story) -> str:
    """Where an incident's page is."""
    return f"incidents/{story.public_id}/index.html"


def story_key(story: Story, seen: Snapshot) -> str:
    """Its page is made anew when this changes."""
    return page_key(seen, story.public_id, story, story.is_overdue(seen.at))


def page_key(seen: Snapshot, name: str, *shown: object) -> str:
    """A name for all that a page is made from: what is `shown`, day and hour, the templates."""
    # Not all at the same minute: each has its own, by its name.
    phase = zlib.crc32(name.encode()) % HOUR
    made_from = (
        fingerprint(),
        seen.title,
        seen.zone,
        seen.look,
        seen.today,
        (seen.at + phase) // HOUR,
        *shown,
    )
    return hashlib.sha256(repr(made_from).encode()).hexdigest()[:20]


def _verdict(seen: Snapshot, site: Context) -> dict[str, Any]:
    histories = [each.stretches for each in seen.services]
    calm = seen.verdict in {Verdict.NONE, Verdict.UNKNOWN}
    return {
        "letter": site["state"],
        "label": site["label"],
        "headline": site["headline"],
        "lede": lede(seen),
        "pulse": paths(site["ticks"]),
        "pulse_label": f"All services over the last 24 hours, now: {site['label'].lower()}",
        "ticks": TICKS,
        "since": None if calm else troubled_since(histories),
        "axis": _axis(seen.at),
    }


def _axis(now: Instant) -> list[Instant]:
    """The quarters of the last 24 h, to the ten minutes at which the pulse's ticks begin."""
    end = -(-now // 600_000) * 600_000
    return [end - DAY + quarter * DAY // 4 for quarter in range(4)]


def _brand(title: str) -> tuple[str, str]:
    """A last word "status" is set apart."""
    first, _, last = title.rpartition(" ")
    return (first, last) if first and last.lower() == "status" else (title, "")
