"""Until when is a domain registered?"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from pydantic import Field, ValidationInfo, field_validator

from kener.checks._addresses import clean_host, literal
from kener.checks._base import Cached, Check, Context
from kener.checks._durations import ago
from kener.checks._rdap import NoAnswer, NotRegistered, Registration
from kener.core.instant import DAY, MINUTE, SECOND, Instant, iso, parse_iso
from kener.core.outcome import Fact, Outcome, Reason
from kener.core.status import Status

KEPT = DAY
"""How long an answer is believed without asking again."""
TRUSTED = 7 * DAY
"""How long it is believed when the registry cannot be asked."""
PATIENCE = 10 * MINUTE
"""How long a registry that did not answer is left alone while an answer is at hand."""
IN_TIME = 0.9
"""The part of the time to ask: what is left is for saying that nobody answered."""
LOST = frozenset({"redemption period", "pending delete"})
"""RFC 8056: the registration ran out, and the name is about to be given away."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a registry told, when it did, and when it was last asked in vain since."""

    asked_at: Instant
    expires_at: Instant | None
    registrar: str = ""
    statuses: tuple[str, ...] = ()
    nameservers: tuple[str, ...] = ()
    failed_at: Instant | None = None

    @classmethod
    def of(cls, cached: Cached | None, name: str) -> Self | None:
        """What an earlier probe of this name left in its facts."""
        facts = {} if cached is None else cached.facts
        if facts.get("domain") != name:
            return None
        try:
            return cls(
                parse_iso(facts["asked_at"]),
                _moment(facts, "expires_at"),
                str(facts.get("registrar", "")),
                tuple(facts.get("statuses", ())),
                tuple(facts.get("nameservers", ())),
                _moment(facts, "failed_at"),
            )
        except (KeyError, TypeError, ValueError):
            return None

    def is_left_alone(self, now: Instant) -> bool:
        """Whether the registry was asked in vain a moment ago."""
        return self.failed_at is not None and 0 <= now - self.failed_at < PATIENCE

    def facts(self, name: str, now: Instant) -> dict[str, Fact]:
        """The same as facts, from which the next probe reads it."""
        facts: dict[str, Fact] = {"domain": name, "asked_at": iso(self.asked_at)}
        if self.expires_at is not None:
            facts |= {"expires_at": iso(self.expires_at), "days": (self.expires_at - now) // DAY}
        if self.registrar:
            facts["registrar"] = self.registrar
        facts |= {"statuses": list(self.statuses), "nameservers": list(self.nameservers)}
        if self.failed_at is not None:
            facts["failed_at"] = iso(self.failed_at)
        return facts


class DomainCheck(Check):
    """The registry is asked by RDAP, once a day."""

    kind: ClassVar[str] = "domain"
    label: ClassVar[str] = "Domain registration"
    description: ClassVar[str] = "Asks the registry when a domain's registration ends"
    family: ClassVar[str] = "Network"
    needs: ClassVar[frozenset[str]] = frozenset({"cache"})
    has_latency: ClassVar[bool] = False

    domain: str = Field(
        title="Domain", description="The registered name, like example.org", max_length=253
    )
    degraded_days: int = Field(
        30, ge=0, le=365, title="Degraded below", description="Days left; 0: never"
    )
    down_days: int = Field(
        7, ge=0, le=365, title="Down below", description="Days left; 0: only once it has ended"
    )

    @field_validator("domain")
    @classmethod
    def _name(cls, value: str) -> str:
        name = clean_host(value.strip().rstrip("."))
        if "." not in name or literal(name) is not None:
            raise ValueError("must be a registered name, like example.org")
        return name

    @field_validator("down_days")
    @classmethod
    def _below_degraded(cls, value: int, info: ValidationInfo) -> int:
        warned = info.data.get("degraded_days")
        if warned and value > warned:
            raise ValueError(f"must not be more than the {warned} days of “Degraded below”")
        return value

    def target(self) -> str:
        """The name."""
        return self.domain

    async def probe(self, context: Context) -> Outcome:
        """Judge what the registry told within a day, or ask it."""
        known, now = Known.of(context.extra.get("cache"), self.domain), context.now
        if known is not None and 0 <= now - known.asked_at < KEPT:
            return self._judge(known, now)
        if known is not None and known.is_left_alone(now):
            return self._as_known(known, now, "the registry did not answer")
        try:
            async with asyncio.timeout(context.remaining() * IN_TIME):
                told = await context.services.registries.lookup(self.domain, context)
        except NotRegistered:
            return Outcome(Status.DOWN, Reason.MISMATCH, self._unknown_name())
        except NoAnswer as error:
            return self._unasked(known, now, str(error))
        except TimeoutError:
            return self._unasked(known, now, f"no answer in time while {context.doing}")
        return self._judge(_known(told, now), now)

    def _unknown_name(self) -> str:
        detail = f"{self.domain} is not registered"
        if self.domain.count(".") > 1:
            detail += "; should it be the name of a host, enter the domain that it is in"
        return detail

    def _unasked(self, known: Known | None, now: Instant, why: str) -> Outcome:
        why = f"the registry could not be asked: {why}"
        if known is None:
            return Outcome(Status.UNKNOWN, Reason.UNREACHABLE, why)
        return self._as_known(replace(known, failed_at=now), now, why)

    def _as_known(self, known: Known, now: Instant, why: str) -> Outcome:
        """By what was told within a week, and saying so; else nothing is known."""
        if not 0 <= now - known.asked_at < TRUSTED:
            return Outcome(
                Status.UNKNOWN, Reason.UNREACHABLE, why, facts=known.facts(self.domain, now)
            )
        outcome = self._judge(known, now)
        told = f"{why}; told {ago((now - known.asked_at) // SECOND)}"
        detail = f"{outcome.detail} ({told})" if outcome.detail else ""
        return replace(outcome, detail=detail, facts={**outcome.facts, "note": told})

    def _judge(self, known: Known, now: Instant) -> Outcome:
        status, reason, detail = self._verdict(known, now)
        return Outcome(status, reason, detail, facts=known.facts(self.domain, now))

    def _verdict(self, known: Known, now: Instant) -> tuple[Status, Reason | None, str]:
        lost = LOST.intersection(known.statuses)
        if lost:
            return Status.DOWN, Reason.EXPIRING, f"the registration is lost: {min(lost)}"
        if known.expires_at is None:
            detail = "the registry does not tell when the registration ends"
            return Status.UNKNOWN, Reason.NOT_SUPPORTED, detail
        left = (known.expires_at - now) // DAY
        if left < 0:
            return Status.DOWN, Reason.EXPIRING, f"the registration ended {_days(-left)} ago"
        if left < self.down_days:
            needed = f"{self.down_days} are needed"
            return Status.DOWN, Reason.EXPIRING, f"the registration ends in {_days(left)}; {needed}"
        if left < self.degraded_days:
            return Status.DEGRADED, Reason.EXPIRING, f"the registration ends in {_days(left)}"
        return Status.UP, None, ""


def _known(told: Registration, now: Instant) -> Known:
    return Known(now, told.expires_at, told.registrar, told.statuses, told.nameservers)


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _moment(facts: Mapping[str, Any], name: str) -> Instant | None:
    return parse_iso(facts[name]) if name in facts else None


TYPE = DomainCheck
