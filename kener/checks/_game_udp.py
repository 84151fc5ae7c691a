"""Questions and answers by UDP with a vetted address, over one socket: challenges are for that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from kener.checks._base import Context
from kener.checks._failures import of_errno

MOST_WAITING = 16
TRIES = 3


class Datagrams(asyncio.DatagramProtocol):
    """What came from the one address that the socket is connected to; too much is dropped."""

    def __init__(self) -> None:
        self.transport: asyncio.DatagramTransport
        self._came: asyncio.Queue[bytes | OSError] = asyncio.Queue(MOST_WAITING)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Called by asyncio."""
        if not self._came.full():
            self._came.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        """Called by asyncio: nobody listens there."""
        if isinstance(exc, OSError) and not self._came.full():
            self._came.put_nowait(exc)

    async def ask(self, request: bytes, context: Context) -> bytes:
        """The next answer. What is lost is asked again, three times in all; after that only the
        deadline ends it. Raises OSError when the port is closed."""
        for _ in range(TRIES - 1):
            self.transport.sendto(request)
            try:
                async with asyncio.timeout(max(0.1, context.remaining() / 3)):
                    return await self._next()
            except TimeoutError:
                continue
        self.transport.sendto(request)
        return await self._next()

    async def _next(self) -> bytes:
        came = await self._came.get()
        if isinstance(came, OSError):
            raise came
        return came


@asynccontextmanager
async def datagrams(address: str, port: int, context: Context) -> AsyncIterator[Datagrams]:
    """A socket for one address and port; what goes wrong there is a Failure."""
    context.doing = f"waiting for an answer from {address}"
    transport = None
    try:
        transport, protocol = await context.services.loop.create_datagram_endpoint(
            Datagrams, remote_addr=(address, port)
        )
        yield protocol
    except OSError as error:
        if error.errno is None:
            raise
        raise of_errno(error.errno, f"{address} port {port}") from None
    finally:
        if transport is not None:
            transport.abort()
