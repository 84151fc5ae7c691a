"""A narrow way to Redis for the one question that every request asks.

The library's client costs more than all the rest of an answer that is known already. Of it only the
connections are used here: address, password, TLS, patience.
"""

import socket
import struct
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from redis import ConnectionPool
from redis.exceptions import ConnectionError as LineCut

T = TypeVar("T")
Numbers = tuple[int, int]

END = b"\r\n"
BEGIN = b"*2\r\n:"
"""How an answer begins that consists of two whole numbers."""
ANSWER_LINES = 3


class Lines:
    """Connections, each used by one thread at a time: as many as ever were at once."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._free: deque[Any] = deque()

    def ask(self, command: bytes, meanwhile: Callable[[], T]) -> tuple[Numbers | None, T]:
        """The two numbers that answer a command, None when Redis refuses it; and what `meanwhile`
        gives, which is called while Redis counts. Raises OSError or RedisError when it does not
        answer."""
        try:
            line = self._free.pop()
        except IndexError:
            return self._ask(self._pool.make_connection(), command, meanwhile)
        try:
            return self._ask(line, command, meanwhile)
        except (LineCut, ConnectionError):
            # The server was started anew, and with this line all others are dead.
            self.close()
            return self._ask(self._pool.make_connection(), command, meanwhile)

    def close(self) -> None:
        """Hang up."""
        while self._free:
            self._free.pop().disconnect()

    def _ask(
        self, line: Any, command: bytes, meanwhile: Callable[[], T]
    ) -> tuple[Numbers | None, T]:
        try:
            sock = line._sock or _connected(line)  # noqa: SLF001 - the library has no name for it
            sock.sendall(command)
            found = meanwhile()
            said = _said(sock)
        except BaseException:
            line.disconnect()  # else the next one would get this answer
            raise
        self._free.append(line)
        return said, found


def _connected(line: Any) -> Any:
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
    return sock


def command(*parts: bytes) -> bytes:
    """A command as Redis reads it."""
    return b"*%d\r\n" % len(parts) + b"".join([b"$%d\r\n%b\r\n" % (len(p), p) for p in parts])


def _said(sock: Any) -> Numbers | None:
    answer = b""
    while answer.count(END) < (1 if answer.startswith(b"-") else ANSWER_LINES):
        more = sock.recv(4096)
        if not more:
            raise LineCut("the server hung up")
        answer += more
    if answer.startswith(BEGIN):
        _, first, second, _ = answer.split(END)
        return int(first[1:]), int(second[1:])
    if answer.startswith(b"-"):
        return None
    raise LineCut("this is not what was asked for")
