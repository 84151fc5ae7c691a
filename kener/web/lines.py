"""A narrow way to Redis for the one question that every request asks.

The library's client costs more than all the rest of an answer that is known already. Of it only the
connection is used here: address, password, TLS, patience. What many threads ask at once goes out
together, so that one of them waits and not all.
"""

import socket
import struct
from collections.abc import Callable, Sequence
from typing import Any

from redis import ConnectionPool
from redis.exceptions import ConnectionError as LineCut

from kener.core.together import Together

Numbers = tuple[int, int]
Meanwhile = Callable[[], object]
Asked = tuple[bytes, Meanwhile]
Said = tuple[Numbers | None, object]

END = b"\r\n"
BEGIN = b"*2\r\n:"
"""How an answer begins that consists of two whole numbers."""


class Line:
    """One connection for all threads of a process, made when it is needed."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._line: Any = None
        self._together: Together[Asked, Said] = Together(self._ask_all)

    def ask(self, command: bytes, meanwhile: Meanwhile) -> Said:
        """The two numbers that answer a command, None when Redis refuses it; and what `meanwhile`
        gives, which is called while Redis is at it. Raises OSError or RedisError without an
        answer."""
        return self._together((command, meanwhile))

    def close(self) -> None:
        """Hang up."""
        line, self._line = self._line, None
        if line is not None:
            line.disconnect()

    def _ask_all(self, asked: Sequence[Asked]) -> list[Said]:
        was_open = self._line is not None
        try:
            return self._said(asked)
        except (LineCut, ConnectionError):
            if not was_open:
                raise
            return self._said(asked)  # the server was started anew

    def _said(self, asked: Sequence[Asked]) -> list[Said]:
        try:
            if self._line is None:
                self._line = self._pool.make_connection()
                _connect(self._line)
            sock = self._line._sock  # noqa: SLF001 - the library has no name for it
            sock.sendall(b"".join([command for command, _ in asked]))
            found = {each: each() for each in {meanwhile for _, meanwhile in asked}}
            answers = _answers(sock, len(asked))
        except BaseException:
            self.close()  # else the next one would get this answer
            raise
        return [
            (answer, found[meanwhile])
            for answer, (_, meanwhile) in zip(answers, asked, strict=True)
        ]


def command(*parts: bytes) -> bytes:
    """A command as Redis reads it."""
    return b"*%d\r\n" % len(parts) + b"".join([b"$%d\r\n%b\r\n" % (len(p), p) for p in parts])


def _connect(line: Any) -> None:
    """With a patience that the kernel has: Python would look at the clock before each call."""
    line.connect()
    sock = line._sock  # noqa: SLF001 - as above
    patience = sock.gettimeout()
    if patience is not None:
        whole = int(patience)
        limit = struct.pack("@ll", whole, int((patience - whole) * 1e6))
        sock.settimeout(None)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def _answers(sock: Any, count: int) -> list[Numbers | None]:
    given, found = b"", list[Numbers | None]()
    while True:
        more = sock.recv(16_384)
        if not more:
            raise LineCut("the server hung up")
        given += more
        while (one := _first(given)) is not None:
            answer, given = one
            found.append(answer)
            if len(found) == count:
                return found


def _first(given: bytes) -> tuple[Numbers | None, bytes] | None:
    """The first answer and what follows it; None while it is not whole."""
    if given.startswith(BEGIN):
        _, *parts = given.split(END, 3)
        if len(parts) < 3:
            return None
        return (int(parts[0][1:]), int(parts[1][1:])), parts[2]
    if given.startswith(b"-"):
        _, end, rest = given.partition(END)
        return (None, rest) if end else None
    if BEGIN.startswith(given):
        return None
    raise LineCut("this is not what was asked for")
