"""What a query gave, and what all SQL databases share."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MOST_ROWS = 100
MOST_BYTES = 4_000_000
READING = ("SELECT", "WITH", "VALUES", "TABLE", "SHOW", "EXPLAIN", "DESCRIBE")
_BEGINS = re.compile(rf"\s*(?:\(\s*)*(?:{'|'.join(READING)})\b", re.IGNORECASE)
_WHOLE = re.compile(r"-?\d{1,18}")


@dataclass(frozen=True, slots=True)
class Answer:
    """`value`: the first column of the first row; `rows`: how many there are, at most MOST_ROWS;
    `phases` in ms; `address` that was called, if any."""

    value: Any
    rows: int
    phases: dict[str, float]
    address: str = ""


def reads(query: str) -> bool:
    """Whether it begins like a query. That the database refuses to write is another matter, and
    sure; this keeps out statements that would end the transaction in which it does."""
    return _BEGINS.match(query) is not None


def whole(text: str) -> int | str:
    """A number that came as text, if it is a whole one of usual size."""
    return int(text) if _WHOLE.fullmatch(text) else text


def plain(value: Any) -> Any:
    """A JSON value for anything a driver may give."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value[: MOST_BYTES // 2]).hex()
    return format(value, "f") if isinstance(value, Decimal) else str(value)
