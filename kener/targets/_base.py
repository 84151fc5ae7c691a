"""The one interface every publish target implements: a release goes in, the world sees it whole."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from kener.core.errors import Refused
from kener.core.instant import Instant


class TargetFailed(Refused):
    """The target cannot be written to: one plain sentence about why, and what to do."""


@dataclass(frozen=True, slots=True)
class File:
    """What is at a path, and what goes along with it. `content` may be what makes it: then it is
    made when it is asked for, so that no release has to fit into memory. `key` is a name for all
    that the content was made from: as long as it is the same, the file need not even be rendered.
    `lasting` files carry a hash in their name, and stay for a day after the last release that had
    them."""

    content: bytes | Callable[[], bytes]
    content_type: str
    cache_control: str
    key: str = ""
    lasting: bool = False

    @property
    def body(self) -> bytes:
        """The content; made anew each time when it is not at hand."""
        return self.content if isinstance(self.content, bytes) else self.content()


@dataclass(frozen=True, slots=True)
class Release:
    """One state of the whole site. `files` by path, in the order in which they should arrive;
    `kept` are paths whose content is as the target has it, by their keys."""

    seq: int
    at: Instant
    files: Mapping[str, File]
    kept: Mapping[str, str] = field(default_factory=dict)

    def made(self) -> "Release":
        """The same with the content of every file at hand."""
        files = {path: replace(each, content=each.body) for path, each in self.files.items()}
        return replace(self, files=files)


@dataclass(frozen=True, slots=True)
class Published:
    """How many files the site has now, how many of them changed, and how many bytes those are."""

    files: int
    changed: int
    size: int


class Target(BaseModel, ABC):
    """Settings of one target, and how to bring a release there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    label: ClassVar[str]

    @abstractmethod
    def keys(self) -> Mapping[str, str]:
        """Path → key of what the target has and could keep; empty when it has nothing."""

    @abstractmethod
    def publish(self, release: Release) -> Published:
        """Show this release and nothing of another. TargetFailed leaves the one before standing;
        a release older than the one there is left out without a word."""
