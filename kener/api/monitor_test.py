"""/api/monitors/test: what would a monitor say?"""

from typing import Any

from flask import Response

from kener.actions.fields import Problem
from kener.actions.monitor_fields import MonitorFields
from kener.actions.trials import trial_of
from kener.api import bp
from kener.api._answers import done, refused
from kener.api._input import body
from kener.api._keys import needs
from kener.api._shapes import Answer, Change, Shown
from kener.core.errors import Invalid
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.clock import now
from kener.store.monitors import find_monitor
from kener.store.tables import Monitor
from kener.web.database import session
from kener.web.trials import TooManyTests, run

FAILED = "failed_assertions"
SOON = 5
"""Seconds after which to try again when all places are taken."""


class TrialFields(Change, MonitorFields):
    """A monitor that need not be stored; with the `id` of a stored one, changes of it."""

    id: str | None = None


class TrialDocument(Shown):
    """What one probe saw."""

    status: Status
    reason: Reason | None
    detail: str
    latency_ms: float | None
    phases: dict[str, float]
    """Parts of it, in ms."""
    facts: dict[str, str | int | float | bool | list[str] | None]
    failed_assertions: list[str]


@bp.post("/monitors/test")
@needs("write:monitors", sent=TrialFields, gives=Answer[TrialDocument], refuses=(404,))
def test_monitor() -> Response:
    """Probe once, now, and answer with what was seen. Nothing is stored."""
    given = body()
    stored = _stored(given)
    trial = trial_of(session(writes=False), given, now(), stored, exact=True)
    try:
        outcome = run(trial)
    except TooManyTests as busy:
        response = refused(429, "RATE_LIMITED", busy.message)
        response.headers["Retry-After"] = str(SOON)
        return response
    return done(_document(outcome), "Tested; nothing was stored")


def _stored(given: dict[str, Any]) -> Monitor | None:
    """Take the `id` of a stored monitor out of a body; what else there is are changes of it."""
    if "id" not in given:
        return None
    name = given.pop("id")
    if not isinstance(name, str):
        raise Invalid({"id": Problem("must be text", "wrong_type")})
    return find_monitor(session(writes=False), name)


def _document(outcome: Outcome) -> dict[str, Any]:
    latency = outcome.latency_ms
    return {
        "status": outcome.status.value,
        "reason": None if outcome.reason is None else outcome.reason.value,
        "detail": outcome.detail,
        "latency_ms": None if latency is None else round(latency, 3),
        "phases": {name: round(ms, 3) for name, ms in outcome.phases.items()},
        "facts": {name: fact for name, fact in outcome.facts.items() if name != FAILED},
        FAILED: outcome.facts.get(FAILED) or [],
    }
