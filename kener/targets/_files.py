"""Hosts that take one file after the other: object storage and SFTP."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import ClassVar, Protocol

from kener.targets._base import Published
from kener.targets._mirror import Item, Memory, Mirror, Site, changes, told, waves

AT_ONCE = 16
"""Files on their way at the same time."""
STEP = 200
"""After so many files we write down that they have arrived: a first sending that breaks off goes
on from there."""


class Door(Protocol):
    """A host that we are connected to; used from several threads."""

    def put(self, item: Item) -> None:
        """Show a file; TargetFailed."""
        ...

    def remove(self, paths: Sequence[str]) -> None:
        """Take files away; those that are not there are no failure."""
        ...


class FileMirror(Mirror):
    """Sends what changed, in order, and takes away at the end what nothing refers to any more."""

    at_once: ClassVar[int] = AT_ONCE

    @abstractmethod
    def opened(self) -> AbstractContextManager[Door]:
        """A connection; TargetFailed."""

    def send(self, site: Site, memory: Memory) -> Published:
        changed, gone = changes(site, memory)
        memory.forget([each.path for each in changed])
        with self.opened() as door, ThreadPoolExecutor(self.at_once) as pool:
            for wave in waves(changed):
                for begin in range(0, len(wave), STEP):
                    some = wave[begin : begin + STEP]
                    _all(pool, door.put, some)
                    memory.remember(some)
            if gone:
                door.remove(gone)
                memory.forget(gone)
        return told(site, changed)


def _all(pool: ThreadPoolExecutor, put: Callable[[Item], None], items: Sequence[Item]) -> None:
    """All at once as far as there are threads; the first failure ends it."""
    ways = [pool.submit(put, each) for each in items]
    try:
        for each in ways:
            each.result()
    finally:
        for each in ways:
            each.cancel()
