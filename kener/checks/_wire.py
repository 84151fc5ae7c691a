"""Bounded reads of binary and line protocols."""

import asyncio

from kener.checks._failures import Failure, Mismatch, Unreachable
from kener.checks._streams import Connection

CLOSED = "the server closed the connection"
AT_ONCE = 256
"""Reads after which other probes have their turn: what has come already is read without a wait,
and a server may send a great many of very small parts."""


def closed() -> Failure:
    """The peer hung up where an answer was due."""
    return Unreachable(CLOSED)


def nonsense(protocol: str) -> Failure:
    """What came is no such protocol, or a broken one."""
    return Mismatch(f"the server does not speak {protocol}")


async def exactly(connection: Connection, count: int) -> bytes:
    """So many bytes, which the caller has found to be few enough; a Failure when it ends early."""
    await _fairly(connection)
    try:
        return await connection.reader.readexactly(count)
    except asyncio.IncompleteReadError:
        raise closed() from None


async def line(connection: Connection, protocol: str) -> bytes:
    """The next line without its CR LF, at most 64 KB; a Failure when there is none."""
    await _fairly(connection)
    try:
        text = await connection.reader.readuntil(b"\r\n")
    except asyncio.IncompleteReadError as error:
        raise (nonsense(protocol) if error.partial else closed()) from None
    except asyncio.LimitOverrunError:
        raise nonsense(protocol) from None
    return text[:-2]


async def _fairly(connection: Connection) -> None:
    connection.reads += 1
    if connection.reads % AT_ONCE == 0:
        await asyncio.sleep(0)
