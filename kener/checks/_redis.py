"""The Redis protocol, RESP2, as a client that reads."""

import shlex
from collections.abc import Sequence
from typing import Any

from kener.checks._failures import Mismatch
from kener.checks._streams import Connection
from kener.checks._wire import exactly, line, nonsense

MOST_BYTES = 65_536
MOST_ITEMS = 1_000
"""Both of a whole reply, at whatever depth."""
DEEPEST = 4
COMMANDS: dict[str, tuple[int, int]] = {
    "PING": (0, 0),
    "GET": (1, 1), "STRLEN": (1, 1), "EXISTS": (1, 20), "TYPE": (1, 1), "TTL": (1, 1),
    "PTTL": (1, 1), "GETRANGE": (3, 3),
    "LLEN": (1, 1), "LINDEX": (2, 2), "SCARD": (1, 1), "SISMEMBER": (2, 2),
    "HLEN": (1, 1), "HGET": (2, 2), "HEXISTS": (2, 2),
    "ZCARD": (1, 1), "ZCOUNT": (3, 3), "ZSCORE": (2, 2), "XLEN": (1, 1),
    "DBSIZE": (0, 0), "INFO": (0, 1), "LASTSAVE": (0, 0), "ROLE": (0, 0), "TIME": (0, 0),
}  # fmt: skip
"""Commands that only read, quick however much there is, with how many arguments they take."""


class ErrorReply(Exception):
    """The server said no."""


def words(command: str) -> tuple[str, ...]:
    """The command and its arguments; quotes hold together what has spaces. ValueError if it is
    none of COMMANDS."""
    try:
        name, *arguments = shlex.split(command)
    except ValueError:
        raise ValueError("must be a command, like GET key; quotes come in pairs") from None
    fewest, most = COMMANDS.get(name.upper(), (1, 0))
    if fewest > most:
        raise ValueError(f"must be one of {', '.join(COMMANDS)}")
    if not fewest <= len(arguments) <= most:
        takes = str(fewest) if fewest == most else f"{fewest} to {most}"
        raise ValueError(f"{name.upper()} takes {takes} arguments")
    return (name.upper(), *arguments)


async def call(connection: Connection, arguments: Sequence[str]) -> Any:
    """The reply: text, a number, None, or a list of such. Raises ErrorReply, or a Failure."""
    encoded = [each.encode() for each in arguments]
    parts = [b"*%d\r\n" % len(encoded), *(b"$%d\r\n%b\r\n" % (len(e), e) for e in encoded)]
    connection.writer.write(b"".join(parts))
    return await _Reply(connection).value(DEEPEST)


class _Reply:
    """One reply, and how much of it was read so far."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._size = self._items = 0

    async def value(self, depth: int) -> Any:
        """The next value."""
        first = await line(self._connection, "Redis")
        kind, rest = first[:1], first[1:]
        if kind == b"-":
            raise ErrorReply(rest.decode(errors="replace"))
        if kind == b"+":
            self._count(size=len(rest))
            return rest.decode(errors="replace")
        number = _number(rest)
        if kind == b":":
            return number
        if kind == b"$":
            return await self._bulk(number)
        if kind != b"*" or depth == 0:
            raise nonsense("Redis")
        self._count(items=max(0, number))
        return None if number < 0 else [await self.value(depth - 1) for _ in range(number)]

    async def _bulk(self, length: int) -> str | None:
        if length < 0:
            return None
        self._count(size=length)
        return (await exactly(self._connection, length + 2))[:-2].decode(errors="replace")

    def _count(self, size: int = 0, items: int = 0) -> None:
        self._size += size
        self._items += items
        if self._items > MOST_ITEMS:
            raise Mismatch(f"the reply has {self._items} items; at most {MOST_ITEMS} are read")
        if self._size > MOST_BYTES:
            raise Mismatch(f"the reply has {self._size} bytes; at most {MOST_BYTES} are read")


def _number(text: bytes) -> int:
    if not 0 < len(text) <= 20 or not text.removeprefix(b"-").isdigit():
        raise nonsense("Redis")
    return int(text)


def info_fields(reply: str) -> dict[str, str]:
    """The `name:value` lines of INFO."""
    pairs = (each.partition(":") for each in reply.splitlines() if not each.startswith("#"))
    return {name: value for name, found, value in pairs if found}
