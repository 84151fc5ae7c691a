"""Does a time server tell the time, and how far is its clock from ours?"""

import time
from typing import ClassVar

from pydantic import Field, ValidationInfo, field_validator

from kener.checks import _ntp_packet as ntp
from kener.checks._base import Check, Context
from kener.checks._datagrams import first_answer
from kener.checks._failures import Degraded, Failure, Mismatch
from kener.checks._fields import ADVANCED, Host, IpVersion, Port, host_and_port
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status


class NtpCheck(Check):
    """One question of NTP version 4; the latency is the round trip."""

    kind: ClassVar[str] = "ntp"
    label: ClassVar[str] = "Time server (NTP)"
    description: ClassVar[str] = "Asks for the time and compares it with this machine's clock"

    host: Host = Field(title="Host", description="A name or an address")
    port: Port = Field(123, title="Port", json_schema_extra=ADVANCED)
    degraded_offset_ms: float = Field(
        100,
        ge=0,
        le=86_400_000,
        title="Degraded above",
        description="Difference of the clocks in ms; 0: never",
    )
    down_offset_ms: float = Field(
        0,
        ge=0,
        le=86_400_000,
        title="Down above",
        description="Difference of the clocks in ms; 0: never",
    )
    max_stratum: int = Field(
        15,
        ge=1,
        le=15,
        title="Highest stratum",
        description="Down when the server is further away from a true clock",
        json_schema_extra=ADVANCED,
    )
    ip_version: IpVersion = "auto"

    @field_validator("down_offset_ms")
    @classmethod
    def _above_degraded(cls, value: float, info: ValidationInfo) -> float:
        warned = info.data.get("degraded_offset_ms")
        if value and warned and value < warned:
            raise ValueError(f"must not be less than the {warned:g} ms of “Degraded above”")
        return value

    def target(self) -> str:
        """The host, and a port that is not the usual one."""
        return self.host if self.port == 123 else host_and_port(self.host, self.port)

    def server(self) -> tuple[str, int]:
        """The host and port of the target."""
        return self.host, self.port

    async def probe(self, context: Context) -> Outcome:
        """Ask once, reckon, judge."""
        context.doing = "looking up the name"
        addresses = await context.services.resolver.resolve(self.host, self.ip_version)
        nonce = ntp.new_nonce()

        def accept(packet: bytes) -> tuple[ntp.Answer, int] | None:
            came_at = ntp.stamp(time.time_ns())
            seen = ntp.answer(packet, nonce)
            return (seen, came_at) if seen else None

        heard = await first_answer(addresses, self.port, ntp.question(nonce), accept, context)
        seen, came_at = heard.answer
        # A clock that is set meanwhile must not be taken for a long way.
        sent_at = came_at - round(heard.took_ms * ntp.FRACTION / 1000)
        facts: dict[str, Fact] = {"address": heard.address, "stratum": seen.stratum}
        offset = ntp.offset_ms(seen, sent_at, came_at)
        failure = _no_time(seen)
        if failure is None:
            facts |= {
                "offset_ms": round(offset, 3),
                "delay_ms": round(ntp.delay_ms(seen, sent_at, came_at), 3),
                "reference": seen.source,
            }
            failure = self._too_far(seen, offset)
        if failure is not None:
            failure.facts, failure.latency_ms = facts, heard.took_ms
            raise failure
        return Outcome(Status.UP, latency_ms=heard.took_ms, facts=facts)

    def _too_far(self, seen: ntp.Answer, offset: float) -> Failure | None:
        if seen.stratum > self.max_stratum:
            return Mismatch(f"is of stratum {seen.stratum}; at most {self.max_stratum} is wanted")
        side = "ahead of" if offset > 0 else "behind"
        far = f"its clock is {abs(offset):,.1f} ms {side} ours"
        if self.down_offset_ms and abs(offset) > self.down_offset_ms:
            return Mismatch(f"{far}; more than {self.down_offset_ms:g} ms is down")
        if self.degraded_offset_ms and abs(offset) > self.degraded_offset_ms:
            return Degraded(f"{far}; more than {self.degraded_offset_ms:g} ms is degraded")
        return None


def _no_time(seen: ntp.Answer) -> Failure | None:
    """An answer that tells no time at all."""
    if seen.leap == ntp.UNSYNCHRONISED and seen.kiss not in ntp.KISSES:
        return Mismatch("its clock is not synchronised (leap indicator 3)")
    if not seen.stratum:
        meaning = ntp.KISSES.get(seen.kiss, "it gives no time")
        return Mismatch(f"refuses to tell the time: {seen.kiss or 'stratum 0'} ({meaning})")
    if seen.stratum > 15:
        return Mismatch(f"its clock is not synchronised (stratum {seen.stratum})")
    if not seen.heard_at or not seen.answered_at:
        return Mismatch("answered without a time")
    return None


TYPE = NtpCheck
