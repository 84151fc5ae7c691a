"""Planned work as somebody writes it down: the one validation for API and admin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice, pairwise
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session

from kener.actions.fields import (
    Fields,
    Line,
    Paragraph,
    Problem,
    by_id,
    one_word_of,
    read,
    words_of,
)
from kener.actions.recurrence import occurrences, read_rule
from kener.core.errors import Invalid
from kener.core.instant import DAY, MINUTE, Instant, instant
from kener.core.status import Status
from kener.core.walltime import instant_of, is_zone, wall_of
from kener.store.incidents import monitors_named
from kener.store.tables import Maintenance, Monitor

SCHEDULE = ("time_zone", "starts", "duration", "rrule", "exceptions")
"""The columns that say when windows are."""
LONGEST = 31 * DAY // MINUTE
"""Minutes that a window may last, and that a reminder may come before it."""
YEARS = range(2000, 2101)
BACK = 400 * DAY
"""How far back a rule may begin: all that came since is counted to know what comes next."""
FAR = 10 * 366 * DAY
"""How far we look for the next window of a rule."""
IMPACTS = {
    "maintenance": Status.MAINTENANCE,
    "up": Status.UP,
    "degraded": Status.DEGRADED,
    "partial": Status.PARTIAL,
    "down": Status.DOWN,
}
"""What a window may say of one monitor."""
WORD_OF_IMPACT = {status: word for word, status in IMPACTS.items()}
_STAND_INS = {"title": "-", "starts": "2000-01-01T00:00", "duration": 1}


def _rule(value: Any) -> Any:
    return read_rule(value) if isinstance(value, str) and value.strip() else value or ""


class PlannedFields(Fields):
    """A monitor, by its id or slug, and what it is while a window lasts."""

    id: Annotated[Line, Field(min_length=1, max_length=60)]
    impact: Annotated[str, one_word_of(IMPACTS), words_of(IMPACTS)] = "maintenance"


class MaintenanceFields(Fields):
    """Every field one can set. `starts` is on the clocks of `time_zone`; minutes for `duration`
    and `reminders`; `rrule` empty: once. An exception is a day or a time of these clocks."""

    title: Annotated[Line, Field(min_length=1, max_length=200)]
    message: Annotated[Paragraph, Field(max_length=10_000)] = ""
    time_zone: Annotated[Line, Field(min_length=1, max_length=64)] = "UTC"
    starts: Annotated[Line, Field(min_length=1, max_length=40)]
    duration: Annotated[int, Field(ge=1, le=LONGEST)]
    rrule: Annotated[str, BeforeValidator(_rule, json_schema_input_type=str | None)] = ""
    exceptions: list[Annotated[Line, Field(min_length=1, max_length=40)]] = Field(
        default_factory=list, max_length=200
    )
    monitors: list[
        Annotated[
            PlannedFields,
            by_id(PlannedFields),
        ]
    ] = Field(default_factory=list, max_length=500)
    reminders: list[Annotated[int, Field(ge=1, le=LONGEST)]] = Field(
        default_factory=list, max_length=5
    )
    notify: bool = True
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What was read: `columns` are those of a maintenance, by name, and what it does to whom."""

    columns: dict[str, Any]
    affected: dict[Monitor, Status]

    def changes(self, stored: Maintenance, *names: str) -> bool:
        """Whether any of these columns is another than that of a stored one."""
        return any(self.columns[name] != getattr(stored, name) for name in names)


def read_plan(
    session: Session,
    given: Mapping[str, Any],
    now: Instant,
    stored: Maintenance | None = None,
    *,
    exact: bool,
) -> Plan:
    """New planned work, or a stored one with some fields changed. Invalid names every bad field at
    once (`monitors.0.id`)."""
    problems: dict[str, str] = {}
    fields = _read_or_note({**stored_fields(stored), **given}, problems, exact=exact)
    columns = fields.model_dump(exclude={"monitors"}) | {
        "reminders": sorted(set(fields.reminders), reverse=True)
    }
    if not is_zone(fields.time_zone):
        problems.setdefault("time_zone", Problem("must be a time zone like Europe/Berlin"))
    else:
        columns["starts"] = _starts_or_note(fields, problems)
    columns["exceptions"] = _exceptions_or_note(fields, problems)
    plan = Plan(columns, _affected_by(session, fields, problems))
    if not problems and columns["rrule"]:
        if stored is None or plan.changes(stored, "starts", "rrule"):
            problems |= _too_old(columns, now)
        if not problems and (stored is None or plan.changes(stored, *SCHEDULE)):
            problems |= _rule_problems(columns, now)
    if problems:
        raise Invalid(problems)
    return plan


def stored_fields(stored: Maintenance | None) -> dict[str, Any]:
    """What is stored, as input."""
    if stored is None:
        return {}
    names = set(MaintenanceFields.model_fields) - {"monitors"}
    monitors = [
        {"id": each.monitor.public_id, "impact": WORD_OF_IMPACT[each.impact]}
        for each in stored.affected
    ]
    return {name: getattr(stored, name) for name in names} | {"monitors": monitors}


def _read_or_note(
    given: Mapping[str, Any], problems: dict[str, str], *, exact: bool
) -> MaintenanceFields:
    """The fields. What is wrong is noted, and left out, so that the rest can be judged as well."""
    try:
        return read(MaintenanceFields, given, exact=exact)
    except Invalid as error:
        problems |= error.problems
    bad = {name.partition(".")[0] for name in problems}
    good = {name: value for name, value in given.items() if name not in bad}
    return read(MaintenanceFields, _STAND_INS | good, exact=exact)


def _starts_or_note(fields: MaintenanceFields, problems: dict[str, str]) -> str:
    try:
        return wall_text(fields.starts, fields.time_zone)
    except ValueError as error:
        problems.setdefault("starts", Problem(str(error)))
        return fields.starts


def wall_text(text: str, zone: str) -> str:
    """A time as the clocks of a zone show it, whether it was written so or with its own zone, to
    the second: 2026-03-29T02:00:00. ValueError says what is wrong."""
    try:
        wall = datetime.fromisoformat(text) if "T" in text or " " in text else None
    except ValueError:
        wall = None
    if wall is None or wall.microsecond:
        raise ValueError("must be a time like 2026-03-29T02:00")
    if wall.year not in YEARS:
        raise ValueError(f"must lie between the years {YEARS[0]} and {YEARS[-1]}")
    if wall.tzinfo is not None:
        at = instant(wall)
        wall = wall_of(at, zone)
        if instant_of(wall, zone) != at:
            raise ValueError(f"comes twice on the clocks of {zone}; plan it in the time zone UTC")
    return wall.isoformat()


def _exceptions_or_note(fields: MaintenanceFields, problems: dict[str, str]) -> list[str]:
    found = []
    for index, text in enumerate(fields.exceptions):
        try:
            day_only = len(text) == len("2026-03-29")
            found.append(date.fromisoformat(text).isoformat() if day_only else _local(text))
        except ValueError:
            problems[f"exceptions.{index}"] = Problem(
                "must be a day like 2026-03-29, or a local time like 2026-03-29T02:00"
            )
    return sorted(set(found))


def _local(text: str) -> str:
    wall = datetime.fromisoformat(text)
    if wall.tzinfo is not None:
        raise ValueError
    return wall.isoformat()


def _affected_by(
    session: Session, fields: MaintenanceFields, problems: dict[str, str]
) -> dict[Monitor, Status]:
    known = monitors_named(session, [each.id for each in fields.monitors])
    affected: dict[Monitor, Status] = {}
    for index, each in enumerate(fields.monitors):
        monitor = known.get(each.id)
        if monitor is None:
            problems[f"monitors.{index}.id"] = Problem("there is no such monitor", "not_found")
        elif monitor in affected:
            problems[f"monitors.{index}.id"] = Problem("is named twice")
        else:
            affected[monitor] = IMPACTS[each.impact]
    return affected


def _too_old(columns: Mapping[str, Any], now: Instant) -> dict[str, str]:
    first = instant_of(datetime.fromisoformat(columns["starts"]), columns["time_zone"])
    if first >= now - BACK:
        return {}
    return {"starts": Problem("must not lie more than 400 days back when there is an rrule")}


def _rule_problems(columns: Mapping[str, Any], now: Instant) -> dict[str, str]:
    """Of a rule: that it has windows, that some are left, and that they do not overlap."""
    zone, length = columns["time_zone"], columns["duration"] * MINUTE
    starts = datetime.fromisoformat(columns["starts"])
    far = max(now, instant_of(starts, zone)) + FAR
    every = occurrences(starts, zone, columns["rrule"], columns["exceptions"], far)
    try:
        some = list(islice(every, 50))
    except ValueError:
        some = []
    if not some:
        return {"rrule": Problem("has no window in the next ten years")}
    if any(later - earlier < length for earlier, later in pairwise(some)):
        return {"duration": Problem("must not be longer than the time between two windows")}
    if not any(each + length > now for each in (*some, *every)):
        return {"rrule": Problem("has no window left: all of them are over")}
    return {}
