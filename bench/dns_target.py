"""A DNS server on loopback that takes its time: every name has one IPv4 address, all different."""

import asyncio
import struct
import sys
from zlib import crc32

DELAY_S = 0.1
IPV4 = 1


class Names(asyncio.DatagramProtocol):
    """Answers each question after `DELAY_S`; there are no other records than A."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Where to answer."""
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """A question."""
        asyncio.get_running_loop().call_later(DELAY_S, self._answer, data, addr)

    def _answer(self, data: bytes, addr: tuple[str, int]) -> None:
        self.transport.sendto(reply(data), addr)  # type: ignore[attr-defined]


def reply(asked: bytes) -> bytes:
    """The answer to one question, valid for this moment only."""
    end = asked.index(b"\0", 12) + 5
    (kind,) = struct.unpack(">H", asked[end - 4 : end - 2])
    number = crc32(asked[12 : end - 4])
    address = bytes((127, number >> 16 & 0xFF, number >> 8 & 0xFF, 1 + number % 250))
    record = b"\xc0\x0c" + struct.pack(">HHIH", IPV4, 1, 0, 4) + address if kind == IPV4 else b""
    head = asked[:2] + struct.pack(">HHHHH", 0x8180, 1, bool(record), 0, 0)
    return head + asked[12:end] + record


async def main(port: int) -> None:
    """Serve until the process is ended."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", port))
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
