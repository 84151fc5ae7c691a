"""All files for programs: of the page, and of each service."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

from kener.site.archive import stories_by_month
from kener.site.badges import KINDS, Badge, dot, draw, endpoint, page_badge, service_badges
from kener.site.calendar import calendars
from kener.site.feeds import feeds, service_feed
from kener.site.guides import guides
from kener.site.pages import Steps
from kener.site.snapshot import Service, Snapshot
from kener.site.statuspage import statuspage_documents
from kener.site.units import Unit

SHIELDS = ("status", "uptime", "latency")


def page_files(seen: Snapshot, url: str, every_language: Sequence[str]) -> dict[str, bytes]:
    """Path → content of what there is once, whatever the number of languages. `url` is where the
    page is, without a slash at the end, `every_language` where it is in each of them."""
    documents = statuspage_documents(seen, url)
    files = {f"api/v2/{path}": as_json(each) for path, each in documents.items()}
    texts = guides(seen, url, every_language, list(stories_by_month(seen)))
    badge = page_badge(seen)
    texts |= {"badge/status.svg": draw(badge)}
    files |= {path: text.encode() for path, text in texts.items()}
    return files | {"badge/status.json": as_json(endpoint(badge))}


def told_files(seen: Snapshot, url: str) -> dict[str, bytes]:
    """Path → content of what is read by people elsewhere, in the language that is spoken."""
    texts = feeds(seen, url)
    return {path: text.encode() for path, text in texts.items()} | calendars(seen, url)


def service_feeds(service: Service, key: str, seen: Snapshot, url: str) -> Iterator[Unit]:
    """The feed of one service, which changes with its page. None on a page of very many."""
    if seen.has_small_files:
        path = f"m/{service.slug}/feed.atom"
        yield Unit(path, key, lambda: service_feed(service, seen, url).encode())


def service_badges_of(service: Service, key: str, seen: Snapshot, steps: Steps) -> Iterator[Unit]:
    """What others show of one service; it changes with its page. None on a page of very many."""
    if not seen.has_small_files:
        return

    @cache
    def badges() -> dict[str, Badge]:
        return service_badges(service, seen, steps[service.slug])

    shown = [each for each in KINDS if each != "latency" or service.tells_latency]
    for kind in shown:
        drawn = partial(_drawn, kind, badges)
        yield Unit(f"badge/{service.slug}/{kind}.svg", key, drawn)
    for kind in [each for each in SHIELDS if each in shown]:
        told = partial(_told, kind, badges)
        yield Unit(f"badge/{service.slug}/{kind}.json", key, told)


def _drawn(kind: str, badges: Callable[[], Mapping[str, Badge]]) -> bytes:
    return (dot if kind == "dot" else draw)(badges()[kind]).encode()


def _told(kind: str, badges: Callable[[], Mapping[str, Badge]]) -> bytes:
    return as_json(endpoint(badges()[kind]))


def as_json(value: Mapping[str, Any]) -> bytes:
    """One line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
