"""Steps in order: ask, judge, capture, until the first that fails."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kener.checks._assertions import DETAIL, Missing
from kener.checks._base import Context
from kener.checks._certificates import end_of
from kener.checks._failures import Expiring, Failure, Mismatch
from kener.checks._http_answer import Trail, follow
from kener.checks._http_judge import Rules, judge
from kener.checks._http_request import Transport, Wish
from kener.checks._json_path import found, json_path
from kener.checks._patterns import TooSlow, pattern, search
from kener.checks._steps_model import Capture, Step
from kener.checks._steps_values import VARIABLE, Address, body, header_line
from kener.checks._web import Place
from kener.checks._web_bodies import TYPES
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A step and what is worked out once. `name` is as it is told."""

    step: Step
    name: str
    address: Address
    rules: Rules
    headers: tuple[str, ...]


@dataclass
class Run:
    """One run of all steps, and what it has seen so far. `values` are the variables by name."""

    transport: Transport
    limit: int
    redirects: int
    certificate_days: int
    values: dict[str, str]
    captured: set[str] = field(default_factory=set)
    cookies: tuple[bytes, ...] = ()
    before: Place | None = None
    phases: dict[str, float] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    mild: list[Failure] = field(default_factory=list)

    async def all(self, steps: tuple[Prepared, ...], context: Context) -> Outcome:
        """Up when all are. Raises the failure of the first that is down, or of those that are
        degraded, with the facts of all."""
        for each in steps:
            try:
                await self._one(each, context)
            except Failure as failure:
                failure.detail = f"{each.name}: {failure.detail}"
                self._finish(failure)
                raise
            except asyncio.CancelledError:
                context.doing = f"{context.doing} in {each.name}"
                context.facts, context.phases = self._facts(), self.phases
                raise
        days = self.facts.get("tls_days")
        if isinstance(days, int) and self.certificate_days and days < self.certificate_days:
            self.mild.append(Expiring(f"a certificate {end_of(days)}"))
        if self.mild:
            worst = self.mild[0]
            worst.detail = "; ".join(each.detail for each in self.mild)[:DETAIL]
            self._finish(worst)
            raise worst
        total = self._total()
        phases = {**self.phases, "total": total}
        return Outcome(Status.UP, latency_ms=total, phases=phases, facts=self._facts())

    async def _one(self, prepared: Prepared, context: Context) -> None:
        step, key = prepared.step, f"step_{len(self.phases) + 1}"
        wish = self._wish(prepared)
        try:
            trail = await follow(wish, self.redirects if step.follow_redirects else None, context)
        except Failure as failure:
            self.phases[key] = failure.phases.get("total", 0.0)
            self.told.append(f"{prepared.name}: no answer")
            raise
        self.phases[key] = total = trail.phases["total"]
        self.told.append(f"{prepared.name}: {trail.answer.status}, {total:.0f} ms")
        self._note(trail, context)
        self.before, self.cookies = wish.place, trail.answer.cookies
        try:
            await judge(trail, prepared.rules, context)
        except Failure as failure:
            if failed := _texts(failure.facts):
                failure.facts["failed_assertions"] = [f"{prepared.name}: {one}" for one in failed]
            if failure.status is Status.DOWN:
                raise
            failure.detail = f"{prepared.name}: {failure.detail}"
            self.mild.append(failure)
        for capture in step.captures:
            self.values[capture.name] = await _captured(capture, trail, context)
            self.captured.add(capture.name)

    def _wish(self, prepared: Prepared) -> Wish:
        step, rules = prepared.step, prepared.rules
        fixed = tuple(line for line in prepared.headers if not VARIABLE.search(line))
        try:
            return Wish(
                place=prepared.address.filled(self.values, self.before),
                method=step.method,
                headers=fixed,
                secret_headers=tuple(
                    header_line(line, self.values) for line in prepared.headers if line not in fixed
                ),
                body=body(step.body, step.body_type, self.values),
                content_type=TYPES[step.body_type],
                transport=self.transport,
                limit=self.limit,
                keep=rules.needs_body or step.needs("json", "regex", "body"),
                keep_headers=rules.needs_headers or step.needs("header"),
                cookies=self.cookies,
            )
        except ValueError as error:
            raise Mismatch(f"cannot be asked with what was captured: {error}") from None

    def _note(self, trail: Trail, context: Context) -> None:
        """The last answer's facts; of all certificates the one that ends first."""
        certificate = {name: fact for name, fact in self.facts.items() if name.startswith("tls_")}
        seen = trail.facts(context.now)
        days, known = seen.get("tls_days"), certificate.get("tls_days")
        if isinstance(known, int) and (not isinstance(days, int) or known <= days):
            seen |= certificate
        self.facts = seen

    def _facts(self) -> dict[str, Fact]:
        return {**self.facts, "steps": list(self.told)}

    def _total(self) -> float:
        return round(sum(self.phases.values()), 3)

    def _finish(self, failure: Failure) -> None:
        all_ = self.mild if failure in self.mild else [*self.mild, failure]
        failed = [text for each in all_ for text in _texts(each.facts)]
        if failed:
            failure.facts["failed_assertions"] = failed
        failure.facts = {**self._facts(), **failure.facts}
        failure.latency_ms = self._total()
        failure.phases = {**self.phases, "total": failure.latency_ms}

    def hidden(self) -> Iterator[str]:
        """Captured values that are long enough to be secrets: none is shown."""
        return (self.values[name] for name in self.captured if len(self.values[name]) >= 8)


def _texts(facts: Mapping[str, Fact]) -> list[str]:
    told = facts.get("failed_assertions")
    return told if isinstance(told, list) else []


async def _captured(capture: Capture, trail: Trail, context: Context) -> str:
    value = await _taken(capture, trail, context)
    if value is None:
        raise Mismatch(f"there is nothing to capture as “{capture.name}” at {capture.source[:80]}")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(text) > LONGEST:
        raise Mismatch(f"“{capture.name}” is longer than {LONGEST} characters")
    return text.encode(errors="replace").decode()


async def _taken(capture: Capture, trail: Trail, context: Context) -> Any:
    """What was there, or None."""
    match capture.kind:
        case "status":
            return trail.answer.status
        case "body":
            return trail.text
        case "header":
            return trail.answer.headers.get(capture.part.lower())
        case "cookie":
            return _cookie(capture.part, trail.answer.cookies)
        case "json":
            if isinstance(trail.document, Missing):
                raise Mismatch(f"nothing to capture as “{capture.name}”: {trail.document.why}")
            values = found(trail.document, json_path(capture.part))
            return values[0] if values else None
    try:
        match = await search(pattern(capture.part), trail.text, context)
    except TooSlow:
        raise Mismatch(f"the pattern of “{capture.name}” takes too long") from None
    return match and match[1 if match.re.groups else 0]


def _cookie(name: str, jar: tuple[bytes, ...]) -> str | None:
    """The value in the jar's lines: seven fields with tabs between them."""
    pairs = [line.decode(errors="replace").split("\t", 6)[5:] for line in jar]
    return next((pair[1] for pair in reversed(pairs) if len(pair) == 2 and pair[0] == name), None)
