"""One question and one answer of NTP (RFC 5905), and what the answer says of two clocks."""

import os
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address

PACKET = struct.Struct("!BBbbII4sQQQQ")
CLIENT, SERVER = 3, 4
QUESTION = 4 << 3 | CLIENT
SINCE_1900_S = 2_208_988_800
FRACTION = 1 << 32
WHOLE = 1 << 64
UNSYNCHRONISED = 3
KISSES = {
    "RATE": "we ask too often",
    "DENY": "it does not serve us",
    "RSTR": "it does not serve us",
    "INIT": "it has only just started",
    "STEP": "it is setting its clock",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`leap` is 0 to 3; the two times are the server's, when it heard us and when it answered,
    in units of 1/2³² s since 1900, without the era."""

    leap: int
    stratum: int
    reference: bytes
    heard_at: int
    answered_at: int

    @property
    def kiss(self) -> str:
        """The code of a server that refuses; empty when this is no kiss-o'-death."""
        return "" if self.stratum else _letters(self.reference)

    @property
    def source(self) -> str:
        """Where the server has its time from: a clock's name, or the server above it."""
        if self.stratum <= 1:
            return _letters(self.reference)
        return str(IPv4Address(self.reference))


def question(nonce: int) -> bytes:
    """A packet that tells nothing of our own clock: its time is a random number, by which the
    answer is known."""
    return PACKET.pack(QUESTION, 0, 0, 0, 0, 0, bytes(4), 0, 0, 0, nonce)


def new_nonce() -> int:
    """64 bits that nobody can guess."""
    return int.from_bytes(os.urandom(8), "big") or 1


def answer(packet: bytes, nonce: int) -> Answer | None:
    """What a packet says; None when it is no server's answer to our question."""
    if len(packet) < PACKET.size:
        return None
    first, stratum, _, _, _, _, reference, _, origin, heard_at, answered_at = PACKET.unpack_from(
        packet
    )
    if first & 7 != SERVER or origin != nonce:
        return None
    return Answer(first >> 6, stratum, reference, heard_at, answered_at)


def stamp(unix_ns: int) -> int:
    """A Unix time in ns as NTP writes it."""
    return ((unix_ns + SINCE_1900_S * 1_000_000_000) * FRACTION // 1_000_000_000) % WHOLE


def offset_ms(seen: Answer, sent_at: int, came_at: int) -> float:
    """How far the server's clock is ahead of ours: ((T2−T1) + (T3−T4)) ÷ 2."""
    forth = _between(sent_at, seen.heard_at)
    back = _between(came_at, seen.answered_at)
    return _ms(forth + back) / 2


def delay_ms(seen: Answer, sent_at: int, came_at: int) -> float:
    """The round trip without the server's own time: (T4−T1) − (T3−T2), never below 0."""
    there = _between(seen.heard_at, seen.answered_at)
    return max(0.0, _ms(_between(sent_at, came_at) - there))


def _between(earlier: int, later: int) -> int:
    """Signed and over the end of an era: right as long as the clocks are within 68 years."""
    return (later - earlier + WHOLE // 2) % WHOLE - WHOLE // 2


def _ms(units: int) -> float:
    return units * 1000 / FRACTION


def _letters(reference: bytes) -> str:
    """Four letters, as far as a hostile server keeps to them."""
    return "".join(chr(each) for each in reference if 0x21 <= each < 0x7F)
