"""Snapshot → files. Everything is rendered before anything is handed on."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from markupsafe import Markup
from sqlalchemy.orm import Session

from kener.core.histogram import Histogram
from kener.core.instant import Instant
from kener.site.archive import archive_pages
from kener.site.assets import assets, hashed
from kener.site.cards import cards
from kener.site.document import history_document, now_document, status_document
from kener.site.headers import cache_control, content_type, headers_file, is_hashed
from kener.site.machine import as_json, page_files, service_files
from kener.site.pages import (
    embed_context,
    frame,
    live_context,
    service_key,
    service_pages,
    story_pages,
)
from kener.site.snapshot import STEP, Snapshot, latency_steps
from kener.site.templates import rendered
from kener.site.units import Unit
from kener.targets import File, Release

LARGEST_PAGE = 400_000
"""Bytes of HTML beyond which a page is called heavy."""
_LINK = re.compile(r'(?:href|src|data-live|data-history|data-htmx|data-stale-icon)="(/[^"#?]*)')
Content = bytes | Callable[[], bytes]
AT_ONCE = 250
"""Services whose fine latencies are read at once."""
ELSEWHERE = ("/docs/", "/admin/")


def build(  # noqa: PLR0913 - the page, and the host that it is made for
    session: Session, seen: Snapshot, *, seq: int, every: int, url: str, known: Mapping[str, str]
) -> Release:
    """The whole site, for a host where it is at `url`. `known` are the target's keys: what they
    cover is not made again. Order of the files: what others refer to first, `now.json` last.

    Pages are made when the target asks for them: the session must be open until then."""
    site = frame(seen, seq, every, url)
    files: dict[str, Content] = dict(assets().files)
    history = _add(files, "d", "history.json", as_json(history_document(seen)))
    site["history"] = history
    live = rendered("site/_live.html", live_context(seen, site))
    site["live"] = _add(files, "f", "live.html", live.encode())
    units = [*archive_pages(seen, site), *story_pages(seen, site), *cards(seen, site)]
    units += _service_units(session, seen, site, known)
    due = [each for each in units if not _is_kept(each, known)]
    files |= page_files(seen, url) | _fixed(seen, site)
    files |= {each.path: each.make for each in due}
    context = {"site": site, "live": Markup(live)}  # noqa: S704 - our own template's output
    files["embed/index.html"] = rendered("site/embed.html", embed_context(seen, site)).encode()
    files["index.html"] = rendered("site/index.html", context).encode()
    files["now.json"] = as_json(now_document(seen, site, live=site["live"], history=history))
    keys = {each.path: each.key for each in due}
    there = {path: _file(path, body, keys) for path, body in files.items()}
    kept = {each.path: each.key for each in units if each.path not in keys}
    return Release(seq, seen.at, there, kept)


def problems(release: Release) -> list[str]:
    """What is wrong with a release, though not wrong enough to keep it back: dead links and pages
    too heavy for a phone."""
    there = release.files.keys() | release.kept.keys()
    found = []
    for path, file in release.files.items():
        if not path.endswith(".html"):
            continue
        body = file.body
        if len(body) > LARGEST_PAGE:
            found.append(f"{path} is heavy: {len(body) // 1000} kB")
        dead = [each for each in _links(body) if _target(each) not in there]
        found += [f"{path} leads to {link}, which is not there" for link in dead]
    return found


def _service_units(
    session: Session, seen: Snapshot, site: Mapping[str, Any], known: Mapping[str, str]
) -> Iterator[Unit]:
    steps = _Steps(session, seen.at)
    for each in seen.services:
        key = service_key(each, seen)
        units = [
            *service_pages(each, key, seen, site, steps),
            *service_files(each, key, seen, site["url"], steps),
        ]
        if not all(_is_kept(unit, known) for unit in units):
            steps.due[each.slug] = each.standing.monitor.id
        yield from units


class _Steps:
    """Fine latencies by slug. They are many: only of services of which a file is made, and only so
    many at a time as their files follow each other."""

    def __init__(self, session: Session, at: Instant) -> None:
        self._session, self._at = session, at
        self.due: dict[str, int] = {}
        self._read: dict[str, Sequence[Histogram]] = {}

    def __getitem__(self, slug: str) -> Sequence[Histogram]:
        if slug not in self._read:
            slugs = list(self.due)
            begin = slugs.index(slug)
            some = {self.due[each]: each for each in slugs[begin : begin + AT_ONCE]}
            found = latency_steps(self._session, some, self._at, STEP)
            self._read = {name: found[id_] for id_, name in some.items()}
        return self._read[slug]


def _is_kept(unit: Unit, known: Mapping[str, str]) -> bool:
    """Whether a target that has what is `known` has this file as it would be made now."""
    return known.get(unit.path) == unit.key


def _fixed(seen: Snapshot, site: Mapping[str, Any]) -> dict[str, bytes]:
    status = status_document(seen.standings, seen.open_stories, seen.planned, seen.at)
    envelope = {"success": True, "data": status, "message": "Operation successful"}
    icon = site["assets"].icons[site["state"]]
    return {
        "_headers": headers_file().encode(),
        "favicon.svg": site["assets"].files[icon.removeprefix("/")],
        "api/status.json": as_json(envelope),
    }


def _add(files: dict[str, Content], folder: str, name: str, body: bytes) -> str:
    path = hashed(folder, name, body)
    files[path] = body
    return f"/{path}"


def _file(path: str, content: Content, keys: Mapping[str, str]) -> File:
    return File(
        content=content,
        content_type=content_type(path),
        cache_control=cache_control(path),
        key=keys.get(path, ""),
        lasting=is_hashed(path),
    )


def _links(body: bytes) -> list[str]:
    found = sorted(set(_LINK.findall(body.decode())))
    return [each for each in found if not each.startswith(ELSEWHERE)]


def _target(link: str) -> str:
    path = unquote(urlsplit(link).path).lstrip("/")
    return str(PurePosixPath(path, "index.html")) if link.endswith("/") else path
