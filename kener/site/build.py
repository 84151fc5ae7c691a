"""Snapshot → files. Everything is rendered before anything is handed on."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from kener.locales import speaking
from kener.site.assets import assets, hashed
from kener.site.branding import brand_of
from kener.site.document import history_document, status_document
from kener.site.guides import robots
from kener.site.headers import cache_control, content_type, headers_file, is_hashed, policy
from kener.site.machine import as_json, page_files
from kener.site.places import Place, places
from kener.site.snapshot import Snapshot
from kener.site.strips import LETTERS, STATUS_OF_VERDICT
from kener.site.trees import Promise, Tree, tree_of
from kener.site.units import is_kept
from kener.targets import File, Release

LARGEST_PAGE = 400_000
"""Bytes of HTML beyond which a page is called heavy."""
_LINK = re.compile(r'(?:href|src|data-live|data-history|data-htmx|data-stale-icon)="(/[^"#?]*)')
Content = bytes | Callable[[], bytes]
ELSEWHERE = ("/docs/", "/admin/")


def build(  # noqa: PLR0913 - the site, and the host that it is made for
    session: Session,
    shown: Sequence[tuple[str, Snapshot]],
    *,
    seq: int,
    every: int,
    url: str,
    known: Mapping[str, str],
) -> Release:
    """A whole site, for a host where it is at `url`: each page with the folder that it lies in,
    the one on top first. `known` are the target's keys: what they cover is not made again. Order
    of the files: what others refer to first, each page's `now.json` last.

    Pages are made when the target asks for them: the session must be open until then."""
    files: dict[str, Content] = dict(assets().files)
    trees = []
    for folder, seen in shown:
        there = places(seen, url, folder)
        history = _add(files, "d", "history.json", as_json(history_document(seen)))
        promise = Promise(seq, every, f"{there[0].root}{history}")
        trees += [tree_of(session, seen, promise, there, each, known=known) for each in there]
        files |= _once(seen, there)
    for each in trees:
        files |= each.lasting | each.told
    units = [unit for each in trees for unit in each.units]
    due = [each for each in units if not is_kept(each, known)]
    files |= _fixed(trees, [each for _, each in shown], url) | {
        each.path: each.make for each in due
    }
    for part in ("first", "now"):
        for each in reversed(trees):
            files |= getattr(each, part)
    keys = {each.path: each.key for each in due}
    made = {path: _file(path, body, keys) for path, body in files.items()}
    kept = {each.path: each.key for each in units if each.path not in keys}
    return Release(seq, shown[0][1].at, made, kept)


def problems(release: Release, root: str = "") -> list[str]:
    """What is wrong with a release, though not wrong enough to keep it back: dead links and pages
    too heavy for a phone. `root` is what addresses of its site begin with."""
    there = release.files.keys() | release.kept.keys()
    found = []
    for path, file in release.files.items():
        if not path.endswith(".html"):
            continue
        body = file.body
        if len(body) > LARGEST_PAGE:
            found.append(f"{path} is heavy: {len(body) // 1000} kB")
        dead = [each for each in _links(body) if _target(each, root) not in there]
        found += [f"{path} leads to {link}, which is not there" for link in dead]
    return found


def _once(seen: Snapshot, there: Sequence[Place]) -> dict[str, bytes]:
    """What there is once of a page, whatever the number of its languages."""
    main = there[0]
    status = status_document(seen.standings, seen.open_stories, seen.planned, seen.at)
    envelope = {"success": True, "data": status, "message": "Operation successful"}
    icon = assets().icons[LETTERS[STATUS_OF_VERDICT[seen.verdict]]]
    with speaking(main.language.tag):
        files = page_files(seen, main.page_url, [each.here for each in there])
    files["api/status.json"] = as_json(envelope)
    files["favicon.svg"] = assets().files[icon.removeprefix("/")]
    below = {f"{main.page_folder}{path}": body for path, body in files.items()}
    return below | brand_of(seen.look).files


def _fixed(trees: Sequence[Tree], pages: Sequence[Snapshot], url: str) -> dict[str, bytes]:
    """What a host reads at the top of a site."""
    brands = [brand_of(each.look) for each in pages]
    mains = [f"{url}/{each.place.page_folder}sitemap.xml" for each in trees if each.place.is_main]
    return {
        "_headers": headers_file(policy(brands), [each.place.folder for each in trees]).encode(),
        "robots.txt": robots([] if pages[0].is_private else mains).encode(),
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


def _target(link: str, root: str) -> str:
    path = unquote(urlsplit(link).path).removeprefix(root).lstrip("/")
    return str(PurePosixPath(path, "index.html")) if link.endswith("/") else path
