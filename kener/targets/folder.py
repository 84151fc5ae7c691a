"""A folder on this machine, for the app itself or any web server to serve.

    releases/<seq>/    a whole site each; unchanged files are hard links into the one before
    releases/<seq>.json  what is in it
    current            a link to the newest, changed by rename: a reader sees one release or another

A reader resolves `current` once per request and stays in that release.
"""

import fcntl
import gzip
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from kener.core.instant import DAY, Instant
from kener.targets._base import File, Published, Release, Target, TargetFailed

RELEASES_KEPT = 20
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
HELD = "held"
"""Is there while a release is held."""
_NAME = re.compile(r"[0-9]+")


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


class FolderTarget(Target):
    """Releases side by side, and a link to the one that counts."""

    kind: ClassVar[str] = "folder"
    label: ClassVar[str] = "A folder"

    folder: Path

    def keys(self) -> Mapping[str, str]:
        seq = self.newest()
        entries = self._manifest(seq) if seq is not None else {}
        return {path: entry.key for path, entry in entries.items() if entry.key}

    def publish(self, release: Release) -> Published:
        try:
            with self._lock():
                return self._publish(release)
        except OSError as error:
            raise TargetFailed(
                f"Cannot write the public page to {self.folder}: {error.strerror or error}."
            ) from error

    def current(self) -> Path | None:
        """The release that counts now; None before the first one."""
        seq = self.seq()
        return None if seq is None else self._releases / str(seq)

    def seq(self) -> int | None:
        """The number of the release that counts now."""
        try:
            name = (self.folder / "current").readlink().name
        except (FileNotFoundError, NotADirectoryError):
            return None
        return int(name) if _NAME.fullmatch(name) else None

    def newest(self) -> int | None:
        """The number of the newest release, which is not shown while another one is held."""
        return max(self.releases(), default=None) if self.is_held() else self.seq()

    def releases(self) -> list[int]:
        """The numbers of all that are kept, the newest first."""
        there = self._releases.iterdir() if self._releases.is_dir() else ()
        return sorted((int(each.name) for each in there if _is_number(each)), reverse=True)

    def entries(self, seq: int) -> Mapping[str, Entry]:
        """What is in a release; TargetFailed when it is gone."""
        found = self._manifest(seq)
        if not found or not self.folder_of(seq).is_dir():
            raise TargetFailed(f"Build {seq} is not kept any more.")
        return found

    def folder_of(self, seq: int) -> Path:
        """Where a release lies."""
        return self._releases / str(seq)

    def is_held(self) -> bool:
        """Whether a release goes on being shown, whatever is built."""
        return (self.folder / HELD).exists()

    def hold(self, seq: int) -> None:
        """Show a release that is kept, and go on showing it; TargetFailed when it is gone."""
        with self._lock():
            self.entries(seq)
            (self.folder / HELD).touch()
            self._point_at(seq)

    def go_on(self) -> None:
        """Show the newest release again, and each that follows."""
        with self._lock():
            newest = self.newest()
            (self.folder / HELD).unlink(missing_ok=True)
            if newest is not None:
                self._point_at(newest)

    @property
    def _releases(self) -> Path:
        return self.folder / "releases"

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One builder at a time, programs on the command line included."""
        self._releases.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _publish(self, release: Release) -> Published:
        before_seq = self.newest()
        before = self._manifest(before_seq) if before_seq is not None else {}
        if before_seq is not None and before_seq >= release.seq:
            return Published(len(before), 0, 0)
        self._clear_drafts()
        draft = self._releases / f".{release.seq}.{secrets.token_hex(4)}"
        draft.mkdir()
        old = self._releases / str(before_seq)
        written, linked = _write(release, before, old, draft)
        linked |= _carry(release, before, old, draft, linked.keys() | written.keys())
        entries = written | linked
        self._show(release.seq, draft, entries)
        self._prune(release.seq)
        return Published(len(entries), len(written), sum(each.size for each in written.values()))

    def _show(self, seq: int, draft: Path, entries: Manifest) -> None:
        text = json.dumps({path: entry.as_dict() for path, entry in entries.items()})
        (self._releases / f"{seq}.json").write_text(text)
        target = self._releases / str(seq)
        if target.exists():
            shutil.rmtree(target)
        draft.rename(target)
        if not self.is_held():
            self._point_at(seq)

    def _point_at(self, seq: int) -> None:
        link = self.folder / f".current.{secrets.token_hex(4)}"
        link.symlink_to(Path("releases") / str(seq))
        link.rename(self.folder / "current")

    def _manifest(self, seq: int) -> dict[str, Entry]:
        try:
            read = json.loads((self._releases / f"{seq}.json").read_text())
            return {path: Entry(**entry) for path, entry in read.items()}
        except (FileNotFoundError, ValueError, TypeError):
            return {}  # a damaged list costs only that everything is written anew

    def _clear_drafts(self) -> None:
        """What builders that were killed left behind."""
        for each in self._releases.glob(".*"):
            shutil.rmtree(each, ignore_errors=True)
        for each in self.folder.glob(".current.*"):
            each.unlink(missing_ok=True)

    def _prune(self, seq: int) -> None:
        shown = {seq, self.seq()}
        for number in self.releases()[RELEASES_KEPT:]:
            if number not in shown:
                shutil.rmtree(self._releases / str(number), ignore_errors=True)
                (self._releases / f"{number}.json").unlink(missing_ok=True)


TARGET = FolderTarget


def _is_number(path: Path) -> bool:
    return _NAME.fullmatch(path.name) is not None


def _write(
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


def _carry(
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
