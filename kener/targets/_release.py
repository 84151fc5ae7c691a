"""The files of a release on a disk: written, or linked from the release before."""

import gzip
import hashlib
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kener.core.instant import DAY, Instant
from kener.targets._base import File, Release, TargetFailed

LASTING_KEPT = DAY
GZIP_FROM = 600
"""Bytes from which a text is worth a compressed sibling."""
TEXTS = (
    "text/",
    "application/json",
    "application/xml",
    "application/atom",
    "application/rss",
    "image/svg",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a release: its content's hash, its size, its key, and, of a lasting one, when a
    release last had it."""

    hash: str
    size: int
    key: str = ""
    seen_at: Instant | None = None
    packed: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Its fields by name. The library's function for it copies each, however simple: of tens of
        thousands of files that is half a second a minute."""
        return {name: getattr(self, name) for name in self.__slots__}


Manifest = Mapping[str, Entry]


def write_release(
    release: Release, before: Manifest, old: Path, draft: Path
) -> tuple[dict[str, Entry], dict[str, Entry]]:
    """(written, linked). Kept files must be there, or the release is not whole."""
    written: dict[str, Entry] = {}
    linked: dict[str, Entry] = {}
    for path, file in release.files.items():
        body = file.body
        entry = _entry(file, body, release.at)
        last = before.get(path)
        if last and last.hash == entry.hash and _link(path, last, old, draft):
            linked[path] = entry
            continue
        _write_file(draft / path, body, entry)
        written[path] = entry
    for path in release.kept:
        if path not in before or not _link(path, before[path], old, draft):
            raise TargetFailed(f"{path} is not in the release before, so it cannot be kept.")
        linked[path] = before[path]
    return written, linked


def carry_lasting(
    release: Release, before: Manifest, old: Path, draft: Path, have: set[str]
) -> dict[str, Entry]:
    """Lasting files of the last day: pages that are still open in somebody's tab refer to them."""
    oldest = release.at - LASTING_KEPT
    return {
        path: entry
        for path, entry in before.items()
        if path not in have
        and entry.seen_at is not None
        and entry.seen_at > oldest
        and _link(path, entry, old, draft)
    }


def _entry(file: File, body: bytes, at: Instant) -> Entry:
    packed = len(body) >= GZIP_FROM and file.content_type.startswith(TEXTS)
    seen_at = at if file.lasting else None
    digest = hashlib.sha256(body).hexdigest()
    return Entry(digest, len(body), file.key, seen_at, packed)


def _write_file(path: Path, body: bytes, entry: Entry) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    if entry.packed:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(body, 6, mtime=0))


def _link(path: str, entry: Entry, old: Path, draft: Path) -> bool:
    """Take a file over from the release before; False when it is not there as it should be.

    Plain strings: of 10,000 services this is done 20,000 times a minute.
    """
    source, target = f"{old}/{path}", f"{draft}/{path}"
    # A file cut short by a power cut has the wrong size, and must not be handed on for ever.
    with suppress(FileNotFoundError):
        if os.stat(source).st_size == entry.size:  # noqa: PTH116 - see above
            _make_folder(target.rpartition("/")[0])
            for ending in ("", ".gz") if entry.packed else ("",):
                _link_or_copy(source + ending, target + ending)
            return True
    return False


@lru_cache(maxsize=4)
def _make_folder(folder: str) -> None:
    """Neighbours come one after the other, so the last few are worth remembering."""
    Path(folder).mkdir(parents=True, exist_ok=True)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:  # file systems without hard links, or too many links on one file
        shutil.copy2(source, target)
