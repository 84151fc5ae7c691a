"""All files for programs: of the page, and of each service."""

import json
from collections.abc import Callable, Iterator, Mapping
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


def page_files(seen: Snapshot, url: str) -> dict[str, bytes]:
    """Path → content. `url` is where the page is, without a slash at the end."""
    documents = statuspage_documents(seen, url)
    files = {f"api/v2/{path}": as_json(each) for path, each in documents.items()}
    texts = feeds(seen, url) | guides(seen, url, list(stories_by_month(seen)))
    badge = page_badge(seen)
    texts |= {"badge/status.svg": draw(badge)}
    files |= {path: text.encode() for path, text in texts.items()}
    return files | calendars(seen, url) | {"badge/status.json": as_json(endpoint(badge))}


def service_files(
    service: Service, key: str, seen: Snapshot, url: str, steps: Steps
) -> Iterator[Unit]:
    """The same of one service; they change with its page. None on a page of very many."""
    if not seen.has_small_files:
        return

    @cache
    def badges() -> dict[str, Badge]:
        return service_badges(service, seen, steps[service.slug])

    path = f"m/{service.slug}/feed.atom"
    yield Unit(path, key, lambda: service_feed(service, seen, url).encode())
    for kind in KINDS:
        drawn = partial(_drawn, kind, badges)
        yield Unit(f"badge/{service.slug}/{kind}.svg", key, drawn)
    for kind in SHIELDS:
        told = partial(_told, kind, badges)
        yield Unit(f"badge/{service.slug}/{kind}.json", key, told)


def _drawn(kind: str, badges: Callable[[], Mapping[str, Badge]]) -> bytes:
    return (dot if kind == "dot" else draw)(badges()[kind]).encode()


def _told(kind: str, badges: Callable[[], Mapping[str, Badge]]) -> bytes:
    return as_json(endpoint(badges()[kind]))


def as_json(value: Mapping[str, Any]) -> bytes:
    """One line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
