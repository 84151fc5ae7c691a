"""All files of one language, and when each is to be brought to a host."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from kener.locales import speaking
from kener.site.archive import archive_pages
from kener.site.assets import hashed, script
from kener.site.cards import cards
from kener.site.document import now_document
from kener.site.machine import as_json, service_badges_of, service_feeds, told_files
from kener.site.pages import (
    embed_context,
    frame,
    live_context,
    service_key,
    service_pages,
    story_pages,
)
from kener.site.places import Place
from kener.site.snapshot import Snapshot
from kener.site.steps import FineSteps
from kener.site.templates import rendered
from kener.site.units import Unit, is_kept

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Promise:
    """Of a build: its number, in how many seconds the next one comes, and where its history is."""

    seq: int
    every: int
    history: str


@dataclass(frozen=True, slots=True)
class Tree:
    """`lasting`: under names that nothing else ever has; `told`: feeds and calendars; `units`: what
    is only made when it is due; `first`: what visitors see first; `now`: the proof of life."""

    place: Place
    lasting: Files
    told: Files
    units: list[Unit]
    first: Files
    now: Files


def tree_of(  # noqa: PLR0913 - the page, and the host that it is made for
    session: Session,
    seen: Snapshot,
    promise: Promise,
    every_place: Sequence[Place],
    place: Place,
    *,
    known: Mapping[str, str],
) -> Tree:
    """The files of a place, one of all; `known` are the keys of what the host has."""
    with speaking(place.language.tag):
        site = frame(seen, promise.seq, promise.every, every_place, place)
        site["history"] = promise.history
        live = rendered("site/_live.html", live_context(seen, site))
        fragment = hashed("f", "live.html", live.encode())
        site["live"] = f"{place.root}/{fragment}"
        context = {"site": site, "live": Markup(live), "address": ""}  # noqa: S704 - our own
        first = {
            "embed/index.html": rendered("site/embed.html", embed_context(seen, site)),
            "index.html": rendered("site/index.html", context),
        }
        now = now_document(seen, site, live=site["live"], history=site["history"])
        return Tree(
            place=place,
            lasting=dict([script(place.language), (fragment, live.encode())]),
            told=_below(place, told_files(seen, place.here)),
            units=list(place.put(_units(session, seen, site, place, known))),
            first=_below(place, {path: text.encode() for path, text in first.items()}),
            now=_below(place, {"now.json": as_json(now)}),
        )


def _below(place: Place, files: Files) -> Files:
    return {f"{place.folder}{path}": body for path, body in files.items()}


def _units(
    session: Session,
    seen: Snapshot,
    site: Mapping[str, Any],
    place: Place,
    known: Mapping[str, str],
) -> Iterator[Unit]:
    yield from archive_pages(seen, site)
    yield from story_pages(seen, site)
    if place.is_main:
        yield from cards(seen)
    steps = FineSteps(session, seen.at)
    for each in seen.services:
        key = service_key(each, seen)
        units = [
            *service_pages(each, key, seen, site, steps),
            *service_feeds(each, key, seen, place.here),
        ]
        if place.is_main:
            units += service_badges_of(each, key, seen, steps)
        if each.tells_latency and not all(is_kept(unit, known) for unit in place.put(iter(units))):
            steps.due[each.slug] = each.standing.monitor.id
        yield from units
