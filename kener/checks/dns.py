"""Does a name server give the right answer?"""

from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from kener.checks._addresses import clean_host, literal
from kener.checks._base import Check, Context
from kener.checks._dns_text import Question, Reply, plain, server
from kener.checks._failures import Mismatch
from kener.checks._fields import ADVANCED, TEXTAREA
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

MOST_SHOWN = 20
RecordType = Literal[
    "A", "AAAA", "CNAME", "MX", "NS", "TXT", "SOA", "SRV", "CAA", "PTR",
    "DNSKEY", "DS", "TLSA", "HTTPS", "SVCB", "NAPTR", "SSHFP",
]  # fmt: skip


class DnsCheck(Check):
    """One question to the resolver it is told to ask."""

    kind: ClassVar[str] = "dns"
    label: ClassVar[str] = "DNS record"
    description: ClassVar[str] = "Asks a name server and compares the answer"

    name: str = Field(
        title="Name", description="To ask for; of PTR an address is fine", max_length=253
    )
    record_type: RecordType = Field("A", title="Record type")
    expected: str = Field(
        "",
        title="Expected values",
        description="One a line; empty: any answer will do",
        max_length=8000,
        json_schema_extra=TEXTAREA,
    )
    match: Literal["any", "all", "exact"] = Field(
        "any",
        title="Compare",
        description="any: one of the values is in the answer; all: each of them is; exact: and "
        "nothing else",
    )
    resolver: str = Field(
        "",
        title="Resolver",
        description="Address with an optional :port; empty: this machine's",
        max_length=260,
        json_schema_extra=ADVANCED,
    )
    transport: Literal["udp", "tcp"] = Field(
        "udp",
        title="Transport",
        description="An answer too long for UDP is fetched again by TCP",
        json_schema_extra=ADVANCED,
    )
    expected_rcode: Literal["NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED"] = Field(
        "NOERROR",
        title="Expected response code",
        description="NXDOMAIN: the name must not exist",
        json_schema_extra=ADVANCED,
    )

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return "." if value.strip() == "." else clean_host(value)

    @field_validator("record_type")
    @classmethod
    def _fits_the_name(cls, value: str, info: ValidationInfo) -> str:
        if value != "PTR" and literal(info.data.get("name", "")) is not None:
            raise ValueError("an address can only be asked for with PTR")
        return value

    @field_validator("resolver")
    @classmethod
    def _resolver(cls, value: str) -> str:
        if value.strip():
            server(value)
        return value.strip()

    def target(self) -> str:
        """Type and name, and whom we ask."""
        asked = f" at {self.resolver}" if self.resolver else ""
        return f"{self.record_type} {self.name}{asked}"

    def server(self) -> tuple[str, int] | None:
        """The resolver that was named, if one was."""
        return self._question.server

    async def probe(self, context: Context) -> Outcome:
        """Ask, then compare."""
        from kener.checks._dns_query import ask  # noqa: PLC0415 - dnspython is big; load it late

        reply = await ask(self._question, context)
        facts: dict[str, Fact] = {
            "response_code": reply.rcode,
            "answers": list(reply.values[:MOST_SHOWN]),
            "resolver": reply.server,
        }
        if reply.ttl is not None:
            facts["ttl_s"] = reply.ttl
        problem = self._problem(reply)
        phases = {"query": reply.took_ms}
        if problem:
            raise Mismatch(problem, facts=facts, phases=phases, latency_ms=reply.took_ms)
        return Outcome(Status.UP, latency_ms=reply.took_ms, phases=phases, facts=facts)

    def _problem(self, reply: Reply) -> str:
        if reply.rcode != self.expected_rcode:
            return f"the name server answered {reply.rcode}; expected {self.expected_rcode}"
        if self.expected_rcode != "NOERROR":
            return ""
        if not reply.values:
            return f"{self.name} has no {self.record_type} record"
        if not self._wanted or self._agrees(set(reply.values)):
            return ""
        return f"answered {_listed(reply.values)}; expected {self.match} of {_listed(self._wanted)}"

    def _agrees(self, got: set[str]) -> bool:
        wanted = set(self._wanted)
        if self.match == "exact":
            return got == wanted
        return wanted <= got if self.match == "all" else bool(wanted & got)

    @cached_property
    def _wanted(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.expected.splitlines())
        return tuple(plain(line, self.record_type) for line in lines if line)

    @cached_property
    def _question(self) -> Question:
        asked = server(self.resolver) if self.resolver else None
        return Question(self.name, self.record_type, asked, self.transport)


def _listed(values: tuple[str, ...]) -> str:
    text = ", ".join(values)
    return text if len(text) <= 120 else text[:119] + "…"


TYPE = DnsCheck
