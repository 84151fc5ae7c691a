"""The form of the announcement below the verdict of the page."""

from collections.abc import Mapping
from typing import Any

from kener.actions.page_fields import full_look
from kener.admin._forms import Field, Form, filled
from kener.admin._incident_fields import clock_text, moment_typed
from kener.core.instant import parse_iso
from kener.store.tables import Page

PLACE = "look.announcement."
TIMES = ("begins_at", "ends_at")


def announcement_fields(zone: str) -> list[Field]:
    """Its words, where more is told, and from when until when (on the clocks of the page)."""
    return [
        Field(f"{PLACE}text", "Words", "textarea", rows=2, hint="Empty: no announcement.",
              attributes={"maxlength": 500}),
        Field(f"{PLACE}url", "More about it", hint="An address, if there is more to read.",
              attributes={"maxlength": 500, "placeholder": "https://example.org/news"}),
        Field(f"{PLACE}begins_at", "From", "datetime-local", hint=f"In {zone}. Empty: at once."),
        Field(f"{PLACE}ends_at", "Until", "datetime-local",
              hint=f"In {zone}. Empty: until you take it away."),
    ]  # fmt: skip


def announcement_form(page: Page, typed: Mapping[str, str] | None = None, **refusal: Any) -> Form:
    """What is stored, or what was typed."""
    return filled(announcement_fields(page.time_zone), typed or _stored(page), **refusal)


def announcement_typed(form: Mapping[str, str], zone: str) -> dict[str, Any]:
    """What was typed, as the action takes it. An input may bring line breaks along; words have
    none."""
    texts = {name: form.get(PLACE + name, "").strip() for name in ("text", "url", *TIMES)}
    times = {name: moment_typed(texts[name], zone, None) if texts[name] else None for name in TIMES}
    return {**texts, "text": " ".join(texts["text"].split()), **times}


def _stored(page: Page) -> dict[str, str]:
    stored = full_look(page.look)["announcement"]
    texts = {f"{PLACE}{name}": stored[name] or "" for name in ("text", "url")}
    for name in TIMES:
        at = stored[name]
        texts[PLACE + name] = clock_text(parse_iso(at), page.time_zone) if at else ""
    return texts
