"""A folder on this machine, for the app itself or any web server to serve.

    releases/<seq>/    a whole site each; unchanged files are hard links into the one before
    releases/<seq>.json  what is in it
    current            a link to the newest, changed by rename: a reader sees one release or another

A reader resolves `current` once per request and stays in that release.
"""

import fcntl
import json
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

from kener.targets._base import Published, Release, Target, TargetFailed
from kener.targets._release import Entry, Manifest, carry_lasting, write_release

RELEASES_KEPT = 20
HELD = "held"
"""Is there while a release is held."""
_NAME = re.compile(r"[0-9]+")


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

    @contextmanager
    def in_use(self, seq: int) -> Iterator[None]:
        """A release that somebody reads for longer is not cleared away meanwhile; TargetFailed when
        it is gone. A lock of the system: who is killed lets go."""
        try:
            file = (self._releases / f"{seq}.json").open()
        except FileNotFoundError:
            raise TargetFailed(f"Build {seq} is not kept any more.") from None
        with file:
            fcntl.flock(file, fcntl.LOCK_SH)
            self.entries(seq)
            yield

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
        written, linked = write_release(release, before, old, draft)
        linked |= carry_lasting(release, before, old, draft, linked.keys() | written.keys())
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
                self._clear(number)

    def _clear(self, number: int) -> None:
        """Unless somebody uses it: then the next build tries again."""
        listed = self._releases / f"{number}.json"
        with suppress(FileNotFoundError, BlockingIOError), listed.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            listed.unlink()
            shutil.rmtree(self._releases / str(number), ignore_errors=True)
            return
        if not listed.exists():
            shutil.rmtree(self._releases / str(number), ignore_errors=True)


TARGET = FolderTarget


def _is_number(path: Path) -> bool:
    return _NAME.fullmatch(path.name) is not None
