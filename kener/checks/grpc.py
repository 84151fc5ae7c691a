"""Does a gRPC server say that it, or one of its services, is healthy?"""

from functools import cached_property
from typing import ClassVar, NoReturn

import pycurl
from pydantic import Field, SecretStr, field_validator

from kener import __version__
from kener.checks import _grpc_wire as wire
from kener.checks._addresses import clean_host
from kener.checks._base import Check, Context
from kener.checks._curl import Answer, Request
from kener.checks._failures import Degraded, Failure, Mismatch, TimedOut
from kener.checks._fields import (
    ADVANCED,
    MAY_REFER,
    TEXTAREA,
    Host,
    IpVersion,
    Port,
    VerifyTls,
    host_and_port,
)
from kener.checks._hiding import scrub
from kener.checks._lines import clean
from kener.checks._web import for_curl, header_lines, name_of
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

NO_SECRET = SecretStr("")
PATH = "/grpc.health.v1.Health/Check"
MOST_READ = 4_096
OURS = (
    "content-type: application/grpc",
    "te: trailers",
    f"user-agent: Kener/{__version__}",
)


class GrpcCheck(Check):
    """One call of the standard health service, grpc.health.v1, over HTTP/2."""

    kind: ClassVar[str] = "grpc"
    label: ClassVar[str] = "gRPC service"
    description: ClassVar[str] = "Asks a gRPC server's health service"

    host: Host = Field(title="Host", description="A name or an address")
    port: Port = Field(50051, title="Port")
    service: str = Field(
        "",
        title="Service",
        description="Its full name, like shop.v1.Cart; empty: the server as a whole",
        max_length=300,
    )
    tls: bool = Field(False, title="TLS", description="Encrypt the connection")
    bearer_token: SecretStr = Field(
        NO_SECRET,
        title="Bearer token",
        description="Sent as “authorization: Bearer …”",
        max_length=8000,
        json_schema_extra=ADVANCED,
    )
    metadata: str = Field(
        "",
        title="Metadata",
        description="One “name: value” a line",
        max_length=8000,
        json_schema_extra=ADVANCED | TEXTAREA | MAY_REFER,
    )
    server_name: str = Field(
        "",
        title="Server name",
        description="The name to call it by, also in the certificate; empty: the host",
        max_length=253,
        json_schema_extra=ADVANCED,
    )
    verify_tls: VerifyTls = True
    ip_version: IpVersion = "auto"

    @field_validator("bearer_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value().strip()
        if not (token.isascii() and token.isprintable()):
            raise ValueError("must be one line of plain characters")
        return SecretStr(token)

    @field_validator("metadata")
    @classmethod
    def _metadata(cls, value: str) -> str:
        for line in header_lines(value):
            name = name_of(line)
            if name.startswith("grpc-") or name in {"content-type", "te", "user-agent"}:
                raise ValueError(f"{name} is set by the check itself")
        return value

    @field_validator("server_name")
    @classmethod
    def _name(cls, value: str) -> str:
        return clean_host(value) if value.strip() else ""

    def target(self) -> str:
        """Host and port, and the service."""
        where = host_and_port(self.host, self.port)
        return f"{where} {self.service}" if self.service else where

    def server(self) -> tuple[str, int]:
        """The host and port of the target."""
        return self.host, self.port

    def destination(self) -> object:
        """The server, whatever its services; a token that went out encrypted to a server known by
        its name is not to be told without."""
        return self.host, self.port, self.tls, self.verify_tls, self.server_name

    async def probe(self, context: Context) -> Outcome:
        """Call, read the status in the trailers, then the one in the message."""
        answer = await context.services.transfers.fetch(self._request, context)
        facts: dict[str, Fact] = {"address": answer.address}
        if answer.certificate is not None:
            facts |= answer.certificate.facts(context.now)
        try:
            facts["grpc_status"] = status = _status(answer)
            if status != "OK":
                self._refuse(status, answer)
            facts["grpc_health"] = health = wire.health_status(answer.body)
            self._judge(health)
        except wire.Garbled:
            raise _with(Mismatch("the answer cannot be read"), facts, answer) from None
        except Failure as failure:
            scrub(failure, self._hidden)
            raise _with(failure, facts, answer) from None
        return Outcome(
            Status.UP, latency_ms=answer.phases["total"], phases=answer.phases, facts=facts
        )

    def _refuse(self, status: str, answer: Answer) -> NoReturn:
        """A call that failed."""
        if status == "NOT_FOUND":
            raise self._unknown
        if status == "UNIMPLEMENTED":
            raise Mismatch("the server has no health service (grpc.health.v1)")
        if status == "DEADLINE_EXCEEDED":
            raise TimedOut("the server ran out of time (DEADLINE_EXCEEDED)")
        words = clean(wire.told(answer.headers.get("grpc-message", "")))
        raise Mismatch(f"the server answered {status}" + (f": “{words}”" if words else ""))

    def _judge(self, health: str) -> None:
        """What the server says of itself."""
        if health == "SERVICE_UNKNOWN":
            raise self._unknown
        who = f"the service {self.service[:100]}" if self.service else "the server"
        if health == "NOT_SERVING":
            raise Mismatch(f"{who} says that it is not serving")
        if health == "UNKNOWN":
            raise Degraded(f"{who} does not know how it is (UNKNOWN)")

    @property
    def _unknown(self) -> Failure:
        if not self.service:
            return Mismatch("the server does not tell how it is as a whole; name a service")
        return Mismatch(f"the server knows no service {self.service[:100]}")

    @cached_property
    def _hidden(self) -> list[str]:
        """What a server may send back, and nobody is to see."""
        values = [line.partition(":")[2].strip() for line in header_lines(self.metadata)]
        bare = [value.partition(" ")[2] for value in values]
        return [*values, *bare, self.bearer_token.get_secret_value()]

    @cached_property
    def _request(self) -> Request:
        """HTTP/2 without asking: nothing else is gRPC."""
        name = self.server_name or self.host
        scheme = "https" if self.tls else "http"
        token = self.bearer_token.get_secret_value()
        lines = [*header_lines(self.metadata), *OURS]
        if token:
            lines.append(f"authorization: Bearer {token}")
        options = [
            (pycurl.URL, f"{scheme}://{host_and_port(name, self.port)}{PATH}"),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE),
            (pycurl.POSTFIELDS, wire.health_request(self.service)),
            (pycurl.HTTPHEADER, for_curl(lines)),
        ]
        if not self.verify_tls:
            options += [(pycurl.SSL_VERIFYPEER, 0), (pycurl.SSL_VERIFYHOST, 0)]
        return Request(
            host=self.host,
            port=self.port,
            tls=self.tls,
            options=tuple(options),
            family=self.ip_version,
            name=name,
            limit=MOST_READ,
            keep=True,
            keep_headers=True,
        )


def _status(answer: Answer) -> str:
    """The call's status by name. What is not gRPC has none."""
    number = answer.headers.get("grpc-status")
    if number is None:
        raise Mismatch(f"answered in HTTP ({answer.status}), but not in gRPC")
    return wire.code_name(number)


def _with(failure: Failure, facts: dict[str, Fact], answer: Answer) -> Failure:
    failure.facts, failure.phases = facts, answer.phases
    failure.latency_ms = answer.phases["total"]
    return failure


TYPE = GrpcCheck
