"""An incident as somebody tells it: the one validation for API and admin."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session

from kener.actions.fields import (
    Fields,
    Line,
    Paragraph,
    Problem,
    at_or_none,
    by_id,
    one_of,
    one_word_of,
    read,
    unkept,
    words_of,
)
from kener.core.errors import Invalid
from kener.core.instant import DAY, MINUTE, Instant, parse_iso
from kener.core.status import STATUS_OF_IMPACT, Impact, Status
from kener.store.incident_templates import template_known_as
from kener.store.incidents import monitors_named
from kener.store.tables import Incident, IncidentMonitor, Monitor, TemplateMonitor
from kener.store.tables.incidents import Phase

EARLIEST: Instant = parse_iso("2000-01-01T00:00:00Z")
SLACK = MINUTE
"""How far the clock of who writes may be ahead of ours."""
AHEAD = 366 * DAY
"""Nobody promises the next update for later than this."""
IMPACTS = {
    "none": Status.UP,
    "degraded": Status.DEGRADED,
    "partial": Status.PARTIAL,
    "down": Status.DOWN,
}
"""What an incident may say of one monitor."""
WORD_OF_IMPACT = {status: word for word, status in IMPACTS.items()}
ONLY_OVER = "is only for incidents whose status is resolved"
ONLY_AFTER = "postmortem can only follow resolved"
NOT_OVER = "is only for incidents that are not over"


At = Annotated[int | None, BeforeValidator(at_or_none, json_schema_input_type=datetime | None)]
Title = Annotated[Line, Field(min_length=1, max_length=200)]
Message = Annotated[Paragraph, Field(min_length=1, max_length=10_000)]
Step = Annotated[Phase, one_of(Phase)]


class AffectedFields(Fields):
    """A monitor, by its id or slug, and what the incident says of it: by default what the
    incident's own impact says."""

    id: Annotated[Line, Field(min_length=1, max_length=60)]
    impact: Annotated[str, one_word_of(IMPACTS), words_of(IMPACTS)] | None = None


Monitors = Annotated[
    list[Annotated[AffectedFields, by_id(AffectedFields)]],
    Field(default_factory=list, max_length=500),
]


class Account(Fields):
    """What can be edited of an incident. Times are ISO 8601 texts on the way in."""

    title: Title
    impact: Annotated[Impact, one_of(Impact)] = Impact.MINOR
    monitors: Monitors
    started_at: At = None
    resolved_at: At = None
    next_update_by: At = None
    draft: bool = False
    notify: bool = True


A = TypeVar("A", bound=Fields)


class IncidentFields(Account):
    """A new incident: its account and its first message; `template` is the id of what fills in
    the rest."""

    template: str | None = None
    status: Step = Phase.INVESTIGATING
    message: Message


def read_incident(
    session: Session, given: Mapping[str, Any], now: Instant, *, exact: bool
) -> tuple[IncidentFields, dict[Monitor, Status]]:
    """A new incident's fields, and what it says of which monitors. Invalid names all bad fields."""
    problems: dict[str, str] = {}
    given = _filled_in(session, given, problems)
    fields = read_or_note(IncidentFields, given, problems, exact=exact)
    _note_times(fields, now, problems)
    note_promise(fields.next_update_by, now, problems)
    if fields.status is Phase.POSTMORTEM:
        problems["status"] = Problem(ONLY_AFTER)
    _note_end(fields, problems, is_over=fields.status.is_over)
    affected = affected_by(session, fields.monitors, fields.impact, problems)
    if problems:
        raise Invalid(problems)
    return fields, affected


def read_or_note(
    model: type[A], given: Mapping[str, Any], problems: dict[str, str], *, exact: bool
) -> A:
    """The fields. What is wrong is noted, and left out, so that the rest can be judged as well."""
    try:
        return read(model, given, exact=exact)
    except Invalid as error:
        problems |= error.problems
    bad = {name.partition(".")[0] for name in problems}
    needed = [name for name, each in model.model_fields.items() if each.is_required()]
    stand_ins = {name: Phase.INVESTIGATING if name == "status" else "-" for name in needed}
    good = {name: value for name, value in given.items() if name not in bad}
    return read(model, stand_ins | good, exact=exact)


def read_account(
    session: Session, incident: Incident, changes: Mapping[str, Any], now: Instant, *, exact: bool
) -> tuple[Account, dict[Monitor, Status]]:
    """An incident's fields after the changes, and what it then says of which monitors. Invalid as
    above."""
    problems: dict[str, str] = {
        name: Problem("is changed by posting or editing an update", "not_here")
        for name in ("status", "message")
        if name in changes
    }
    given = {name: value for name, value in changes.items() if name not in problems}
    fields = read_or_note(Account, given, problems, exact=exact)
    _note_times(fields, now, problems)
    is_kept = fields.next_update_by == incident.next_update_by and not _is_published(
        incident, fields
    )
    if not is_kept:
        note_promise(fields.next_update_by, now, problems)
    if fields.draft and not incident.draft:
        problems["draft"] = Problem("was published, and stays so")
    _note_end(fields, problems, is_over=incident.status.is_over)
    affected = affected_by(session, fields.monitors, fields.impact, problems)
    if problems:
        raise Invalid(problems)
    return fields, affected


def _is_published(incident: Incident, fields: Account) -> bool:
    return incident.draft and not fields.draft


def note_promise(at: Instant | None, now: Instant, problems: dict[str, str]) -> None:
    """Note when the next update is promised for what is no time to come."""
    if at is not None and not now < at <= now + AHEAD:
        problems["next_update_by"] = Problem("must lie in the future, within a year")


def _note_end(fields: Account, problems: dict[str, str], *, is_over: bool) -> None:
    if fields.resolved_at is not None and not is_over and "status" not in problems:
        problems["resolved_at"] = Problem(ONLY_OVER)
    if fields.next_update_by is not None and is_over:
        problems["next_update_by"] = Problem(NOT_OVER)


def _note_times(fields: Account, now: Instant, problems: dict[str, str]) -> None:
    begun = fields.started_at or now
    is_early = fields.resolved_at is not None and fields.resolved_at < begun
    if is_early and "started_at" not in problems:
        problems["resolved_at"] = Problem("must not lie before started_at")
    for name in ("started_at", "resolved_at"):
        at = getattr(fields, name)
        if at is not None and not EARLIEST <= at <= now + SLACK:
            problems[name] = Problem("must lie in the past, after the year 2000")


def affected_by(
    session: Session, named: Sequence[AffectedFields], impact: Impact, problems: dict[str, str]
) -> dict[Monitor, Status]:
    """What is said of which monitors, where the incident's own impact is `impact`."""
    return {
        monitor: STATUS_OF_IMPACT[impact] if said is None else said
        for monitor, said in named_monitors(session, named, problems).items()
    }


def named_monitors(
    session: Session, named: Sequence[AffectedFields], problems: dict[str, str]
) -> dict[Monitor, Status | None]:
    """The monitors that were named and what was said of each, if anything was."""
    known = monitors_named(session, [each.id for each in named])
    found: dict[Monitor, Status | None] = {}
    for index, each in enumerate(named):
        monitor = known.get(each.id)
        if monitor is None:
            problems[f"monitors.{index}.id"] = Problem("there is no such monitor", "not_found")
        elif monitor in found:
            problems[f"monitors.{index}.id"] = Problem("is named twice")
        else:
            found[monitor] = None if each.impact is None else IMPACTS[each.impact]
    return found


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


def _filled_in(
    session: Session, given: Mapping[str, Any], problems: dict[str, str]
) -> Mapping[str, Any]:
    """What was given, and of the template that it names what was not."""
    name = given.get("template")
    if not isinstance(name, str) or not name:
        return given
    if problem := unkept(name, "template"):
        problems |= problem
        return given
    template = template_known_as(session, name)
    if template is None:
        problems["template"] = Problem("there is no such template", "not_found")
        return given
    texts = {"title": template.title, "message": template.message}
    filled = {name: text for name, text in texts.items() if text}
    more = {"status": template.status, "impact": template.impact}
    return {**filled, **more, "monitors": template_account(template.affected), **given}


def template_account(rows: Sequence[TemplateMonitor]) -> list[dict[str, Any]]:
    """The monitors that a template names, as input."""
    return [
        {"id": each.monitor.public_id}
        | ({} if each.impact is None else {"impact": WORD_OF_IMPACT[each.impact]})
        for each in sorted(rows, key=lambda each: each.monitor.name)
    ]
