"""Does a name server give the right answer?"""

from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from kener.checks import _dns_text as text
from kener.checks._addresses import clean_host, literal
from kener.checks._assertions import (
    Asserting,
    Assertions,
    Missing,
    assertions_field,
    failing,
    looking,
)
from kener.checks._base import Check, Context
from kener.checks._dns_text import Question, Reply, Transport
from kener.checks._failures import Failure, Mismatch
from kener.checks._fields import ADVANCED, TEXTAREA, VerifyTls
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

MOST_SHOWN = 20
LONGEST_SHOWN = 300
SOURCES = (
    "dns_rcode",
    "dns_answers",
    "dns_ttl",
    "dns_authentic",
    "dns_authoritative",
    "latency",
)
WANTED = {"any": "any of", "all": "all of", "exact": "exactly"}
Rcode = Literal[
    "NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR", "NOTIMP", "YXDOMAIN", "YXRRSET",
    "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI", "BADVERS", "BADKEY", "BADTIME", "BADMODE",
    "BADNAME", "BADALG", "BADTRUNC", "BADCOOKIE", "any",
]  # fmt: skip


class DnsCheck(Asserting, Check):
    """One question to the resolver it is told to ask."""

    kind: ClassVar[str] = "dns"
    label: ClassVar[str] = "DNS record"
    family: ClassVar[str] = "Network"
    description: ClassVar[str] = "Asks a name server and compares the answer"

    name: str = Field(
        title="Name to ask for",
        description="Like example.org; of PTR an address is fine",
        max_length=253,
    )
    record_type: str = Field(
        "A", title="Record type", description="Like A, MX, TXT or TYPE65280", max_length=20
    )
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
        description="Address with an optional :port, or https://… for DoH; empty: this machine's",
        max_length=2000,
        json_schema_extra=ADVANCED,
    )
    transport: Transport = Field(
        "udp",
        title="Transport",
        description="An answer too long for UDP is fetched again by TCP; tls: DoT; https: DoH",
        validate_default=True,
        json_schema_extra=ADVANCED,
    )
    server_name: str = Field(
        "",
        title="Server name",
        description="The name that the certificate of a DoT resolver must be for; empty: its own",
        max_length=253,
        json_schema_extra=ADVANCED,
    )
    verify_tls: VerifyTls = True
    expected_rcode: Rcode = Field(
        "NOERROR",
        title="Expected response code",
        description="NXDOMAIN: the name must not exist; any: whichever",
        json_schema_extra=ADVANCED,
    )
    dnssec: Literal["ignore", "required"] = Field(
        "ignore",
        title="DNSSEC",
        description="required: the resolver must say that it has verified the answer (AD)",
        json_schema_extra=ADVANCED,
    )
    assertions: Assertions = assertions_field(*SOURCES, advanced=True)

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return "." if value.strip() == "." else clean_host(value)

    @field_validator("record_type")
    @classmethod
    def _record_type(cls, value: str, info: ValidationInfo) -> str:
        value = text.record_type(value)
        if value != "PTR" and literal(info.data.get("name", "")) is not None:
            raise ValueError("an address can only be asked for with PTR")
        return value

    @field_validator("resolver")
    @classmethod
    def _resolver(cls, value: str) -> str:
        value = value.strip()
        if text.is_url(value):
            text.https_place(value)
        elif value:
            text.server(value)
        return value

    @field_validator("transport")
    @classmethod
    def _fits_the_resolver(cls, value: Transport, info: ValidationInfo) -> Transport:
        resolver = info.data.get("resolver")
        if resolver is None:
            return value
        if value == "https" and not text.is_url(resolver):
            raise ValueError("https needs a resolver like https://dns.example/dns-query")
        if value != "https" and text.is_url(resolver):
            raise ValueError("must be https for a resolver that begins with https://")
        if value == "tls" and not resolver:
            raise ValueError("tls needs a resolver")
        return value

    @field_validator("server_name")
    @classmethod
    def _server_name(cls, value: str) -> str:
        return clean_host(value) if value.strip() else ""

    def target(self) -> str:
        """Type and name, and whom we ask."""
        resolver = self.resolver
        if text.is_url(resolver):
            resolver = text.https_place(resolver).short
        return f"{self.record_type} {self.name}" + (f" at {resolver}" if resolver else "")

    def server(self) -> tuple[str, int] | None:
        """The resolver that was named, if one was."""
        return self._question.server

    async def probe(self, context: Context) -> Outcome:
        """Ask, then compare."""
        from kener.checks._dns_query import ask  # noqa: PLC0415 - dnspython is big; load it late

        reply = await ask(self._question, context)
        facts = _facts(reply)
        problem = self._problem(reply)
        failure: Failure | None = Mismatch(problem) if problem else None
        if failure is None and self.assertions:
            failure = await failing(self.assertions, looking(_seen(reply)), context)
        if failure is not None:
            failure.facts = facts | failure.facts
            failure.phases, failure.latency_ms = reply.phases, reply.took_ms
            raise failure
        return Outcome(Status.UP, latency_ms=reply.took_ms, phases=reply.phases, facts=facts)

    def _problem(self, reply: Reply) -> str:
        if self.expected_rcode not in {reply.rcode, "any"}:
            why = f" ({reply.why})" if reply.why else ""
            return f"the name server answered {reply.rcode}{why}; expected {self.expected_rcode}"
        if self.dnssec == "required" and not reply.authentic:
            return "the resolver does not say that it has verified the answer by DNSSEC"
        if self.expected_rcode not in {"NOERROR", "any"}:
            return ""
        if not reply.values:
            has_none = f"{self.name} has no {self.record_type} record"
            return has_none if self._wanted or self.expected_rcode == "NOERROR" else ""
        if not self._wanted or self._agrees(set(reply.values)):
            return ""
        wanted = f"{WANTED[self.match]} {_listed(self._wanted)}"
        return f"answered {_listed(reply.values)}; expected {wanted}"

    def _agrees(self, got: set[str]) -> bool:
        wanted = set(self._wanted)
        if self.match == "exact":
            return got == wanted
        return wanted <= got if self.match == "all" else bool(wanted & got)

    @cached_property
    def _wanted(self) -> tuple[str, ...]:
        from kener.checks._dns_query import normal  # noqa: PLC0415 - as above

        lines = (line.strip() for line in self.expected.splitlines())
        return tuple(normal(line, self.record_type) for line in lines if line)

    @cached_property
    def _question(self) -> Question:
        url, asked = "", None
        if text.is_url(self.resolver):
            place = text.https_place(self.resolver)
            url, asked = place.url, (place.host, place.port)
        elif self.resolver:
            asked = text.server(self.resolver, text.PORTS[self.transport])
        return Question(
            self.name,
            self.record_type,
            asked,
            self.transport,
            url,
            self.server_name,
            self.verify_tls,
            self.dnssec == "required",
        )


def _facts(reply: Reply) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "response_code": reply.rcode,
        "answers": [_cut(each, LONGEST_SHOWN) for each in reply.values[:MOST_SHOWN]],
        "resolver": reply.server,
        "authentic": reply.authentic,
        "authoritative": reply.authoritative,
    }
    if reply.ttl is not None:
        facts["ttl_s"] = reply.ttl
    return facts


def _seen(reply: Reply) -> dict[str, object]:
    """For assertions, by the names of SOURCES."""
    return {
        "dns_rcode": reply.rcode,
        "dns_answers": list(reply.values),
        "dns_ttl": Missing() if reply.ttl is None else reply.ttl,
        "dns_authentic": reply.authentic,
        "dns_authoritative": reply.authoritative,
        "latency": reply.took_ms,
    }


def _listed(values: tuple[str, ...]) -> str:
    return _cut(", ".join(values), 120)


def _cut(value: str, length: int) -> str:
    """On one line and at a sane length, whatever a server sent."""
    shown = "".join(each if each.isprintable() else " " for each in value[: length + 1])
    return shown if len(shown) <= length else shown[: length - 1] + "…"


TYPE = DnsCheck
