"""The whole site into a folder that belongs to it, for hosts that only take files."""

import secrets
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kener.config import Config
from kener.core.errors import Refused
from kener.core.instant import Instant
from kener.site.build import problems
from kener.site.publish import release_of
from kener.site.sites import Site, sites
from kener.site.snapshot import at_one_moment
from kener.store.engine import Database
from kener.store.pages import find_page
from kener.store.tables import Publication
from kener.targets import Release

OURS = ".kener"
"""Marks a folder as one whose files we may replace."""


def build_once(
    database: Database, config: Config, now: Instant, page: str = ""
) -> tuple[Release, list[str]]:
    """Every file of the main site as it is now, or of the page with this slug or id that is a site
    by itself, and what is wrong with it."""
    with database.write() as session:
        session.execute(update(Publication).values(build_seq=Publication.build_seq + 1))
        seq = session.scalars(select(Publication.build_seq)).one()
    with database.read() as session:
        found = _site(at_one_moment(session), config, page)
        release = release_of(session, found, now, seq=seq, config=config, known={}).made()
    return release, problems(release, urlsplit(found.url).path)


def _site(session: Session, config: Config, page: str) -> Site:
    main, *others = sites(session, config)
    if not page:
        return main
    name = find_page(session, page).public_id
    for each in others:
        if each.name == name:
            return each
    raise Refused(f"The page {page} is a part of the main site, and is in its files.")


def write_out(release: Release, out: Path) -> None:
    """Replace what `out` holds: each file at once, what refers to others after them, and what is
    no longer part of the site at the end. Refused for a folder with somebody else's files."""
    if out.exists() and not (out / OURS).exists() and any(out.iterdir()):
        raise Refused(f"{out} has files that are not ours. Choose an empty folder, or a new one.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / OURS).touch()
        for path, file in release.files.items():
            _replace(out / path, file.body)
        _remove_all_but({*release.files, OURS}, out)
    except OSError as error:
        raise Refused(f"Cannot write to {out}: {error.strerror or error}.") from error


def _replace(target: Path, body: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file() and target.read_bytes() == body:
        return
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    draft.write_bytes(body)
    draft.replace(target)


def _remove_all_but(kept: set[str], out: Path) -> None:
    for path in sorted(out.rglob("*"), reverse=True):
        name = str(path.relative_to(out))
        if path.is_dir():
            if not any(path.iterdir()):
                shutil.rmtree(path)
        elif name not in kept:
            path.unlink()
