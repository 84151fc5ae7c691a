"""The form of a section: its fields, and the number of each monitor in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from kener.admin._forms import Field
from kener.core.errors import Invalid
from kener.store.pages import Listed
from kener.store.tables import Monitor

MONITOR = "monitor."
NUMBERS = "Number monitors by whole numbers like 1, 2, 3, or leave them empty."
FIELDS = (
    Field("name", "Name", required=True, attributes={"maxlength": 120}),
    Field(
        "description",
        "Description",
        "textarea",
        hint="Stands below the name. May stay empty.",
        attributes={"maxlength": 1000},
    ),
    Field(
        "open",
        "Show its services at once",
        "checkbox",
        "true",
        hint="Otherwise they show when somebody opens the section, or when one is in trouble.",
    ),
)


def stored_texts(listed: Listed) -> dict[str, str]:
    """A stored section as the texts of its form."""
    section = listed.section
    texts = {"name": section.name, "description": section.description}
    texts["open"] = "true" if section.is_open else "false"
    for number, (_, public_id) in enumerate(listed.monitors, start=1):
        texts[MONITOR + public_id] = str(number)
    return texts


def typed_texts(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed. A box that was sent unticked is not in a form at all."""
    unticked = {"open": "false"} if "shape" in form else {}
    return unticked | dict(form)


def read_section(form: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the action takes it. Invalid when a number is none."""
    numbers = {
        name.removeprefix(MONITOR): text.strip()
        for name, text in form.items()
        if name.startswith(MONITOR) and text.strip()
    }
    if not all(text.isascii() and text.isdigit() and len(text) < 6 for text in numbers.values()):
        raise Invalid({"monitors": NUMBERS})
    return {
        "name": form.get("name", ""),
        "description": form.get("description", ""),
        "open": form.get("open") == "true",
        "monitors": sorted(numbers, key=lambda each: int(numbers[each])),
    }


def choices(
    monitors: Sequence[Monitor], listed: Sequence[Listed], texts: Mapping[str, str], mine: str
) -> list[tuple[Monitor, str, str]]:
    """Every monitor with its number here, and the name of the other section it is in: those in
    this section first, by number, then by name."""
    elsewhere = {
        public_id: each.section.name
        for each in listed
        for _, public_id in each.monitors
        if each.section.public_id != mine
    }
    found = [
        (each, texts.get(MONITOR + each.public_id, ""), elsewhere.get(each.public_id, ""))
        for each in monitors
    ]
    return sorted(found, key=lambda one: (_place(one[1]), one[0].name.casefold(), one[0].id))


def _place(number: str) -> int:
    return int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 100_000
