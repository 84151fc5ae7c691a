"""All files for programs: of the page, and of each service."""

import json
from collections.abc import Mapping
from typing import Any

from kener.site.archive import months_of
from kener.site.badges import KINDS, dot, draw, endpoint, page_badge, service_badges
from kener.site.calendar import calendars
from kener.site.feeds import feeds, service_feed
from kener.site.guides import guides
from kener.site.snapshot import Service, Snapshot
from kener.site.statuspage import statuspage_documents

SHIELDS = ("status", "uptime", "latency")


def page_files(seen: Snapshot, url: str) -> dict[str, bytes]:
    """Path → content. `url` is where the page is, without a slash at the end."""
    documents = statuspage_documents(seen, url)
    files = {f"api/v2/{path}": as_json(each) for path, each in documents.items()}
    texts = feeds(seen, url) | guides(seen, url, months_of(seen))
    badge = page_badge(seen)
    texts |= {"badge/status.svg": draw(badge)}
    files |= {path: text.encode() for path, text in texts.items()}
    return files | calendars(seen, url) | {"badge/status.json": as_json(endpoint(badge))}


def service_files(service: Service, seen: Snapshot, url: str) -> dict[str, bytes]:
    """The same of one service; they change with its page. None on a page of very many."""
    if not service_paths(service, seen):
        return {}
    badges = service_badges(service, seen)
    files = {f"m/{service.slug}/feed.atom": service_feed(service, seen, url).encode()}
    for kind, badge in badges.items():
        drawn = dot(badge) if kind == "dot" else draw(badge)
        files[_badge(service, f"{kind}.svg")] = drawn.encode()
    for kind in SHIELDS:
        files[_badge(service, f"{kind}.json")] = as_json(endpoint(badges[kind]))
    return files


def service_paths(service: Service, seen: Snapshot) -> list[str]:
    """Where those of one service are."""
    if not seen.has_small_files:
        return []
    drawn = [_badge(service, f"{kind}.svg") for kind in KINDS]
    return [
        f"m/{service.slug}/feed.atom",
        f"embed/{service.slug}/index.html",
        *drawn,
        *(_badge(service, f"{kind}.json") for kind in SHIELDS),
    ]


def _badge(service: Service, name: str) -> str:
    return f"badge/{service.slug}/{name}"


def as_json(value: Mapping[str, Any]) -> bytes:
    """One line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
