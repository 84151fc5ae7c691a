"""Hosts elsewhere: each is brought the release that the folder shows, whole and in order."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, SecretStr

from kener.core.instant import Instant
from kener.targets._base import Published

LAST = ("index.html", "now.json")
"""What visitors ask for first arrives when all that it refers to is there."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file as a host is to have it: SHA-256 (hex) and size (bytes) of its content, and what goes
    along with it. `body` stands for the content of `source` where a host needs another."""

    path: str
    hash: str
    size: int
    source: Path
    content_type: str
    cache_control: str
    lasting: bool = False
    body: bytes | None = field(default=None, repr=False)

    def read(self) -> bytes:
        """The content."""
        return self.source.read_bytes() if self.body is None else self.body


@dataclass(frozen=True, slots=True)
class Site:
    """A release as it lies in a folder of this machine. `state` is the verdict that it tells;
    `cache` is a folder for what the host's own way of sending wants to keep."""

    seq: int
    at: Instant
    state: str
    folder: Path
    cache: Path
    files: Mapping[str, Item]


class Memory(Protocol):
    """What a host has, by path: the hash of each file that certainly arrived there."""

    @property
    def known(self) -> Mapping[str, str]:
        """Paths and hashes."""
        ...

    def forget(self, paths: Collection[str]) -> None:
        """From now on it is not certain what is at these paths."""
        ...

    def remember(self, items: Iterable[Item]) -> None:
        """These have arrived."""
        ...


class Mirror(BaseModel, ABC):
    """Settings of one host, and how to bring a site there. Every failure is a TargetFailed with
    one plain sentence; what visitors saw before stays."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: ClassVar[str]
    label: ClassVar[str]
    pause: ClassVar[int] = 0
    """Seconds between two sendings of a page whose verdict is the same: hosts that count builds."""

    @classmethod
    @cache
    def secret_fields(cls) -> frozenset[str]:
        """The names of the fields that are sealed at rest and masked on the way out."""
        return frozenset(
            name for name, one in cls.model_fields.items() if one.annotation is SecretStr
        )

    def settings(self) -> dict[str, Any]:
        """All fields as JSON values, secrets in plain text: what is to be sealed and stored."""
        values = self.model_dump(mode="json")
        for name in self.secret_fields():
            values[name] = getattr(self, name).get_secret_value()
        return values

    @abstractmethod
    def place(self) -> str:
        """Where it goes, in one short line for lists; never a secret."""

    def hosts(self) -> list[str]:
        """Names or addresses that its owner chose, and that we would connect to."""
        return []

    @abstractmethod
    def test(self) -> str:
        """Try with the smallest change that can be taken back; one sentence of what was done."""

    @abstractmethod
    def send(self, site: Site, memory: Memory) -> Published:
        """Show this site, whatever was there before."""


class WholeMirror(Mirror):
    """A host that is brought a site as a whole, and finds out by itself what of it is new."""

    @abstractmethod
    def show(self, site: Site) -> None:
        """Bring it there, whatever was there before; TargetFailed."""

    def send(self, site: Site, memory: Memory) -> Published:
        changed, gone = changes(site, memory)
        memory.forget([each.path for each in changed])
        self.show(site)
        memory.remember(changed)
        memory.forget(gone)
        return told(site, changed)


def changes(site: Site, memory: Memory) -> tuple[list[Item], list[str]]:
    """Files that the host does not have as they are now, and paths that are to go."""
    known = memory.known
    changed = [each for each in site.files.values() if known.get(each.path) != each.hash]
    return changed, [path for path in known if path not in site.files]


def told(site: Site, changed: Collection[Item]) -> Published:
    """What a sending was, in numbers."""
    return Published(len(site.files), len(changed), sum(each.size for each in changed))


def waves(items: Iterable[Item]) -> list[list[Item]]:
    """In the order in which they may arrive; within a wave it does not matter."""
    found: dict[int, list[Item]] = {}
    for each in items:
        found.setdefault(_wave(each), []).append(each)
    return [found[number] for number in sorted(found)]


def _wave(item: Item) -> int:
    if item.lasting:
        return 0
    if item.path in LAST:
        return 3 + LAST.index(item.path)
    if item.path.endswith(f"/{LAST[-1]}"):
        return 3 + len(LAST) - 1  # of another page, or of a language
    return 2 if item.path.endswith(".html") else 1
