"""Does a UDP service answer, and does it say what we expect?"""

import asyncio
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from kener.checks._base import Check, Context
from kener.checks._datagrams import Datagram, first_answer
from kener.checks._failures import Mismatch, TimedOut
from kener.checks._fields import ADVANCED, Host, IpVersion, Port, host_and_port
from kener.checks._payload import Encoding, encoding_field, payload, payload_field, unexpected
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

LEAST_S = 0.1
# The engine's deadline must not come first, or silence would be a failure.
MARGIN_S = 0.05


class UdpCheck(Check):
    """Send one packet, and wait for one."""

    kind: ClassVar[str] = "udp"
    label: ClassVar[str] = "UDP port"
    family: ClassVar[str] = "Network"
    description: ClassVar[str] = "Sends a packet and waits for an answer"

    host: Host = Field(title="Host", description="A name or an address")
    port: Port = Field(title="Port")
    encoding: Encoding = encoding_field()
    send: str = payload_field(
        "Send", "What the packet holds; empty: an empty packet", advanced=False
    )
    expect: str = payload_field(
        "Expect", "What the answer must contain; empty: any will do", advanced=False
    )
    answer: Literal["required", "optional"] = Field(
        "required",
        title="Answer",
        description="optional: silence is up as well, only a refusal or a wrong answer is down",
    )
    wait_s: float = Field(
        1.0,
        ge=LEAST_S,
        le=30,
        title="Wait",
        description="For an answer that is optional",
        json_schema_extra=ADVANCED | {"unit": "s"},
    )
    ip_version: IpVersion = "auto"

    @field_validator("send", "expect")
    @classmethod
    def _bytes(cls, value: str, info: ValidationInfo) -> str:
        payload(value, info.data.get("encoding", "text"))
        return value

    @property
    def has_latency(self) -> bool:  # type: ignore[override]
        """Where silence is fine there may be no round trip, and nothing else is worth telling."""
        return self.answer == "required"

    def target(self) -> str:
        """Host and port."""
        return host_and_port(self.host, self.port)

    def server(self) -> tuple[str, int]:
        """The host and port of the target."""
        return self.host, self.port

    async def probe(self, context: Context) -> Outcome:
        """Send, listen, compare."""
        context.doing = "looking up the name"
        addresses = await context.services.resolver.resolve(self.host, self.ip_version)
        patience = None if self.answer == "required" else self._patience(context)
        try:
            async with asyncio.timeout(patience):
                heard = await first_answer(addresses, self.port, self._sent, bytes, context)
        except TimeoutError:
            return Outcome(Status.UP, facts={"answered": False})
        return self._judge(heard)

    def _patience(self, context: Context) -> float:
        """Who has not listened cannot say that nobody refused."""
        patience = min(self.wait_s, context.remaining() - MARGIN_S)
        if patience < LEAST_S:
            raise TimedOut("no time was left to wait for an answer")
        return patience

    def _judge(self, heard: Datagram[bytes]) -> Outcome:
        facts: dict[str, Fact] = {
            "address": heard.address,
            "answered": True,
            "size_bytes": len(heard.answer),
        }
        phases = {"answer": heard.took_ms}
        if self._expected not in heard.answer:
            said = unexpected(self.expect, heard.answer, self.encoding)
            raise Mismatch(said, facts=facts, phases=phases, latency_ms=heard.took_ms)
        return Outcome(Status.UP, latency_ms=heard.took_ms, phases=phases, facts=facts)

    @cached_property
    def _sent(self) -> bytes:
        return payload(self.send, self.encoding)

    @cached_property
    def _expected(self) -> bytes:
        return payload(self.expect, self.encoding)


TYPE = UdpCheck
