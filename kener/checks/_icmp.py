"""ICMP echo on one socket for all pings of a family, told apart by number and token."""

import asyncio
import contextlib
import os
import socket
import struct
import sys
import time
from dataclasses import dataclass

from kener.checks._failures import Failure, Unreachable

TOKEN = 16
PADDING = bytes(24)
RAW_LEVEL, ICMP_FILTER, ICMP6_FILTER = 255, 1, 1  # Linux's numbers, which Python does not name
HEADER = struct.Struct("!BBHHH")


@dataclass(frozen=True, slots=True)
class Kinds:
    """The numbers of one family: its protocol, its echo request and reply, its bad news."""

    protocol: int
    request: int
    reply: int
    bad_news: frozenset[int]


KINDS = {
    socket.AF_INET: Kinds(socket.IPPROTO_ICMP, 8, 0, frozenset({3, 11})),
    socket.AF_INET6: Kinds(socket.IPPROTO_ICMPV6, 128, 129, frozenset({1, 3})),
}


@dataclass(slots=True)
class _Waiting:
    """One echo on its way."""

    token: bytes
    address: str
    sent_at: float
    result: asyncio.Future[float]


class EchoSocket:
    """Sends echo requests and hands each reply to the one who waits for it."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        family: socket.AddressFamily,
        kind: socket.SocketKind,
    ) -> None:
        self._loop = loop
        self._kinds = KINDS[family]
        self._socket = socket.socket(family, kind, self._kinds.protocol)
        self._socket.setblocking(False)
        self._only_what_is_read(kind)
        self._identity = int.from_bytes(os.urandom(2), "big")
        self._number = 0
        self._waiting: dict[int, _Waiting] = {}
        loop.add_reader(self._socket, self._readable)

    def _only_what_is_read(self, kind: socket.SocketKind) -> None:
        """A raw socket gets a copy of every ICMP packet of the machine; most need not wake us."""
        wanted = {self._kinds.reply, *self._kinds.bad_news}
        if kind != socket.SOCK_RAW or sys.platform != "linux":
            return
        with contextlib.suppress(OSError):  # a kernel without it shows more, and that is all
            if self._kinds.protocol == socket.IPPROTO_ICMP:
                mask = ~sum(1 << each for each in wanted) & 0xFFFFFFFF
                self._socket.setsockopt(RAW_LEVEL, ICMP_FILTER, struct.pack("=I", mask))
            else:
                words = [0xFFFFFFFF] * 8
                for each in wanted:
                    words[each >> 5] &= ~(1 << (each & 31))
                self._socket.setsockopt(
                    socket.IPPROTO_ICMPV6, ICMP6_FILTER, struct.pack("=8I", *words)
                )

    def send(self, address: str) -> asyncio.Future[float]:
        """A future of the round trip in ms, or of an Unreachable; cancel it to stop waiting.

        Raises OSError when the packet cannot even leave.
        """
        self._readable()  # a burst of pings must not overflow the socket with its own answers
        number, token = self._next_number(), os.urandom(TOKEN)
        self._socket.sendto(self._packet(number, token + PADDING), (address, 0))
        result: asyncio.Future[float] = self._loop.create_future()
        self._waiting[number] = _Waiting(token, address, time.perf_counter(), result)
        result.add_done_callback(lambda _: self._waiting.pop(number, None))
        return result

    def _next_number(self) -> int:
        for _ in range(65_536):
            self._number = (self._number + 1) & 0xFFFF
            if self._number not in self._waiting:
                return self._number
        raise OSError(105, "65536 pings are on their way already")

    def _packet(self, number: int, payload: bytes) -> bytes:
        """The kernel fills in the checksum of ICMPv6 and of datagram sockets; ours is for raw."""
        kind = self._kinds.request
        draft = HEADER.pack(kind, 0, 0, self._identity, number) + payload
        return HEADER.pack(kind, 0, checksum(draft), self._identity, number) + payload

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            while True:
                packet, _ = self._socket.recvfrom(2048)
                self._take(packet, time.perf_counter())

    def _take(self, packet: bytes, now: float) -> None:
        message = without_ip_header(packet)
        if len(message) < HEADER.size:
            return
        kind, _, _, _, number = HEADER.unpack_from(message)
        if kind in self._kinds.bad_news:
            self._bad_news(message[HEADER.size :])
        elif kind == self._kinds.reply:
            waiting = self._waiting.get(number)
            token = message[HEADER.size : HEADER.size + TOKEN]
            if waiting and waiting.token == token and not waiting.result.done():
                waiting.result.set_result((now - waiting.sent_at) * 1000)

    def _bad_news(self, quoted: bytes) -> None:
        """A router quotes our packet: its IP header and at least the ICMP header after it."""
        message = without_ip_header(quoted)
        if len(message) < HEADER.size:
            return
        kind, _, _, identity, number = HEADER.unpack_from(message)
        waiting = self._waiting.get(number)
        ours = kind == self._kinds.request and identity == self._identity
        if ours and waiting and not waiting.result.done():
            failure: Failure = Unreachable(f"{waiting.address} cannot be reached")
            waiting.result.set_exception(failure)

    def close(self) -> None:
        """Nobody gets an answer any more."""
        self._loop.remove_reader(self._socket)
        for waiting in list(self._waiting.values()):
            waiting.result.cancel()
        self._socket.close()


def without_ip_header(packet: bytes) -> bytes:
    """Raw IPv4 sockets (and any on macOS) show the IP header, and so do quoted packets."""
    version = packet[0] >> 4 if packet else 0
    if version == 4 and len(packet) >= 28:
        return packet[(packet[0] & 0x0F) * 4 :]
    return packet[40:] if version == 6 and len(packet) >= 48 else packet


def checksum(data: bytes) -> int:
    """RFC 1071, of an even number of bytes."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF
