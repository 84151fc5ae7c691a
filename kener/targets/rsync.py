"""A folder on another machine, by rsync over SSH."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from kener.targets._base import TargetFailed
from kener.targets._mirror import Site, WholeMirror
from kener.targets._ssh import SshFolder, run, ssh_command

OURS = ".kener"
"""Marks a folder there as one whose files we may replace and delete."""
LASTING = ("--include=/a/***", "--include=/f/***", "--include=/d/***", "--exclude=*")
NOT_LAST = ("--exclude=/index.html*", "--exclude=now.json*")
USUAL = ("-rt", "--modify-window=-1", "--chmod=D755,F644", "-s", "--timeout=60")


class RsyncMirror(SshFolder, WholeMirror):
    """Three passes: what others refer to; all but what visitors ask for first; the rest, and what
    is gone goes."""

    kind: ClassVar[str] = "rsync"
    label: ClassVar[str] = "A folder on a server, by rsync"

    def test(self) -> str:
        self._must_be_ours()
        return "The folder was looked into; nothing was changed."

    def show(self, site: Site) -> None:
        self._must_be_ours()
        with TemporaryDirectory(prefix="kener-rsync-") as folder:
            (Path(folder) / OURS).touch()
            self._rsync(["--mkpath"], [f"{folder}/{OURS}"])
        source = [f"{site.folder}/"]
        self._rsync(LASTING, source)
        self._rsync([*NOT_LAST, "--delay-updates"], source)
        self._rsync(["--delay-updates", "--delete-after", f"--exclude=/{OURS}"], source)

    def _must_be_ours(self) -> None:
        try:
            listed = self._rsync(["--list-only", "--exclude=/*/*"], [])
        except TargetFailed as error:
            if "not there" in error.message:
                return
            raise
        names = {line.split(maxsplit=4)[-1] for line in listed.splitlines() if line.strip()} - {"."}
        if names and OURS not in names:
            raise TargetFailed(
                f"{self.place()} has files that are not ours. Choose an empty folder, or a new one."
            )

    def _rsync(self, options: Sequence[str], sources: Sequence[str]) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        there = f"{self.user}@{host}:{self.folder.rstrip('/')}/"
        with ssh_command(self.private_key, self.host_key, self.port) as ssh:
            command = ["rsync", *USUAL, *options, "-e", " ".join(ssh), "--", *sources, there]
            return run(command, self.place())


TARGET = RsyncMirror
