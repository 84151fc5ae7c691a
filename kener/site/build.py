"""Snapshot → files. Everything is rendered before anything is handed on."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from markupsafe import Markup
from sqlalchemy.orm import Session

from kener.core.histogram import Histogram
from kener.site.archive import archive_pages
from kener.site.assets import assets, hashed
from kener.site.cards import Card, cards
from kener.site.document import history_document, now_document, status_document
from kener.site.headers import cache_control, content_type, headers_file, is_hashed
from kener.site.machine import as_json, page_files, service_files, service_paths
from kener.site.pages import (
    Page,
    embed_context,
    frame,
    live_context,
    service_key,
    service_pages,
    service_path,
    story_pages,
)
from kener.site.snapshot import STEP, Snapshot, latency_steps
from kener.site.templates import environment
from kener.targets import File, Release

LARGEST_PAGE = 400_000
"""Bytes of HTML beyond which a page is called heavy."""
_LINK = re.compile(r'(?:href|src|data-live|data-history|data-htmx|data-stale-icon)="(/[^"#?]*)')
ELSEWHERE = ("/docs/", "/admin/")


def build(  # noqa: PLR0913 - the page, and the host that it is made for
    session: Session, seen: Snapshot, *, seq: int, every: int, url: str, known: Mapping[str, str]
) -> Release:
    """The whole site, for a host where it is at `url`. `known` are the target's keys: what they
    cover is not rendered again."""
    steps = _steps_of_due(session, seen, known)
    return render(seen, seq=seq, every=every, url=url, known=known, steps=steps)


def render(  # noqa: PLR0913 - as above
    seen: Snapshot,
    *,
    seq: int,
    every: int,
    url: str,
    known: Mapping[str, str],
    steps: Mapping[str, Sequence[Histogram]],
) -> Release:
    """The same without the database; `steps` are the latencies of services to be rendered, by
    slug. Order of the files: what others refer to first, `now.json` last."""
    site = frame(seen, seq, every, url)
    files = dict(assets().files)
    history = _add(files, "d", "history.json", as_json(history_document(seen)))
    site["history"] = history
    kept = _kept_services(seen, known)
    units = _units(seen, site)
    due = [each for each in units if known.get(each.path) != each.key]
    kept |= {each.path: each.key for each in units if known.get(each.path) == each.key}
    keys = {each.path: each.key for each in due}
    pages = [each for each in due if isinstance(each, Page)]
    live = _html("site/_live.html", live_context(seen, site))
    site["live"] = _add(files, "f", "live.html", live.encode())
    files |= page_files(seen, url) | _fixed(seen, site)
    files |= {each.path: each.draw() for each in due if isinstance(each, Card)}
    for service in (each for each in seen.services if service_path(each) not in kept):
        mine = service_pages(service, seen, site, steps[service.slug])
        own = service_files(service, seen, url)
        keys |= dict.fromkeys((*own, *(each.path for each in mine)), mine[0].key)
        files |= own
        pages += mine
    files |= {page.path: _html(page.template, page.context).encode() for page in pages}
    context = {"site": site, "live": Markup(live)}  # noqa: S704 - our own template's output
    files["embed/index.html"] = _html("site/embed.html", embed_context(seen, site)).encode()
    files["index.html"] = _html("site/index.html", context).encode()
    files["now.json"] = as_json(now_document(seen, site, live=site["live"], history=history))
    there = {path: _file(path, body, keys) for path, body in files.items()}
    return Release(seq, seen.at, there, kept)


def problems(release: Release) -> list[str]:
    """What is wrong with a release, though not wrong enough to keep it back: dead links and pages
    too heavy for a phone."""
    there = release.files.keys() | release.kept.keys()
    found = []
    for path, file in release.files.items():
        if not path.endswith(".html"):
            continue
        if len(file.body) > LARGEST_PAGE:
            found.append(f"{path} is heavy: {len(file.body) // 1000} kB")
        dead = [each for each in _links(file.body) if _target(each) not in there]
        found += [f"{path} leads to {link}, which is not there" for link in dead]
    return found


def _units(seen: Snapshot, site: Mapping[str, Any]) -> list[Page | Card]:
    """All that says by a key of its own whether it must be made anew, but what services have."""
    return [*archive_pages(seen, site), *story_pages(seen, site), *cards(seen, site)]


def _kept_services(seen: Snapshot, known: Mapping[str, str]) -> dict[str, str]:
    """Pages and files of services that need not be made: what they are made from is what it was."""
    kept: dict[str, str] = {}
    for service in seen.services:
        key = service_key(service, seen)
        if known.get(service_path(service)) == key:
            kept |= dict.fromkeys([service_path(service), *service_paths(service, seen)], key)
    return kept


def _steps_of_due(
    session: Session, seen: Snapshot, known: Mapping[str, str]
) -> dict[str, Sequence[Histogram]]:
    """Fine latencies are many: only of the services whose pages will be rendered."""
    kept = _kept_services(seen, known)
    due = {
        each.standing.monitor.id: each.slug
        for each in seen.services
        if service_path(each) not in kept
    }
    steps = latency_steps(session, due, seen.at, STEP)
    return {slug: steps[id_] for id_, slug in due.items()}


def _fixed(seen: Snapshot, site: Mapping[str, Any]) -> dict[str, bytes]:
    status = status_document(seen.standings, seen.open_stories, seen.planned, seen.at)
    envelope = {"success": True, "data": status, "message": "Operation successful"}
    icon = site["assets"].icons[site["state"]]
    return {
        "_headers": headers_file().encode(),
        "favicon.svg": site["assets"].files[icon.removeprefix("/")],
        "api/status.json": as_json(envelope),
    }


def _html(template: str, context: Mapping[str, Any]) -> str:
    return environment().get_template(template).render(context)


def _add(files: dict[str, bytes], folder: str, name: str, body: bytes) -> str:
    path = hashed(folder, name, body)
    files[path] = body
    return f"/{path}"


def _file(path: str, body: bytes, keys: Mapping[str, str]) -> File:
    return File(
        body=body,
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
