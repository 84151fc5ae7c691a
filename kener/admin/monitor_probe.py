"""/admin/monitors/probe: test a monitor before it is saved, by a real probe."""

from dataclasses import dataclass
from typing import Any

from flask import request

from kener.actions.monitor_fields import columns_of
from kener.admin import bp
from kener.admin._answers import Answer, page
from kener.admin._forms import sentence
from kener.admin._gate import the_time
from kener.admin._mine import my_monitor
from kener.admin._monitor_fields import fields_of, known_kind, read_form
from kener.checks import check_types, engine_config, probe_once
from kener.core.errors import Invalid
from kener.core.outcome import Fact, Outcome
from kener.core.status import FACES, Status
from kener.store import clock
from kener.store.settings import open_settings
from kener.web.address import the_config
from kener.web.database import release, session

WHOLE = "total"


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase of a probe, as a part of the whole: `start` and `width` in percent."""

    name: str
    milliseconds: float
    start: float
    width: float


@bp.post("/monitors/probe")
def probe() -> Answer:
    """What the monitor would say now. Nothing is stored, and nothing is locked meanwhile."""
    try:
        outcome = _outcome(_columns())
    except Invalid as error:
        return _shown(status=422, problems=_labelled(error.problems))
    return _shown(
        outcome=outcome,
        face=FACES[outcome.status],
        passed=outcome.status is Status.UP,
        bars=bars(outcome),
        facts=facts(outcome),
    )


def _columns() -> dict[str, Any]:
    """The monitor as it would be stored. It may still lack a name."""
    public_id = request.form.get("public_id", "")
    stored = my_monitor(public_id) if public_id else None
    given = read_form(request.form)
    given["name"] = given.get("name") or "Test"
    given.pop("slug", None)
    return columns_of(session(), given, the_time(), stored)


def _outcome(columns: dict[str, Any]) -> Outcome:
    kind = check_types()[columns["kind"]]
    check = kind.parse(open_settings(columns["settings"], kind.secret_fields()))
    release()
    return probe_once(
        check,
        columns["timeout"],
        engine_config(the_config(), clock.now),
        degraded_over_ms=columns["degraded_over"],
    )


def _labelled(problems: dict[str, str]) -> list[tuple[str, str]]:
    labels = {each.name: each.label for each in fields_of(known_kind(request.form.get("kind", "")))}
    return [(labels.get(name, name), sentence(text)) for name, text in problems.items()]


def bars(outcome: Outcome) -> list[Bar]:
    """The phases one after the other, as they came."""
    phases = {name: ms for name, ms in outcome.phases.items() if name != WHOLE}
    whole = max(outcome.phases.get(WHOLE, 0.0), sum(phases.values()))
    at, found = 0.0, []
    for name, ms in phases.items():
        share = 100 * ms / whole if whole else 0.0
        found.append(Bar(PHASES.get(name, name.replace("_", " ")), ms, at, max(share, 0.8)))
        at += share
    return found


PHASES = {"dns": "DNS", "connect": "Connect", "tls": "TLS", "first_byte": "First byte"}


def facts(outcome: Outcome) -> list[tuple[str, str]]:
    """What the probe found out, in words."""
    return [(fact_name(name), _told(fact)) for name, fact in outcome.facts.items()]


def fact_name(name: str) -> str:
    """`http_version` as HTTP version: abbreviations keep their capitals."""
    words = [word.upper() if word in ABBREVIATIONS else word for word in name.split("_")]
    return " ".join(words)[:1].upper() + " ".join(words)[1:]


ABBREVIATIONS = {"http", "tls", "dns", "ip", "url", "ms"}


def _told(fact: Fact) -> str:
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    if isinstance(fact, list):
        return ", ".join(fact)
    return "–" if fact is None else str(fact)


def _shown(*, status: int = 200, **context: Any) -> Answer:
    return page(
        "admin/monitors/probe.html",
        partial="admin/monitors/_probe.html",
        status=status,
        **context,
    )
