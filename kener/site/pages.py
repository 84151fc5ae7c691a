"""Which pages there are, and what each is made from."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, Protocol

from kener.core.histogram import Histogram
from kener.core.instant import DAY, Instant
from kener.core.status import Verdict
from kener.locales import gettext
from kener.site.accounts import Story
from kener.site.assets import assets, script
from kener.site.branding import Brand, brand_of
from kener.site.document import first_instant, runs
from kener.site.headline import page_headline
from kener.site.places import Place
from kener.site.planned import next_of_each
from kener.site.rows import half_day_ends, legend, parts, row, whole
from kener.site.sentences import LABELS, MARKS, label, lede
from kener.site.snapshot import Service, Snapshot
from kener.site.stories import about, past_two_weeks, told
from kener.site.strips import (
    LETTERS,
    STATUS_OF_VERDICT,
    TICKS,
    paths,
    troubled_since,
)
from kener.site.units import Unit, page, page_key
from kener.site.wording import rhythm, zone_offset

Context = Mapping[str, Any]


class Steps(Protocol):
    """Latencies of the last 24 hours, in steps, of the services whose files will be made."""

    def __getitem__(self, slug: str) -> Sequence[Histogram]: ...


EMBEDDED = 100
"""Services that a frame lists at most."""


def frame(
    seen: Snapshot, seq: int, every: int, all_places: Sequence[Place], place: Place
) -> dict[str, Any]:
    """What every page of a place, one of all, has around it. `every` (s): the promise of a new
    one."""
    status = STATUS_OF_VERDICT[seen.verdict]
    letter = LETTERS[status]
    mark = brand_of(seen.look)
    brand, tail = _brand(seen.title)
    return {
        **_placed(place, all_places),
        "has_feeds": seen.has_small_files,
        "title": seen.title,
        "brand": brand,
        "brand_tail": tail,
        "about": seen.about,
        "is_private": seen.is_private,
        "look": seen.look,
        "own": _own(mark, place.root),
        "icon": _own(mark, place.root)["favicon"] or f"{place.root}{assets().icons[letter]}",
        "zone": seen.zone,
        "offset": zone_offset(seen.at, seen.zone),
        "generated": seen.at,
        "measured": seen.measured,
        "every": every,
        "rhythm": rhythm(every),
        "seq": seq,
        "status": status.value,
        "state": letter,
        "label": gettext(LABELS[seen.verdict]),
        "mark": MARKS[letter],
        "headline": page_headline(seen),
        "ticks": seen.ticks,
        "assets": assets(),
    }


def live_context(seen: Snapshot, site: Context) -> dict[str, Any]:
    """What a poll swaps in: everything on the first page but the time of its making."""
    rows = [row(each, seen) for each in seen.services]
    return {
        "site": site,
        "verdict": _verdict(seen, site),
        "notice": seen.notice,
        "open_stories": [told(each, seen.at) for each in seen.open_stories],
        "planned": next_of_each(seen.planned),
        "rows": rows,
        "parts": parts(seen, rows),
        "legend": legend(),
        "ends": half_day_ends(seen),
        "past": past_two_weeks(seen) if seen.services else [],
    }


def service_pages(
    service: Service, key: str, seen: Snapshot, site: Context, steps: Steps
) -> Iterator[Unit]:
    """/m/<slug>/, and where services have small files /embed/<slug>/, for a frame in others'
    pages."""

    def shown() -> dict[str, Any]:
        return whole(service, seen, steps[service.slug])

    if seen.has_small_files:
        shown = cache(shown)  # for both; of thousands none is kept in memory

    def context() -> Context:
        return {
            "site": site,
            "row": shown(),
            "legend": legend(),
            "ends": half_day_ends(seen),
            "axis": _axis(seen.at),
            "stories": about(seen, service),
        }

    yield page(service_path(service), key, "site/monitor.html", context)
    if seen.has_small_files:
        path = f"embed/{service.slug}/index.html"
        yield page(path, key, "site/embed.html", lambda: {"site": site, "row": shown(), "rows": []})


def service_key(service: Service, seen: Snapshot) -> str:
    """Its page is made anew when this changes: with its state, a new day, and once an hour."""
    mine = [each for each in seen.stories if service.slug in {one.slug for one in each.affected}]
    standing = service.standing
    shown = (
        service.tells_latency,
        service.name,
        service.description,
        label(service),
        standing.since,
        seen.has_small_files,
    )
    return page_key(seen, service.slug, shown, runs(service, first_instant(seen)), mine)


def story_pages(seen: Snapshot, site: Context) -> Iterator[Unit]:
    """/incidents/<id>/"""
    recent = {each.public_id for each in seen.stories}
    for each in seen.archive:
        # Old ones have no picture of their own.
        card = each.public_id if each.public_id in recent else "now"
        context = partial(_story_context, each, card, seen, site)
        yield page(story_path(each), story_key(each, seen), "site/incident.html", context)


def _story_context(story: Story, card: str, seen: Snapshot, site: Context) -> Context:
    return {"site": site, "story": told(story, seen.at) | {"card": card}}


def embed_context(seen: Snapshot, site: Context) -> dict[str, Any]:
    """/embed/: the state of everything, for a frame in others' pages."""
    rows = [
        {"slug": each.slug, "name": each.name, "letter": LETTERS[each.status], "label": label(each)}
        for each in seen.services[:EMBEDDED]
    ]
    return {"site": site, "rows": rows, "row": None, "more": len(seen.services) - len(rows)}


def service_path(service: Service) -> str:
    """Where a service's own page is."""
    return f"m/{service.slug}/index.html"


def story_path(story: Story) -> str:
    """Where an incident's page is."""
    return f"incidents/{story.public_id}/index.html"


def story_key(story: Story, seen: Snapshot) -> str:
    """Its page is made anew when this changes."""
    return page_key(seen, story.public_id, story, story.is_overdue(seen.at))


def _verdict(seen: Snapshot, site: Context) -> dict[str, Any]:
    histories = [each.stretches for each in seen.services]
    calm = seen.verdict in {Verdict.NONE, Verdict.UNKNOWN}
    return {
        "letter": site["state"],
        "label": site["label"],
        "headline": site["headline"],
        "lede": lede(seen),
        "pulse": paths(site["ticks"]),
        "pulse_label": gettext(
            "All services over the last 24 hours, now: %(state)s", state=site["label"]
        ),
        "ticks": TICKS,
        "since": None if calm else troubled_since(histories),
        "axis": _axis(seen.at),
    }


def _axis(now: Instant) -> list[Instant]:
    """The quarters of the last 24 h, to the ten minutes at which the pulse's ticks begin."""
    end = -(-now // 600_000) * 600_000
    return [end - DAY + quarter * DAY // 4 for quarter in range(4)]


def _placed(place: Place, all_places: Sequence[Place]) -> dict[str, Any]:
    return {
        "url": place.page_url,
        "home": place.home,
        "here": place.here,
        "root": place.root,
        "base": place.base,
        "lang": place.language.tag,
        "dir": place.language.direction,
        "script": f"/{script(place.language)[0]}",
        "languages": [_other(each) for each in all_places],
    }


def _other(place: Place) -> dict[str, str]:
    """For the links to the same page in another language."""
    language = place.language
    return {"tag": language.tag, "name": language.name, "base": place.base, "here": place.here}


def _own(mark: Brand, root: str) -> dict[str, str]:
    """Addresses of what is the owner's; those of our own files begin with the site's root."""
    given = {"css": mark.css, "logo": mark.logo, "favicon": mark.favicon}
    ours = {f"/{each}" for each in mark.files}
    return {
        name: f"{root}{address}" if address in ours else address for name, address in given.items()
    }


def _brand(title: str) -> tuple[str, str]:
    """A last word "status" is set apart."""
    first, _, last = title.rpartition(" ")
    return (first, last) if first and last.lower() == "status" else (title, "")
