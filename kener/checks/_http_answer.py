"""Following an answer's redirects, and judging the last one."""

import re
from dataclasses import dataclass
from typing import NoReturn

import pycurl

from kener.checks._base import Context
from kener.checks._curl import Answer
from kener.checks._failures import Blocked, Expiring, Failure, Mismatch
from kener.checks._http_request import Wish, next_hop
from kener.checks._web import REDIRECTS, Place, place
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

VERSIONS = {
    pycurl.CURL_HTTP_VERSION_1_0: "1.0",
    pycurl.CURL_HTTP_VERSION_1_1: "1.1",
    pycurl.CURL_HTTP_VERSION_2_0: "2",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a good answer is. `redirects` of None: a redirect is an answer like any other."""

    accepted: tuple[tuple[int, int], ...]
    keyword: str = ""
    present: bool = True
    redirects: int | None = 5
    certificate_days: int = 0


async def follow(wish: Wish, rules: Rules, context: Context) -> Outcome:
    """The outcome of a request and its redirects; each hop is resolved and vetted anew. Raises a
    Failure with the facts and phases of all hops."""
    phases: dict[str, float] = {}
    hops = 0
    while True:
        try:
            answer = await context.services.transfers.fetch(wish.request, context)
        except Failure as failure:
            failure.phases = _sum(phases, failure.phases)
            failure.latency_ms = failure.phases.get("total")
            raise
        phases = _sum(phases, answer.phases)
        if rules.redirects is None or answer.status not in REDIRECTS or not answer.redirect:
            break
        hops += 1
        if hops > rules.redirects:
            raise Mismatch(f"more than {rules.redirects} redirects", phases=phases)
        wish = next_hop(wish, answer.status, _place_of(answer.redirect))
    return _judge(answer, rules, context, phases, hops)


def _sum(before: dict[str, float], more: dict[str, float]) -> dict[str, float]:
    if not before:
        return more
    return {name: before.get(name, 0) + more.get(name, 0) for name in before | more}


def _place_of(url: str) -> Place:
    scheme = url.split(":", 1)[0].lower()
    if scheme not in {"http", "https"}:
        raise Blocked(f"a redirect to {scheme}: is not followed")
    try:
        return place(url)
    except ValueError:
        raise Mismatch("redirects to an address that makes no sense") from None


def _judge(
    answer: Answer, rules: Rules, context: Context, phases: dict[str, float], hops: int
) -> Outcome:
    facts: dict[str, Fact] = {
        "http_status": answer.status,
        "size_bytes": answer.size,
        "address": answer.address,
        "http_version": VERSIONS.get(answer.http_version, "1.1"),
    }
    if hops:
        facts["redirects"] = hops
    if answer.certificate is not None:
        facts |= answer.certificate.facts(context.now)
    outcome = Outcome(Status.UP, latency_ms=phases["total"], phases=phases, facts=facts)
    if not any(low <= answer.status <= high for low, high in rules.accepted):
        _refuse(Mismatch(f"answered {answer.status}; expected {_told(rules)}"), outcome)
    if rules.keyword:
        _look_for(rules, answer, outcome)
    certificate = answer.certificate
    if certificate is not None and certificate.days_left(context.now) < rules.certificate_days:
        left = certificate.days_left(context.now)
        _refuse(Expiring(f"the certificate ends in {left} days"), outcome)
    return outcome


def _told(rules: Rules) -> str:
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in rules.accepted)


def _look_for(rules: Rules, answer: Answer, outcome: Outcome) -> None:
    found = _encoded(rules.keyword, answer) in answer.body
    shown = rules.keyword if len(rules.keyword) <= 60 else rules.keyword[:59] + "…"
    if rules.present and not found:
        _refuse(Mismatch(f"the answer does not contain “{shown}”"), outcome)
    if found and not rules.present:
        _refuse(Mismatch(f"the answer contains “{shown}”"), outcome)


def _encoded(keyword: str, answer: Answer) -> bytes:
    """As it would stand in the answer; UTF-8 if the charset it names is none that we know."""
    match = re.search(r"charset=[\"']?([A-Za-z0-9_.:-]+)", answer.content_type)
    try:
        return keyword.encode(match[1] if match else "utf-8", errors="replace")
    except (LookupError, UnicodeError):
        return keyword.encode(errors="replace")


def _refuse(failure: Failure, outcome: Outcome) -> NoReturn:
    failure.facts, failure.phases = dict(outcome.facts), dict(outcome.phases)
    failure.latency_ms = outcome.latency_ms
    raise failure
