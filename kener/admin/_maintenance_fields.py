"""The form of planned work."""

from dataclasses import replace
from typing import Any

from werkzeug.datastructures import MultiDict

from kener.actions.maintenance_fields import LONGEST, WORD_OF_IMPACT
from kener.admin._forms import Field
from kener.store.tables import Maintenance

SAYS = (
    ("", "not affected"),
    ("maintenance", "under maintenance"),
    ("degraded", "degraded"),
    ("partial", "partial outage"),
    ("down", "outage"),
    ("up", "named, but working"),
)
"""What a window may say of a monitor."""
MONITOR = "monitor."


ALL = (
    Field("title", "Title", required=True, attributes={"maxlength": 200}),
    Field(
        "message",
        "Message",
        "textarea",
        rows=4,
        hint="What visitors will notice, and for how long.",
        attributes={"maxlength": 10_000},
    ),
    Field("starts", "Begins", "datetime-local", required=True, attributes={"step": 1}),
    Field("time_zone", "On the clocks of", required=True),
    Field(
        "duration",
        "Lasts",
        "number",
        "60",
        unit="minutes",
        required=True,
        attributes={"min": 1, "max": LONGEST},
    ),
    Field(
        "rrule",
        "Comes again",
        hint="A rule like FREQ=WEEKLY;BYDAY=SU. Empty: it takes place once.",
        attributes={"maxlength": 500},
    ),
    Field(
        "exceptions",
        "But not on",
        "textarea",
        rows=2,
        hint="Days like 2026-12-24, one in a line.",
    ),
    Field(
        "reminders",
        "Reminders",
        hint="So many minutes before, like 1440, 60. They go to webhooks.",
    ),
    Field("notify", "Tell webhooks of it", "checkbox", "true"),
    Field("draft", "It is a draft: only you see it, and it has no effect", "checkbox"),
)


def fields(zone: str) -> list[Field]:
    """Of new and of stored ones; `zone` is the one that is proposed."""
    return [replace(each, value=zone) if each.name == "time_zone" else each for each in ALL]


def stored_texts(maintenance: Maintenance) -> dict[str, str]:
    """A stored one as the texts of its form."""
    texts = {
        "title": maintenance.title,
        "message": maintenance.message,
        "starts": maintenance.starts,
        "time_zone": maintenance.time_zone,
        "duration": str(maintenance.duration),
        "rrule": maintenance.rrule,
        "exceptions": "\n".join(maintenance.exceptions),
        "reminders": ", ".join(str(each) for each in maintenance.reminders),
        "notify": "true" if maintenance.notify else "",
        "draft": "true" if maintenance.draft else "",
    }
    for each in maintenance.affected:
        texts[MONITOR + each.monitor.public_id] = WORD_OF_IMPACT[each.impact]
    return texts


def read_form(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, as the action takes it."""
    names = ("title", "message", "starts", "time_zone", "duration", "rrule")
    given: dict[str, Any] = {name: form.get(name, "") for name in names}
    given["exceptions"] = form.get("exceptions", "").replace(",", " ").split()
    given["reminders"] = form.get("reminders", "").replace(",", " ").split()
    given |= {name: form.get(name) == "true" for name in ("notify", "draft")}
    given["monitors"] = [
        {"id": name.removeprefix(MONITOR), "impact": value}
        for name, value in form.items()
        if name.startswith(MONITOR) and value
    ]
    return given
