"""Is a TCP port open, and does it say what we expect?"""

import time
from functools import cached_property
from typing import ClassVar

from pydantic import Field, ValidationInfo, field_validator

from kener.checks._addresses import clean_host
from kener.checks._base import Check, Context
from kener.checks._certificates import Certificate, end_of
from kener.checks._failures import Expiring, Failure, Mismatch, TlsFailed
from kener.checks._fields import ADVANCED, Host, IpVersion, Port, VerifyTls, host_and_port
from kener.checks._payload import Encoding, encoding_field, payload, payload_field, unexpected
from kener.checks._streams import Connection, Peer, connected
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

MOST_READ = 65_536


class TcpCheck(Check):
    """Connect; if wished, send something and look for an answer."""

    kind: ClassVar[str] = "tcp"
    label: ClassVar[str] = "TCP port"
    family: ClassVar[str] = "Network"
    description: ClassVar[str] = "Opens a connection; can send a text and look for an answer"

    host: Host = Field(title="Host", description="A name or an address")
    port: Port = Field(title="Port")
    encoding: Encoding = encoding_field()
    send: str = payload_field("Send", "What is sent first")
    expect: str = payload_field("Expect", "What must come, in the first 64 KB")
    tls: bool = Field(False, title="TLS", description="Encrypt the connection")
    verify_tls: VerifyTls = True
    server_name: str = Field(
        "",
        title="Server name",
        description="The name asked for by TLS and verified; empty: the host",
        max_length=253,
        json_schema_extra=ADVANCED,
    )
    certificate_days: int = Field(
        0,
        ge=0,
        le=365,
        title="Certificate warning",
        description="Degraded when fewer days are left, in days; 0: never",
        json_schema_extra=ADVANCED,
    )
    ip_version: IpVersion = "auto"

    @field_validator("send", "expect")
    @classmethod
    def _bytes(cls, value: str, info: ValidationInfo) -> str:
        payload(value, info.data.get("encoding", "text"))
        return value

    @field_validator("server_name")
    @classmethod
    def _name(cls, value: str) -> str:
        return clean_host(value) if value.strip() else ""

    @field_validator("certificate_days")
    @classmethod
    def _needs_tls(cls, value: int, info: ValidationInfo) -> int:
        if value and not info.data.get("tls"):
            raise ValueError("there is a certificate only with TLS")
        return value

    def target(self) -> str:
        """Host and port."""
        return host_and_port(self.host, self.port)

    def server(self) -> tuple[str, int]:
        """The host and port of the target."""
        return self.host, self.port

    async def probe(self, context: Context) -> Outcome:
        """Connect, send, listen; count the days of a certificate."""
        async with connected(self._peer, context) as connection:
            facts: dict[str, Fact] = {"address": connection.address}
            certificate = _certificate(connection) if self.tls else None
            if certificate is not None:
                facts |= certificate.facts(context.now)
            if self._sent:
                connection.writer.write(self._sent)
            if self._expected:
                await self._listen(connection, context, facts)
            phases = connection.phases
        failure = self._too_few(certificate, context) if self.certificate_days else None
        if failure is not None:
            failure.facts, failure.phases = facts, phases
            raise failure
        return Outcome(Status.UP, phases=phases, facts=facts)

    def _too_few(self, certificate: Certificate | None, context: Context) -> Failure | None:
        if certificate is None:
            return TlsFailed("the certificate cannot be read")
        left = certificate.days_left(context.now)
        if left >= self.certificate_days:
            return None
        return Expiring(f"the certificate {end_of(left)}")

    async def _listen(
        self, connection: Connection, context: Context, facts: dict[str, Fact]
    ) -> None:
        context.doing = "waiting for the expected answer"
        heard, began = b"", time.perf_counter()
        while self._expected not in heard:
            part = await connection.reader.read(MOST_READ - len(heard))
            heard += part
            if self._expected not in heard and (not part or len(heard) >= MOST_READ):
                said = unexpected(self.expect, heard, self.encoding)
                raise Mismatch(said, facts=facts, phases=connection.phases)
        connection.phases["answer"] = round((time.perf_counter() - began) * 1000, 3)

    @cached_property
    def _sent(self) -> bytes:
        return payload(self.send, self.encoding)

    @cached_property
    def _expected(self) -> bytes:
        return payload(self.expect, self.encoding)

    @cached_property
    def _peer(self) -> Peer:
        return Peer(
            self.host, self.port, self.ip_version, self.tls, self.verify_tls, self.server_name
        )


def _certificate(connection: Connection) -> Certificate | None:
    from kener.checks._x509 import (  # noqa: PLC0415 - cryptography is big; load it late
        peer_certificate,
    )

    return peer_certificate(connection)


TYPE = TcpCheck
