"""/admin/monitors/probe: test a monitor before it is saved, by a real probe."""

from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template, request

from kener.actions.trials import Trial, trial_of
from kener.admin import bp
from kener.admin._answers import Answer
from kener.admin._facts import fact_name, fact_text
from kener.admin._forms import filled
from kener.admin._gate import the_time
from kener.admin._mine import my_monitor
from kener.admin._monitor_fields import fields_of, known_kind, read_form
from kener.admin.monitor_form import form_with_test
from kener.core.errors import Invalid
from kener.core.outcome import Outcome
from kener.core.status import FACES, Status
from kener.store.rail import rail
from kener.web.database import session
from kener.web.pages import wants_partial
from kener.web.trials import TooManyTests, run

WHOLE = "total"


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase of a probe, as a part of the whole: `start` and `width` in percent."""

    name: str
    milliseconds: float
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Seen:
    """An outcome as it is shown: the certificate and failed assertions apart from other facts."""

    bars: list[Bar]
    facts: list[tuple[str, str]]
    certificate: list[tuple[str, str]]
    failed: list[str]


@bp.post("/monitors/probe")
@bp.post("/monitors/<public_id>/probe")
def probe(public_id: str = "") -> Answer:
    """What the monitor would say now. Nothing is stored, and nothing is locked meanwhile."""
    try:
        outcome = run(_trial(public_id))
    except Invalid as error:
        return _shown(public_id, status=422, problems=_labelled(error.problems))
    except TooManyTests as busy:
        return _shown(public_id, status=429, problems=[("", busy.message)])
    return _shown(
        public_id,
        outcome=outcome,
        face=FACES[outcome.status],
        title=TITLES[outcome.status],
        seen=seen(outcome, rail(session()).page.time_zone),
    )


TITLES = {
    Status.UP: "Test passed",
    Status.DEGRADED: "Degraded",
    Status.DOWN: "Test failed",
    Status.UNKNOWN: "No verdict",
}


def _trial(public_id: str) -> Trial:
    """The monitor as it would be stored. It may still lack a name."""
    stored = my_monitor(public_id) if public_id else None
    return trial_of(session(), read_form(request.form), the_time(), stored)


def _labelled(problems: dict[str, str]) -> list[tuple[str, str]]:
    form = filled(fields_of(known_kind(request.form.get("kind", ""))), request.form, problems)
    return [(form.label_of(name), text) for name, text in form.problems.items()]


def bars(outcome: Outcome) -> list[Bar]:
    """The phases one after the other, as they came."""
    phases = {name: ms for name, ms in outcome.phases.items() if name != WHOLE}
    whole = max(outcome.phases.get(WHOLE, 0.0), sum(phases.values()))
    at, found = 0.0, []
    for name, ms in phases.items():
        share = 100 * ms / whole if whole else 0.0
        found.append(Bar(PHASES.get(name) or fact_name(name), ms, at, max(share, 0.8)))
        at += share
    return found


PHASES = {"dns": "DNS", "connect": "Connect", "tls": "TLS", "first_byte": "First byte"}


def seen(outcome: Outcome, zone: str) -> Seen:
    """What the probe found out, in words; what it found empty is left out."""
    told = {
        name: fact_text(name, fact, zone)
        for name, fact in outcome.facts.items()
        if fact not in ("", [])
    }
    failed = outcome.facts.get(FAILED)
    return Seen(
        bars(outcome),
        [(fact_name(name), text) for name, text in told.items() if name not in APART],
        [(label, told[name]) for name, label in CERTIFICATE.items() if told.get(name, "–") != "–"],
        failed if isinstance(failed, list) else [],
    )


FAILED = "failed_assertions"
CERTIFICATE = {
    "tls_days": "Days left",
    "tls_expires_at": "Ends",
    "tls_starts_at": "Begins",
    "tls_subject": "For",
    "tls_names": "Names",
    "tls_issuer": "Issued by",
    "tls_chain": "Certificates in its chain",
    "tls_serial": "Serial number",
    "tls_fingerprint": "Fingerprint",
}
APART = {FAILED, *CERTIFICATE}


def _shown(public_id: str, *, status: int = 200, **tested: Any) -> Answer:
    """What was found; to a browser without JavaScript in the form again, which it had left."""
    if not wants_partial():
        stored = my_monitor(public_id) if public_id else None
        return form_with_test(stored, status=status, **tested)
    answer = make_response(render_template("admin/monitors/_probe.html", **tested), status)
    answer.vary.add("HX-Request")
    return answer
