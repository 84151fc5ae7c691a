"""Does a host answer pings (ICMP echo)?"""

from typing import ClassVar

from pydantic import Field, ValidationInfo, field_validator

from kener.checks._base import Check, Context
from kener.checks._failures import Degraded, Failure, Mismatch, Slow, TimedOut, Unreachable
from kener.checks._fields import ADVANCED, Host, IpVersion
from kener.checks._ping import Echoes
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status


class PingCheck(Check):
    """Some packets, the share that is lost, and the mean round trip as latency."""

    kind: ClassVar[str] = "ping"
    label: ClassVar[str] = "Ping"
    family: ClassVar[str] = "Network"
    description: ClassVar[str] = "Sends ICMP echo packets and counts what comes back"

    host: Host = Field(title="Host", description="A name or an address")
    count: int = Field(3, ge=1, le=20, title="Packets", description="How many to send, 0.2 s apart")
    down_loss: int = Field(
        100, ge=1, le=100, title="Down from", description="Packets lost, in percent"
    )
    degraded_loss: int = Field(
        50, ge=1, le=100, title="Degraded from", description="Packets lost, in percent"
    )
    down_ms: float = Field(
        0, ge=0, le=60_000, title="Down above", description="Mean round trip in ms; 0: never"
    )
    degraded_ms: float = Field(
        0, ge=0, le=60_000, title="Degraded above", description="Mean round trip in ms; 0: never"
    )
    wait_s: float = Field(
        2.0,
        ge=0.1,
        le=30,
        title="Wait",
        description="For late packets after the last was sent",
        json_schema_extra=ADVANCED | {"unit": "s"},
    )
    ip_version: IpVersion = "auto"

    @field_validator("degraded_ms")
    @classmethod
    def _below_down(cls, value: float, info: ValidationInfo) -> float:
        down = info.data.get("down_ms")
        if value and down and value > down:
            raise ValueError(f"must not be more than the {down:g} ms of “Down above”")
        return value

    def target(self) -> str:
        """The host."""
        return self.host

    def server(self) -> tuple[str, int]:
        """The host; pings have no port."""
        return self.host, 0

    async def probe(self, context: Context) -> Outcome:
        """Send, wait, count."""
        context.doing = "looking up the name"
        services = context.services
        address = (await services.resolver.resolve(self.host, self.ip_version))[0]
        context.doing = f"pinging {address}"
        echoes = await services.pinger.ping(address, self.count, self.wait_s, context)
        facts = _facts(echoes, address)
        latency = sum(echoes.times) / len(echoes.times) if echoes.times else None
        failure = self._failure(echoes, address, latency)
        if failure is not None:
            failure.facts, failure.latency_ms = facts, latency
            raise failure
        return Outcome(Status.UP, latency_ms=latency, facts=facts)

    def _failure(self, echoes: Echoes, address: str, mean_ms: float | None) -> Failure | None:
        if mean_ms is None:
            if echoes.refused:
                return Unreachable(echoes.refused)
            return TimedOut(f"{address} did not answer {_pings(echoes.sent)}")
        return self._down(echoes, mean_ms) or self._degraded(echoes, mean_ms)

    def _down(self, echoes: Echoes, mean_ms: float) -> Failure | None:
        if _loss(echoes) >= self.down_loss:
            return Mismatch(_lost(echoes))
        if self.down_ms and mean_ms > self.down_ms:
            return Mismatch(f"{_took(mean_ms)}; more than {self.down_ms:g} ms is down")
        return None

    def _degraded(self, echoes: Echoes, mean_ms: float) -> Failure | None:
        if _loss(echoes) >= self.degraded_loss:
            return Degraded(_lost(echoes))
        if self.degraded_ms and mean_ms > self.degraded_ms:
            return Slow(f"{_took(mean_ms)}; more than {self.degraded_ms:g} ms is too slow")
        return None


def _lost(echoes: Echoes) -> str:
    return f"{echoes.sent - len(echoes.times)} of {_pings(echoes.sent)} got no answer"


def _took(mean_ms: float) -> str:
    return f"the round trip took {mean_ms:.1f} ms"


def _loss(echoes: Echoes) -> float:
    return 100 * (echoes.sent - len(echoes.times)) / echoes.sent


def _pings(count: int) -> str:
    return "1 ping" if count == 1 else f"{count} pings"


def _facts(echoes: Echoes, address: str) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "address": address,
        "packets_sent": echoes.sent,
        "packets_received": len(echoes.times),
        "loss_percent": round(_loss(echoes), 1),
    }
    if echoes.times:
        facts["round_trip_min_ms"] = round(min(echoes.times), 3)
        facts["round_trip_max_ms"] = round(max(echoes.times), 3)
    return facts


TYPE = PingCheck
