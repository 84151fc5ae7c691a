"""The forms of incidents."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from kener.admin._forms import Field
from kener.core.instant import Instant, instant, iso
from kener.core.status import STATUS_OF_IMPACT, Impact
from kener.site.wording import local
from kener.store.tables import Incident
from kener.store.tables.incidents import Phase

PHASES = (
    (Phase.INVESTIGATING, "Investigating"),
    (Phase.IDENTIFIED, "Identified"),
    (Phase.MONITORING, "Monitoring"),
    (Phase.RESOLVED, "Resolved"),
)
IMPACTS = (
    (Impact.MINOR, "Minor: slower or harder than usual"),
    (Impact.MAJOR, "Major: partly not working"),
    (Impact.CRITICAL, "Critical: not working"),
    (Impact.NONE, "None: only to inform"),
)
SAYS = (
    ("", "not affected"),
    ("degraded", "degraded"),
    ("partial", "partial outage"),
    ("down", "outage"),
    ("none", "named, but working"),
)
"""What an incident may say of a monitor."""
MONITOR = "monitor."

TITLE = Field(
    "title",
    "Title",
    required=True,
    hint="What visitors notice, like “Payments fail for some customers”.",
    attributes={"maxlength": 200},
)
IMPACT = Field("impact", "Impact", "select", Impact.MINOR, choices=IMPACTS)
MESSAGE = Field(
    "message",
    "Message",
    "textarea",
    required=True,
    rows=4,
    hint="What is wrong, for whom, and what you are doing.",
    attributes={"maxlength": 10_000},
)


def status_field(value: Phase = Phase.INVESTIGATING) -> Field:
    """How far one has come."""
    return Field("status", "Status", "select", value, choices=PHASES)


def started_field(zone: str) -> Field:
    """When it began, on the clocks of the page."""
    hint = f"In {zone}. Empty: now."
    return Field("started_at", "Began", "datetime-local", hint=hint)


def resolved_field(zone: str) -> Field:
    """When it ended."""
    return Field("resolved_at", "Ended", "datetime-local", hint=f"In {zone}.")


def new_fields(zone: str) -> list[Field]:
    """Of a new incident."""
    return [TITLE, status_field(), IMPACT, MESSAGE, started_field(zone)]


def edit_fields(incident: Incident, zone: str) -> list[Field]:
    """Of one that is there; its status changes by posting an update."""
    fields = [TITLE, IMPACT, started_field(zone)]
    return [*fields, resolved_field(zone)] if incident.resolved_at is not None else fields


def stored_texts(incident: Incident, zone: str) -> dict[str, str]:
    """A stored incident as the texts of its form."""
    texts = {"title": incident.title, "impact": str(incident.impact)}
    texts["started_at"] = clock_text(incident.started_at, zone)
    if incident.resolved_at is not None:
        texts["resolved_at"] = clock_text(incident.resolved_at, zone)
    said = {STATUS_OF_IMPACT[Impact.NONE]: "none"}
    for each in incident.affected:
        texts[MONITOR + each.monitor.public_id] = said.get(each.impact, str(each.impact))
    return texts


def read_form(form: MultiDict[str, str], zone: str, stored: Incident | None) -> dict[str, Any]:
    """What was typed, as the action takes it."""
    given: dict[str, Any] = {
        name: form[name] for name in ("title", "impact", "status", "message") if name in form
    }
    given["monitors"] = [
        {"id": name.removeprefix(MONITOR), "impact": value}
        for name, value in form.items()
        if name.startswith(MONITOR) and value
    ]
    for name in ("started_at", "resolved_at"):
        if form.get(name, "").strip():
            given[name] = _moment(form[name], zone, getattr(stored, name, None))
    return given


def clock_text(at: Instant, zone: str) -> str:
    """As an input for a date and a time has it; the browser knows no zones."""
    return f"{local(at, zone):%Y-%m-%dT%H:%M}"


def _moment(text: str, zone: str, stored: Instant | None) -> str:
    """What was typed as a time with its zone; untouched, the stored instant to the millisecond."""
    if stored is not None and text == clock_text(stored, zone):
        return iso(stored)
    try:
        moment = datetime.fromisoformat(text)
        return iso(instant(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))))
    except (ValueError, OverflowError):  # the first and last hours of all years are in no zone
        return text


def chosen(typed: Mapping[str, str], monitors: Sequence[Any]) -> list[tuple[Any, str]]:
    """Every monitor with what is said of it."""
    return [(each, typed.get(MONITOR + each.public_id, "")) for each in monitors]
