"""Sockets that cannot be held open: one deadline and one budget of bytes for the whole exchange.

A timeout alone starts anew with each byte that drips in, and a reader of lines or chunks reads
what it is given. Here every read and write has only the time and the bytes that are left.
"""

import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any

from kener.core.networks import Address

CONNECT = 3.0
"""Seconds for one address to take the connection; then the next one is tried."""


class _Bounded:
    """What both kinds of socket do. `until` is a moment of time.monotonic()."""

    until: float = 0.0
    budget: int = 0

    def bound(self, until: float, budget: int) -> None:
        self.until, self.budget = until, budget
        self._hurry()

    def recv_into(
        self, buffer: bytearray | memoryview, nbytes: int | None = None, flags: int = 0
    ) -> int:
        """As socket's, but looks like the end of the stream once the budget is spent."""
        self._hurry()
        wanted = min(nbytes or memoryview(buffer).nbytes, self.budget)
        if wanted <= 0:
            return 0
        read: int = super().recv_into(buffer, wanted, flags)  # type: ignore[misc]
        self.budget -= read
        return read

    def send(self, data: Any, flags: int = 0) -> int:
        self._hurry()
        sent: int = super().send(data, flags)  # type: ignore[misc]
        return sent

    def sendall(self, data: Any, flags: int = 0) -> None:
        self._hurry()
        super().sendall(data, flags)  # type: ignore[misc]

    def _hurry(self) -> None:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for the whole exchange is over")
        self.settimeout(left)  # type: ignore[attr-defined]


class BoundedSocket(_Bounded, socket.socket):  # type: ignore[misc]
    """A TCP socket."""


class BoundedTls(_Bounded, ssl.SSLSocket):  # type: ignore[misc]
    """The same after the handshake; an SSLContext makes it, see `tls`."""


def dial(addresses: Sequence[Address], port: int, until: float, budget: int) -> BoundedSocket:
    """A connection to the first address that takes it, or the last one's OSError."""
    error: OSError = OSError("the name has no address")
    for address in addresses:
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        connection = BoundedSocket(family, socket.SOCK_STREAM)
        try:
            connection.bound(min(until, time.monotonic() + CONNECT), budget)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect((str(address), port))
            connection.bound(until, budget)
        except OSError as failure:
            connection.close()
            error = failure
        else:
            return connection
    raise error


def tls(authorities: str) -> ssl.SSLContext:
    """A context that trusts the authorities in a PEM file and makes bounded sockets."""
    context = ssl.create_default_context(cafile=authorities)
    context.sslsocket_class = BoundedTls
    return context


def hand_over(plain: BoundedSocket, wrapped: Any) -> None:
    """What was left of the plain socket's time and bytes is what its TLS socket has."""
    wrapped.bound(plain.until, plain.budget)
