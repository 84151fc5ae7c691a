"""Dialogues in lines of text with servers that may be hostile: every line and every answer has an
end."""

import asyncio

from kener.checks._failures import Failure, Mismatch, Unreachable
from kener.checks._streams import Connection

LONGEST_LINE = 4_096
MOST_LINES = 100
SHOWN = 120


async def send(connection: Connection, line: str) -> None:
    """One line, closed with CR LF. ValueError when it is more than one: nothing is smuggled in."""
    if "\r" in line or "\n" in line:
        raise ValueError("a command is one line")
    connection.writer.write(line.encode() + b"\r\n")
    await connection.writer.drain()


async def line(connection: Connection) -> str:
    """The next line without its end. Raises a Failure when there is none, or no end to it."""
    got = await until(connection, b"\n")
    return got.rstrip(b"\r\n").decode(errors="replace")


async def until(connection: Connection, end: bytes, longest: int = LONGEST_LINE) -> bytes:
    """All up to and with the first `end`, and nothing of what follows. Raises a Failure."""
    try:
        got = await connection.reader.readuntil(end)
    except asyncio.IncompleteReadError as error:
        raise hung_up(connection, error.partial) from None
    except asyncio.LimitOverrunError:
        raise endless() from None
    if len(got) > longest:
        raise endless()
    return got


def endless() -> Failure:
    """More came than any honest answer has."""
    return Mismatch("the server's answer has no end")


def hung_up(connection: Connection, heard: bytes = b"") -> Failure:
    """The connection ended before its time."""
    if heard:
        return Mismatch(f"the server hung up after {shown(heard.decode(errors='replace'))}")
    return Unreachable(f"{connection.address} closed the connection")


def shown(text: str) -> str:
    """What a server said, as it is told in a detail: quoted, one line, at a sane length."""
    return f"“{clean(text)}”"


def clean(text: str, longest: int = SHOWN) -> str:
    """The printable part of what a server said, on one line and at a sane length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * longest]).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


class Replies:
    """Answers with a number of three digits over one or more lines, as SMTP (RFC 5321, 4.2) and
    FTP (RFC 959, 4.2) give them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def next(self) -> tuple[int, list[str]]:
        """The code and the texts of one answer. Raises a Failure."""
        first = await line(self.connection)
        code = first[:3]
        if not (code.isascii() and code.isdigit() and first[3:4] in {"", " ", "-"}):
            raise Mismatch(f"the server said {shown(first)}, which is no answer")
        texts = [first[4:]]
        last = first
        while last[:4] != f"{code} " and last != code:
            if len(texts) >= MOST_LINES:
                raise endless()
            last = await line(self.connection)
            texts.append(last[4:] if last[:3] == code else last)
        return int(code), texts

    async def ask(self, command: str) -> tuple[int, list[str]]:
        """Send a command, return the answer."""
        await send(self.connection, command)
        return await self.next()
