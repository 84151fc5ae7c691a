"""Is a server's certificate valid, and for how long yet?"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from kener.checks._addresses import clean_host
from kener.checks._base import Check, Context
from kener.checks._certificates import Certificate, end_of
from kener.checks._failures import Expired, Expiring, Failure, Mismatch, refused_certificate
from kener.checks._fields import ADVANCED, Host, IpVersion, Port, host_and_port
from kener.checks._starttls import StartTls, ask_for_tls
from kener.checks._streams import Connection, Peer, connected, start_tls
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

if TYPE_CHECKING:
    from kener.checks._x509 import Shown


class TlsCheck(Check):
    """A handshake with any port that speaks TLS, from the start or when asked; nothing is sent
    over it."""

    kind: ClassVar[str] = "tls"
    label: ClassVar[str] = "TLS certificate"
    family: ClassVar[str] = "Network"
    description: ClassVar[str] = "Verifies a server's certificate and watches when it ends"

    host: Host = Field(title="Host", description="A name or an address")
    port: Port = Field(
        443, title="Port", description="For STARTTLS the one of the protocol, like 25"
    )
    starttls: StartTls = Field(
        "none",
        title="STARTTLS",
        description="The protocol in which TLS is asked for; none: TLS from the start",
    )
    server_name: str = Field(
        "",
        title="Server name",
        description="The name the certificate must be for; empty: the host",
        max_length=253,
        json_schema_extra=ADVANCED,
    )
    degraded_days: int = Field(
        14, ge=0, le=365, title="Degraded below", description="Days left; 0: never"
    )
    down_days: int = Field(
        0, ge=0, le=365, title="Down below", description="Days left; 0: only once it has expired"
    )
    verify_tls: bool = Field(
        True,
        title="Verify chain and name",
        description="If not, only the days left are judged",
        json_schema_extra=ADVANCED,
    )
    minimum_version: Literal["1.2", "1.3"] = Field(
        "1.2",
        title="Oldest TLS version",
        description="Down when the server speaks only an older one",
        json_schema_extra=ADVANCED,
    )
    ip_version: IpVersion = "auto"

    @field_validator("server_name")
    @classmethod
    def _name(cls, value: str) -> str:
        return clean_host(value) if value.strip() else ""

    @field_validator("down_days")
    @classmethod
    def _below_degraded(cls, value: int, info: ValidationInfo) -> int:
        warned = info.data.get("degraded_days")
        if warned and value > warned:
            raise ValueError(f"must not be more than the {warned} days of “Degraded below”")
        return value

    def target(self) -> str:
        """Host and port."""
        return host_and_port(self.host, self.port)

    def server(self) -> tuple[str, int]:
        """The host and port of the target."""
        return self.host, self.port

    async def probe(self, context: Context) -> Outcome:
        """Shake hands, read the certificate, count its days."""
        try:
            shown, connection = await self._shake(self._peer, context)
        except ssl.SSLCertVerificationError as error:
            raise await self._refused(error, context) from None
        facts = {"address": connection.address, **shown.facts(context.now)}
        phases = connection.phases
        phases["total"] = round(sum(phases.values()), 3)
        failure = self._too_old(facts) or self._too_few(shown.certificate, context)
        if failure is not None:
            failure.facts, failure.phases = facts, phases
            failure.latency_ms = phases["total"]
            raise failure
        return Outcome(Status.UP, latency_ms=phases["total"], phases=phases, facts=facts)

    async def _shake(self, peer: Peer, context: Context) -> tuple["Shown", Connection]:
        """What the server shows; the connection is closed already."""
        from kener.checks._x509 import shown_by  # noqa: PLC0415 - cryptography is big; load it late

        async with connected(peer, context) as connection:
            if self.starttls != "none":
                await ask_for_tls(self.starttls, connection, peer, context)
            await start_tls(connection, peer, context)
            return shown_by(connection.writer.get_extra_info("ssl_object")), connection

    async def _refused(self, error: ssl.SSLCertVerificationError, context: Context) -> Failure:
        """Only a second handshake, which believes anybody, shows the certificate that was
        refused."""
        failure = refused_certificate(error)
        believing = replace(self._peer, verify=False)
        try:
            async with asyncio.timeout_at(context.deadline - 0.1):
                shown, connection = await self._shake(believing, context)
        except (Failure, OSError):
            return failure
        failure.facts = {"address": connection.address, **shown.facts(context.now)}
        failure.phases = connection.phases
        return failure

    def _too_few(self, certificate: Certificate, context: Context) -> Failure | None:
        left = certificate.days_left(context.now)
        if left < 0:
            return Expired(f"the certificate {end_of(left)}")
        if left < self.down_days:
            return Expired(f"the certificate {end_of(left)}; {self.down_days} are needed")
        if left < self.degraded_days:
            return Expiring(f"the certificate {end_of(left)}")
        return None

    def _too_old(self, facts: Mapping[str, Fact]) -> Failure | None:
        if self.minimum_version == "1.3" and facts["tls_version"] != "TLS 1.3":
            return Mismatch(f"the server speaks {facts['tls_version']}; TLS 1.3 is wanted")
        return None

    @cached_property
    def _peer(self) -> Peer:
        return Peer(
            self.host,
            self.port,
            self.ip_version,
            verify=self.verify_tls,
            server_name=self.server_name,
        )


TYPE = TlsCheck
