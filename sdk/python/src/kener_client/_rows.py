"""Lists: all their rows, one after the other, or a part at a time."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from kener_client._calls import Listing
from kener_client._parts import Part
from kener_client._ways import AsyncWay, SyncWay

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """The rows of a list. Going through them asks for part after part, as they are needed, and
    every time anew."""

    _way: SyncWay
    _listing: Listing[T]

    def __iter__(self) -> Iterator[T]:
        for part in self.parts():
            yield from part.rows

    def all(self) -> list[T]:
        """Every row."""
        return list(self)

    def parts(self) -> Iterator[Part[T]]:
        """Part after part, up to the last."""
        part = self.part()
        yield part
        while part.next is not None:
            part = self.part(part.next)
            yield part

    def part(self, cursor: str | None = None) -> Part[T]:
        """One part: the first, or that of a cursor, which is the `next` of the part before."""
        found: Part[T] = self._way.carry_out(_at(self._listing, cursor))
        return found


@dataclass(frozen=True, slots=True)
class AsyncRows(Generic[T]):
    """The rows of a list. Going through them asks for part after part, as they are needed, and
    every time anew."""

    _way: AsyncWay
    _listing: Listing[T]

    async def __aiter__(self) -> AsyncIterator[T]:
        async for part in self.parts():
            for row in part.rows:
                yield row

    async def all(self) -> list[T]:
        """Every row."""
        return [row async for row in self]

    async def parts(self) -> AsyncIterator[Part[T]]:
        """Part after part, up to the last."""
        part = await self.part()
        yield part
        while part.next is not None:
            part = await self.part(part.next)
            yield part

    async def part(self, cursor: str | None = None) -> Part[T]:
        """One part: the first, or that of a cursor, which is the `next` of the part before."""
        found: Part[T] = await self._way.carry_out(_at(self._listing, cursor))
        return found


def _at(listing: Listing[T], cursor: str | None) -> Listing[T]:
    if cursor is None:
        return listing
    return replace(listing, query={**listing.query, "cursor": cursor})
