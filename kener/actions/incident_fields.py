"""An incident as somebody tells it: the one validation for API and admin."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Line, Paragraph, Problem, one_of, read
from kener.core.errors import Invalid
from kener.core.instant import MINUTE, Instant, parse_iso
from kener.core.status import STATUS_OF_IMPACT, Impact, Status
from kener.store.incidents import monitors_named
from kener.store.tables import IncidentMonitor, Monitor
from kener.store.tables.incidents import Phase

EARLIEST: Instant = parse_iso("2000-01-01T00:00:00Z")
SLACK = MINUTE
"""How far the clock of who writes may be ahead of ours."""
IMPACTS = {
    "none": Status.UP,
    "degraded": Status.DEGRADED,
    "partial": Status.PARTIAL,
    "down": Status.DOWN,
}
"""What an incident may say of one monitor."""
WORD_OF_IMPACT = {status: word for word, status in IMPACTS.items()}


def _at(value: Any) -> Any:
    if value is None or value == "":
        return None
    try:
        return parse_iso(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("must be a time with its zone, like 2026-01-31T10:30:00Z") from None


def _affected(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


def _word(value: Any) -> Any:
    if isinstance(value, str) and value not in IMPACTS:
        raise ValueError(f"must be one of {', '.join(IMPACTS)}")
    return value


At = Annotated[int | None, BeforeValidator(_at)]
Message = Annotated[Paragraph, Field(min_length=1, max_length=10_000)]


class Affected(Fields):
    """A monitor, by its id or slug, and what the incident says of it: by default what the
    incident's own impact says."""

    id: Annotated[Line, Field(min_length=1, max_length=60)]
    impact: Annotated[str, BeforeValidator(_word)] | None = None


class Account(Fields):
    """What can be edited of an incident. Times are ISO 8601 texts on the way in."""

    title: Annotated[Line, Field(min_length=1, max_length=200)]
    impact: Annotated[Impact, one_of(Impact)] = Impact.MINOR
    monitors: list[Annotated[Affected, BeforeValidator(_affected)]] = Field(
        default_factory=list, max_length=500
    )
    started_at: At = None
    resolved_at: At = None


A = TypeVar("A", bound=Account)


class UpdateFields(Fields):
    """A dated message, and the step that the incident is at."""

    status: Annotated[Phase, one_of(Phase)]
    message: Message
    at: At = None


class IncidentFields(Account):
    """A new incident: its account and its first message."""

    status: Annotated[Phase, one_of(Phase)] = Phase.INVESTIGATING
    message: Message


def read_incident(
    session: Session, given: Mapping[str, Any], now: Instant, *, exact: bool
) -> tuple[IncidentFields, dict[Monitor, Status]]:
    """A new incident's fields, and what it says of which monitors. Invalid names all bad fields."""
    problems: dict[str, str] = {}
    fields = _read_or_note(IncidentFields, given, problems, exact=exact)
    _note_times(fields, now, problems)
    is_over = fields.status is Phase.RESOLVED or "status" in problems
    if fields.resolved_at is not None and not is_over:
        problems["resolved_at"] = Problem("is only for incidents whose status is resolved")
    affected = _affected_by(session, fields, problems)
    if problems:
        raise Invalid(problems)
    return fields, affected


def _read_or_note(
    model: type[A], given: Mapping[str, Any], problems: dict[str, str], *, exact: bool
) -> A:
    """The fields. What is wrong is noted, and left out, so that the rest can be judged as well."""
    try:
        return read(model, given, exact=exact)
    except Invalid as error:
        problems |= error.problems
    bad = {name.partition(".")[0] for name in problems}
    stand_ins = {name: "-" for name in ("title", "message") if name in model.model_fields}
    good = {name: value for name, value in given.items() if name not in bad}
    return read(model, stand_ins | good, exact=exact)


def read_account(
    session: Session, given: Mapping[str, Any], now: Instant, *, exact: bool
) -> tuple[Account, dict[Monitor, Status]]:
    """An edited incident's fields, and what it says of which monitors. Invalid as above."""
    misplaced = {
        name: Problem("is changed by posting an update", "not_here")
        for name in ("status", "message")
        if name in given
    }
    if misplaced:
        raise Invalid(misplaced)
    problems: dict[str, str] = {}
    fields = _read_or_note(Account, given, problems, exact=exact)
    _note_times(fields, now, problems)
    affected = _affected_by(session, fields, problems)
    if problems:
        raise Invalid(problems)
    return fields, affected


def read_update(given: Mapping[str, Any], now: Instant, since: Instant) -> UpdateFields:
    """A message to post; it lies between the incident's start (`since`) and now."""
    fields = read(UpdateFields, given)
    if fields.at is not None and not since <= fields.at <= now + SLACK:
        raise Invalid({"at": Problem("must lie between the incident's start and now")})
    return fields


def _note_times(fields: Account, now: Instant, problems: dict[str, str]) -> None:
    begun = fields.started_at or now
    is_early = fields.resolved_at is not None and fields.resolved_at < begun
    if is_early and "started_at" not in problems:
        problems["resolved_at"] = Problem("must not lie before started_at")
    for name in ("started_at", "resolved_at"):
        at = getattr(fields, name)
        if at is not None and not EARLIEST <= at <= now + SLACK:
            problems[name] = Problem("must lie in the past, after the year 2000")


def _affected_by(
    session: Session, fields: Account, problems: dict[str, str]
) -> dict[Monitor, Status]:
    known = monitors_named(session, [each.id for each in fields.monitors])
    affected: dict[Monitor, Status] = {}
    for index, each in enumerate(fields.monitors):
        monitor = known.get(each.id)
        if monitor is None:
            problems[f"monitors.{index}.id"] = Problem("there is no such monitor", "not_found")
        elif monitor in affected:
            problems[f"monitors.{index}.id"] = Problem("is named twice")
        elif each.impact is None:
            affected[monitor] = STATUS_OF_IMPACT[fields.impact]
        else:
            affected[monitor] = IMPACTS[each.impact]
    return affected


def account_of(
    rows: Sequence[IncidentMonitor], was: Impact, now_is: Impact
) -> list[dict[str, Any]]:
    """What is stored of affected monitors, as input. Those that said what the incident's own
    impact said go on to do so when that changes."""
    return [
        {"id": each.monitor.public_id}
        if each.impact is STATUS_OF_IMPACT[was] and was is not now_is
        else {"id": each.monitor.public_id, "impact": WORD_OF_IMPACT[each.impact]}
        for each in rows
    ]
