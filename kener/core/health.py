"""Is Kener itself well? What its newest results and its newest publish say of it."""

from dataclasses import dataclass, field
from typing import Any

from kener.core.instant import SECOND, Instant, iso_or_none

LATE = 60 * SECOND
"""How long a due check may wait, and a publish may be overdue, before it is worth a word."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """`due_at`: the longest waiting schedule's; `newest_slot_at`: the newest recorded one;
    `watched`: how many monitors and locations have been claimed at least once and are not paused,
    `current`: of how many of those the last result still counts."""

    due_at: Instant | None
    newest_slot_at: Instant | None
    watched: int
    current: int
    published_at: Instant | None
    publish_failures: int


@dataclass(frozen=True, slots=True)
class Part:
    """One thing we need: what is wrong with it in plain words (nothing if all is well)."""

    problem: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """For the answer."""
        return {"ok": not self.problem, **self.facts} | (
            {"problem": self.problem} if self.problem else {}
        )


def results_part(facts: Freshness, at: Instant) -> Part:
    """Checks are late when one waits too long to be started, or when none of those that were
    started has left a result that still counts."""
    overdue = max(0, at - facts.due_at) if facts.due_at is not None else 0
    shown = {
        "newest_result_at": iso_or_none(facts.newest_slot_at),
        "newest_result_age_seconds": _age(facts.newest_slot_at, at),
        "overdue_seconds": overdue // SECOND,
    }
    if overdue > LATE:
        waited = overdue // SECOND
        return Part(f"A check has been due for {waited} s: is a checks worker running?", shown)
    if facts.watched and not facts.current:
        return Part("Checks are started, but no recent result was stored.", shown)
    return Part("", shown)


def publishing_part(facts: Freshness, every_ms: int, at: Instant) -> Part:
    """The page is renewed at least every `every_ms`; later than that and a minute is too late."""
    shown = {
        "published_at": iso_or_none(facts.published_at),
        "published_age_seconds": _age(facts.published_at, at),
        "failures_in_a_row": facts.publish_failures,
    }
    failing = f"; the last {facts.publish_failures} tries failed" if facts.publish_failures else ""
    if facts.published_at is None:
        return Part(f"The page has never been published{failing}.", shown)
    if at - facts.published_at > every_ms + LATE:
        age = (at - facts.published_at) // SECOND
        return Part(f"The page was last published {age} s ago{failing}.", shown)
    return Part("", shown)


def _age(moment: Instant | None, at: Instant) -> int | None:
    return None if moment is None else max(0, at - moment) // SECOND
