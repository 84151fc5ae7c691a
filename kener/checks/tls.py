"""Is a server's certificate valid, and for how long yet?"""

from functools import cached_property
from typing import ClassVar

import pycurl
from pydantic import Field, ValidationInfo, field_validator

from kener.checks._addresses import clean_host
from kener.checks._base import Check, Context
from kener.checks._certificates import Certificate
from kener.checks._curl import Request
from kener.checks._failures import Expired, Expiring, Failure, TlsFailed
from kener.checks._fields import ADVANCED, Host, IpVersion, Port, host_and_port
from kener.core.outcome import Outcome
from kener.core.status import Status


class TlsCheck(Check):
    """A handshake with any TLS port; nothing is sent over it."""

    kind: ClassVar[str] = "tls"
    label: ClassVar[str] = "TLS certificate"
    description: ClassVar[str] = "Verifies a server's certificate and watches when it ends"

    host: Host = Field(title="Host", description="A name or an address")
    port: Port = Field(443, title="Port", description="One that speaks TLS from the start")
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
    ip_version: IpVersion = Field("auto", title="IP version", json_schema_extra=ADVANCED)

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
        answer = await context.services.transfers.fetch(self._request, context)
        certificate = answer.certificate
        if certificate is None:
            raise TlsFailed("the certificate cannot be read", facts={"address": answer.address})
        facts = {"address": answer.address, **certificate.facts(context.now)}
        latency = answer.phases["total"]
        failure = self._too_few(certificate, context)
        if failure is not None:
            failure.facts, failure.phases = facts, answer.phases
            failure.latency_ms = latency
            raise failure
        return Outcome(Status.UP, latency_ms=latency, phases=answer.phases, facts=facts)

    def _too_few(self, certificate: Certificate, context: Context) -> Failure | None:
        left = certificate.days_left(context.now)
        if left < 0:
            return Expired(f"the certificate ended {-left} days ago")
        if left < self.down_days:
            return Expired(f"the certificate ends in {left} days; {self.down_days} are needed")
        if left < self.degraded_days:
            return Expiring(f"the certificate ends in {left} days")
        return None

    @cached_property
    def _request(self) -> Request:
        """Libcurl stops after the handshake; the name in the URL is the one it verifies."""
        name = self.server_name or self.host
        options = [
            (pycurl.URL, f"https://{host_and_port(name, self.port)}/"),
            (pycurl.CONNECT_ONLY, 1),
            (pycurl.SSL_ENABLE_ALPN, 0),
        ]
        if not self.verify_tls:
            options += [(pycurl.SSL_VERIFYPEER, 0), (pycurl.SSL_VERIFYHOST, 0)]
        return Request(
            host=self.host,
            port=self.port,
            tls=True,
            options=tuple(options),
            family=self.ip_version,
            name=name,
            always_certificate=True,
        )


TYPE = TlsCheck
