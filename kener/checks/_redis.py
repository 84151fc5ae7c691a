"""The Redis protocol, RESP2, as a client that reads."""

import shlex
from collections.abc import Sequence
from typing import Any

from kener.checks._failures import Mismatch
from kener.checks._streams import Connection
from kener.checks._wire import exactly, line, nonsense

MOST_BYTES = 65_536
MOST_ITEMS = 1_000
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
    return await _reply(connection, DEEPEST)


async def _reply(connection: Connection, depth: int) -> Any:
    first = await line(connection, "Redis")
    kind, rest = first[:1], first[1:]
    if kind == b"+":
        return rest.decode(errors="replace")
    if kind == b"-":
        raise ErrorReply(rest.decode(errors="replace"))
    number = _number(rest)
    if kind == b":":
        return number
    if kind == b"$":
        return await _bulk(connection, number)
    if kind != b"*" or depth == 0:
        raise nonsense("Redis")
    if number > MOST_ITEMS:
        raise Mismatch(f"the reply has {number} items; at most {MOST_ITEMS} are read")
    return None if number < 0 else [await _reply(connection, depth - 1) for _ in range(number)]


async def _bulk(connection: Connection, length: int) -> str | None:
    if length < 0:
        return None
    if length > MOST_BYTES:
        raise Mismatch(f"the reply has {length} bytes; at most {MOST_BYTES} are read")
    return (await exactly(connection, length + 2))[:-2].decode(errors="replace")


def _number(text: bytes) -> int:
    if not 0 < len(text) <= 20 or not text.removeprefix(b"-").isdigit():
        raise nonsense("Redis")
    return int(text)


def info_fields(reply: str) -> dict[str, str]:
    """The `name:value` lines of INFO."""
    pairs = (each.partition(":") for each in reply.splitlines() if not each.startswith("#"))
    return {name: value for name, found, value in pairs if found}
