"""A WebSocket over one of our connections: the library knows the protocol (RFC 6455), we read and
write."""

import asyncio
import os
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.frames import DATA_OPCODES, Frame, Opcode
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from kener.checks._failures import Failure, Mismatch, Unreachable
from kener.checks._lines import clean, endless, hung_up, until
from kener.checks._streams import Connection, ms_since
from kener.checks._web import Place

MOST_HEAD = 65_536
MOST_READ = 1_048_576
MOST_FRAMES = 10_000
AT_ONCE = 8_192
"""Bytes that are taken apart before other probes have their turn: they may be 4,000 frames."""
STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)[ \r]")


class WebSocket:
    """Open after `shake`. Reads at most 1 MB in 10,000 frames; offers no compression."""

    def __init__(
        self, connection: Connection, where: Place, subprotocols: Sequence[str] = ()
    ) -> None:
        parts = urlsplit(where.url)
        uri = WebSocketURI(where.scheme == "https", where.host, where.port, parts.path, parts.query)
        offered = [Subprotocol(each) for each in subprotocols] or None
        self.connection = connection
        self.protocol = ClientProtocol(uri, subprotocols=offered, max_size=MOST_READ)
        self.size = self.count = 0
        self._frames: deque[Frame] = deque()

    @property
    def subprotocol(self) -> str:
        """The one that the server chose; empty for none."""
        return self.protocol.subprotocol or ""

    async def shake(self, headers: list[tuple[str, str]]) -> None:
        """The opening handshake; whatever is not an upgrade is a Mismatch."""
        request = self.protocol.connect()
        for name, value in headers:
            request.headers[name] = value
        self.protocol.send_request(request)
        await self._flush()
        head = await until(self.connection, b"\r\n\r\n", MOST_HEAD)
        status = STATUS.match(head)
        if status is None:
            raise Mismatch("the server did not answer in HTTP")
        if status[1] != b"101":
            raise Mismatch(f"the server refused the WebSocket with {int(status[1])}")
        self.protocol.receive_data(head)
        if self.protocol.handshake_exc is not None:
            raise Mismatch(f"the handshake is wrong: {clean(str(self.protocol.handshake_exc))}")
        self.protocol.events_received()

    async def send(self, text: str) -> None:
        """One text message."""
        self.protocol.send_text(text.encode())
        await self._flush()

    async def ping(self) -> float:
        """How long a ping takes to come back, in ms; messages that come meanwhile are lost."""
        began, token = time.perf_counter(), os.urandom(8)
        self.protocol.send_ping(token)
        await self._flush()
        async for frame in self._incoming():
            if frame.opcode is Opcode.PONG and bytes(frame.data) == token:
                return ms_since(began)
        raise self._ended()

    async def message(self) -> str:
        """The next message, whole; a binary one as far as it is text."""
        parts = bytearray()
        async for frame in self._incoming():
            if frame.opcode in DATA_OPCODES:
                parts += frame.data
                if frame.fin:
                    return parts.decode(errors="replace")
        raise self._ended()

    async def close(self) -> None:
        """Say that all is well; nobody waits for the answer."""
        self.protocol.send_close(1000)
        await self._flush()

    async def _incoming(self) -> AsyncIterator[Frame]:
        """Frames as they come, until the server closes. What is left waits for the next reader."""
        while True:
            while self._frames:
                yield self._frames.popleft()
            if self.protocol.close_rcvd is not None or self.protocol.parser_exc is not None:
                return
            await asyncio.sleep(0)
            part = await self.connection.reader.read(AT_ONCE)
            if not part:
                raise hung_up(self.connection)
            self.protocol.receive_data(part)
            await self._flush()
            events: list[Any] = self.protocol.events_received()
            self._frames += events
            self.size += len(part)
            self.count += len(events)
            if self.size > MOST_READ or self.count > MOST_FRAMES:
                raise endless()

    async def _flush(self) -> None:
        for part in self.protocol.data_to_send():
            if part:
                self.connection.writer.write(part)
        await self.connection.writer.drain()

    def _ended(self) -> Failure:
        broken, closed = self.protocol.parser_exc, self.protocol.close_rcvd
        if closed is None:
            return Mismatch(f"the server broke the protocol: {clean(str(broken))}")
        why = f" “{clean(closed.reason)}”" if closed.reason else ""
        return Unreachable(f"the server closed the WebSocket with {int(closed.code)}{why}")
