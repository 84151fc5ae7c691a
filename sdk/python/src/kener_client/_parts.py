"""One part of a list."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import httpx

from kener_client._answers import object_in, unexpected

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """Some rows of a list. `next` is the cursor of the part after it, None at the end; `total` is
    how many rows there are in all, None where nobody counts; `limit` how many fit into a part."""

    rows: list[T]
    next: str | None
    total: int | None
    limit: int


def part_of(response: httpx.Response) -> Part[Any]:
    """The part in an answer. UnexpectedAnswer when it is not Kener's."""
    found = object_in(response)
    rows, pagination = found.get("data"), found.get("pagination")
    is_good = found.get("success") is True
    if not (is_good and isinstance(rows, list) and isinstance(pagination, dict)):
        raise unexpected(response)
    return Part(rows, pagination.get("next"), pagination.get("total"), pagination.get("limit", 0))
