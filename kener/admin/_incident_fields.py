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
from kener.store.tables import Incident, IncidentTemplate, Update
from kener.store.tables.incidents import Phase

PHASES = (
    (Phase.INVESTIGATING, "Investigating"),
    (Phase.IDENTIFIED, "Identified"),
    (Phase.MONITORING, "Monitoring"),
    (Phase.RESOLVED, "Resolved"),
)
POSTMORTEM = (Phase.POSTMORTEM, "Postmortem: what was learned")
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
SAID = {STATUS_OF_IMPACT[Impact.NONE]: "none"}
"""What is not said by the name of the status."""
MONITOR = "monitor."
TIMES = ("started_at", "resolved_at", "next_update_by", "at")

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


QUIET = Field(
    "quiet",
    "Tell nobody but visitors of the page",
    "checkbox",
    hint="No webhook is sent for it.",
)


def status_field(value: Phase = Phase.INVESTIGATING, *, is_over: bool = False) -> Field:
    """How far one has come; when it is over, what was learned may be told as well."""
    choices = (*PHASES, POSTMORTEM) if is_over else PHASES
    return Field("status", "Status", "select", value, choices=choices)


def started_field(zone: str) -> Field:
    """When it began, on the clocks of the page."""
    hint = f"In {zone}. Empty: now."
    return Field("started_at", "Began", "datetime-local", hint=hint)


def resolved_field(zone: str) -> Field:
    """When it ended."""
    return Field("resolved_at", "Ended", "datetime-local", hint=f"In {zone}.")


def promise_field(zone: str) -> Field:
    """By when visitors hear more."""
    hint = f"In {zone}. Visitors see when it is overdue. Empty: no promise."
    return Field("next_update_by", "Next update by", "datetime-local", hint=hint)


def said_field(zone: str) -> Field:
    """When something was said."""
    return Field("at", "Said at", "datetime-local", hint=f"In {zone}.")


def new_fields(zone: str) -> list[Field]:
    """Of a new incident."""
    times = [started_field(zone), promise_field(zone)]
    return [TITLE, status_field(), IMPACT, MESSAGE, *times, QUIET]


def edit_fields(incident: Incident, zone: str) -> list[Field]:
    """Of one that is there; its status changes by posting an update."""
    fields = [TITLE, IMPACT, started_field(zone)]
    if incident.resolved_at is not None:
        fields.append(resolved_field(zone))
    if not incident.status.is_over:
        fields.append(promise_field(zone))
    return fields if incident.draft else [*fields, QUIET]


def more_fields(incident: Incident, status: Phase, zone: str) -> list[Field]:
    """Of one more message."""
    is_over = incident.status.is_over
    return [status_field(status, is_over=is_over), MESSAGE, promise_field(zone), QUIET]


def update_fields(incident: Incident, update: Update, zone: str) -> list[Field]:
    """Of a message that was said already."""
    is_over = incident.status.is_over or update.status.is_over
    own = [status_field(is_over=is_over), MESSAGE]
    return own if incident.draft else [*own, said_field(zone), QUIET]


def stored_texts(incident: Incident, zone: str) -> dict[str, str]:
    """A stored incident as the texts of its form."""
    texts = {"title": incident.title, "impact": str(incident.impact)}
    times = {
        "started_at": incident.started_at if incident.dated else None,
        "resolved_at": incident.resolved_at,
        "next_update_by": incident.next_update_by,
    }
    for name, at in times.items():
        texts[name] = "" if at is None else clock_text(at, zone)
    for each in incident.affected:
        texts[MONITOR + each.monitor.public_id] = SAID.get(each.impact, str(each.impact))
    return texts


def update_texts(update: Update, zone: str) -> dict[str, str]:
    """A stored message as the texts of its form."""
    said = {"status": str(update.status), "message": update.message}
    return {**said, "at": clock_text(update.at, zone)}


def template_texts(template: IncidentTemplate) -> dict[str, str]:
    """What a template fills into the form of a new incident."""
    texts = {"title": template.title, "message": template.message}
    texts |= {"status": str(template.status), "impact": str(template.impact)}
    for each in template.affected:
        impact = each.impact or STATUS_OF_IMPACT[template.impact]
        texts[MONITOR + each.monitor.public_id] = SAID.get(impact, str(impact))
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
    if form.get("draft") == "true":
        given["draft"] = True
    given |= _times(form, zone, stored)
    given["notify"] = form.get("quiet") != "true"
    return given


def read_update_form(
    form: MultiDict[str, str], zone: str, stored: Update | None = None
) -> dict[str, Any]:
    """The same of a message."""
    said = {name: form.get(name, "") for name in ("status", "message")}
    return said | _times(form, zone, stored) | {"notify": form.get("quiet") != "true"}


def _times(
    form: MultiDict[str, str], zone: str, stored: Incident | Update | None
) -> dict[str, str | None]:
    """The times of a form. An emptied one is none; what must have one keeps it."""
    return {
        name: moment_typed(form[name], zone, getattr(stored, name, None))
        if form[name].strip()
        else None
        for name in TIMES
        if name in form
    }


def clock_text(at: Instant, zone: str) -> str:
    """As an input for a date and a time has it; the browser knows no zones."""
    return f"{local(at, zone):%Y-%m-%dT%H:%M}"


def moment_typed(text: str, zone: str, stored: Instant | None) -> str:
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
