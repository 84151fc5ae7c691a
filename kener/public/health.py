"""/healthz: the web server lives. /readyz: so does all that it needs, and if not, what does not."""

from dataclasses import dataclass, field
from typing import Any

from flask import Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from kener import queue
from kener.config import Config
from kener.core.instant import SECOND, Instant, iso_or_none
from kener.public import bp
from kener.store.clock import now
from kener.store.health import Freshness, freshness
from kener.web.address import the_config
from kener.web.database import session

LATE = 60 * SECOND
"""How long a due check may wait, and a publish may be overdue, before it is worth a word."""


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


@bp.get("/healthz")
def healthz() -> Response:
    """Alive; asks nobody else."""
    return _fresh(jsonify(status="alive"))


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Database, Redis, results and publishing, each with its facts; 503 names what is wrong."""
    parts = _parts(the_config(), now())
    problems = [part.problem for part in parts.values() if part.problem]
    body = {
        "status": "not ready" if problems else "ready",
        "problems": problems,
        "parts": {name: part.shown() for name, part in parts.items()},
    }
    return _fresh(jsonify(body)), 503 if problems else 200


def _parts(config: Config, at: Instant) -> dict[str, Part]:
    redis = Part() if queue.answers() else Part("Redis does not answer.")
    try:
        facts = freshness(session(), at)
    except SQLAlchemyError:
        return {"database": Part("The database does not answer."), "redis": redis}
    return {
        "database": Part(),
        "redis": redis,
        "results": results_part(facts, at),
        "publishing": publishing_part(facts, config.publish_every * SECOND, at),
    }


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


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
