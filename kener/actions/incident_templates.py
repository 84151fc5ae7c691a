"""What incidents may begin with, so that in a hurry only the rest has to be written."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Line, Paragraph, Problem, one_of
from kener.actions.incident_fields import (
    ONLY_AFTER,
    Monitors,
    Step,
    named_monitors,
    read_or_note,
    template_account,
)
from kener.core.errors import Conflict, Invalid
from kener.core.ids import public_id
from kener.core.instant import Instant
from kener.core.status import Impact, Status
from kener.store.incident_templates import find_template, is_name_taken
from kener.store.tables import IncidentTemplate, Monitor, TemplateMonitor
from kener.store.tables.incidents import Phase

CHANGED = "Somebody else changed this template in the meantime. Look at it again, then save."


class TemplateFields(Fields):
    """A name to choose it by, and fields of an incident; empty texts fill in nothing."""

    name: Annotated[Line, Field(min_length=1, max_length=120)]
    title: Annotated[Line, Field(max_length=200)] = ""
    message: Annotated[Paragraph, Field(max_length=10_000)] = ""
    status: Step = Phase.INVESTIGATING
    impact: Annotated[Impact, one_of(Impact)] = Impact.MINOR
    monitors: Monitors


def create_template(
    session: Session, fields: Mapping[str, Any], now: Instant, *, exact: bool = False
) -> IncidentTemplate:
    """A new template. Invalid names every bad field; names are not given twice."""
    given, affected = _read(session, fields, None, exact=exact)
    template = IncidentTemplate(public_id=public_id(), created_at=now, version=0)
    _write(session, template, given, affected, now)
    return template


def edit_template(  # noqa: PLR0913 - two of them are options of both doors
    session: Session,
    template: IncidentTemplate,
    changes: Mapping[str, Any],
    now: Instant,
    version: int | None = None,
    *,
    exact: bool = False,
) -> IncidentTemplate:
    """Change what is named. `version` is the one that was edited: Conflict if it is old."""
    template = _latest(session, template)
    if version is not None and version != template.version:
        raise Conflict(CHANGED)
    stored = {
        "name": template.name,
        "title": template.title,
        "message": template.message,
        "status": template.status,
        "impact": template.impact,
        "monitors": template_account(template.affected),
    }
    given, affected = _read(session, {**stored, **changes}, template, exact=exact)
    _write(session, template, given, affected, now)
    return template


def delete_template(session: Session, template: IncidentTemplate) -> None:
    """Forget a template; incidents that began with it stay as they are."""
    session.delete(_latest(session, template))
    session.flush()


def _latest(session: Session, template: IncidentTemplate) -> IncidentTemplate:
    """As it is now, with nobody else changing it; NotFound when it is gone."""
    return find_template(session, template.public_id, alone=True)


def _read(
    session: Session, fields: Mapping[str, Any], own: IncidentTemplate | None, *, exact: bool
) -> tuple[TemplateFields, dict[Monitor, Status | None]]:
    problems: dict[str, str] = {}
    given = read_or_note(TemplateFields, fields, problems, exact=exact)
    if given.status is Phase.POSTMORTEM:
        problems["status"] = Problem(ONLY_AFTER)
    if "name" not in problems and is_name_taken(session, given.name, own):
        problems["name"] = Problem("another template has this name", "taken")
    affected = named_monitors(session, given.monitors, problems)
    if problems:
        raise Invalid(problems)
    return given, affected


def _write(
    session: Session,
    template: IncidentTemplate,
    given: TemplateFields,
    affected: Mapping[Monitor, Status | None],
    now: Instant,
) -> None:
    for name in ("name", "title", "message", "status", "impact"):
        setattr(template, name, getattr(given, name))
    template.version, template.updated_at = template.version + 1, now
    known = {each.monitor: each for each in template.affected}
    for monitor, row in known.items():
        if monitor not in affected:
            template.affected.remove(row)
    for monitor, impact in affected.items():
        if monitor in known:
            known[monitor].impact = impact
        else:
            template.affected.append(TemplateMonitor(monitor=monitor, impact=impact))
    session.add(template)
    session.flush()
