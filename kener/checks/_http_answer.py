"""Following an answer's redirects, and reading what came in the end."""

import asyncio
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pycurl

from kener.checks._assertions import Look, Missing
from kener.checks._base import Context
from kener.checks._curl import Answer
from kener.checks._failures import Blocked, Failure, Mismatch
from kener.checks._http_request import Wish, next_hop
from kener.checks._web import REDIRECTS, Place, place
from kener.core.instant import Instant
from kener.core.outcome import Fact

VERSIONS = {
    pycurl.CURL_HTTP_VERSION_1_0: "1.0",
    pycurl.CURL_HTTP_VERSION_1_1: "1.1",
    pycurl.CURL_HTTP_VERSION_2_0: "2",
}
CHARSET = re.compile(r"charset=[\"']?([A-Za-z0-9_.:-]{1,40})")
KNOWN = re.compile(
    r"utf-?(8|16|32)(-?[bl]e)?|(us-?)?ascii|latin-?1|iso[-_]?8859-\d{1,2}|(windows-|cp|ibm)\d{3,4}"
    r"|koi8-[rtu]|macintosh|(shift[-_]|s)jis|euc-(jp|kr)|iso-2022-(jp|kr)|gbk|gb2312|gb18030"
    r"|big5(-hkscs)?|tis-620",
    re.IGNORECASE,
)
"""Charsets of web pages. Python knows more, some of which take minutes for a megabyte."""
SOURCES = (
    "status", "header:", "body", "json:", "latency", "phase:", "size", "certificate_days",
    "address", "http_version", "redirects",
)  # fmt: skip


@dataclass(frozen=True)
class Trail:
    """The last answer, from whom it came, and the phases (ms) and number of all hops before it."""

    answer: Answer
    wish: Wish
    phases: dict[str, float]
    hops: int

    @cached_property
    def text(self) -> str:
        """The body in the charset it names, UTF-8 if that is none that we know."""
        try:
            return self.answer.body.decode(charset_of(self.answer), errors="replace")
        except (LookupError, UnicodeError):
            return self.answer.body.decode(errors="replace")

    @cached_property
    def document(self) -> Any:
        """The body as JSON, or Missing."""
        return json_of(self.answer)

    def facts(self, now: Instant) -> dict[str, Fact]:
        """For an outcome. Behind a proxy the address that we called is the proxy's."""
        answer = self.answer
        facts: dict[str, Fact] = {
            "http_status": answer.status,
            "size_bytes": answer.size,
            "proxy_address" if self.wish.transport.proxy else "address": answer.address,
            "http_version": VERSIONS.get(answer.http_version, "1.1"),
        }
        if self.hops:
            facts["redirects"] = self.hops
        if answer.certificate is not None:
            facts |= answer.certificate.facts(now)
        return facts

    def look(self, now: Instant) -> Look:
        """What assertions see."""
        facts = self.facts(now)
        plain = {
            "status": self.answer.status,
            "size": self.answer.size,
            "latency": self.phases["total"],
            "certificate_days": facts.get("tls_days", Missing("there is no certificate")),
            "address": facts.get("address", Missing("it was called through a proxy")),
            "http_version": facts["http_version"],
            "redirects": self.hops,
        }

        def look(name: str, part: str) -> Any:
            if name == "header":
                return self.answer.headers.get(part.lower(), Missing("there is no such header"))
            if name == "phase":
                return self.phases.get(part, Missing("there is no such phase"))
            if name == "body":
                return self.text
            return self.document if name == "json" else plain.get(name, Missing())

        return look


def charset_of(answer: Answer) -> str:
    """What the answer says; UTF-8 when it says nothing, or none that web pages have."""
    match = CHARSET.search(answer.content_type)
    return match[1] if match and KNOWN.fullmatch(match[1]) else "utf-8"


def json_of(answer: Answer) -> Any:
    """The body as JSON, or Missing that says why there is none."""
    if answer.is_cut:
        return Missing(f"the answer is longer than the {answer.size // 1024} KB that were read")
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return Missing("the answer is not JSON")


async def follow(wish: Wish, redirects: int | None, context: Context) -> Trail:
    """The end of a request and of at most so many redirects, None: a redirect is an answer like
    any other. Each hop is resolved and vetted anew. Raises a Failure with the phases of all."""
    phases: dict[str, float] = {}
    hops = 0
    while True:
        try:
            answer = await context.services.transfers.fetch(wish.request, context)
            phases = _sum(phases, answer.phases)
            if redirects is None or answer.status not in REDIRECTS or not answer.redirect:
                return Trail(answer, wish, phases, hops)
            hops += 1
            if hops > redirects:
                raise Mismatch(f"more than {redirects} redirects")
            wish = next_hop(wish, answer.status, _place_of(answer.redirect), answer.cookies)
        except Failure as failure:
            failure.phases = _sum(phases, failure.phases)
            failure.latency_ms = failure.phases.get("total")
            raise
        except asyncio.CancelledError:
            before = {name: took for name, took in phases.items() if name != "total"}
            context.phases = _sum(before, context.phases)
            raise


def _sum(before: dict[str, float], more: dict[str, float]) -> dict[str, float]:
    if not before:
        return more
    return {name: before.get(name, 0) + more.get(name, 0) for name in before | more}


def _place_of(url: str) -> Place:
    scheme = url.split(":", 1)[0].lower()
    if scheme not in {"http", "https"}:
        raise Blocked(f"a redirect to {scheme[:20]}: is not followed")
    try:
        return place(url)
    except ValueError:
        raise Mismatch("redirects to an address that makes no sense") from None
