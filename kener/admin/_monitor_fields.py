"""The form of a monitor: what every kind has, around the kind's own settings."""

from collections.abc import Mapping
from typing import Any

from kener.admin._forms import Field
from kener.admin._settings_fields import settings_fields, shown_settings, typed_settings
from kener.checks import Check, check_types
from kener.store.settings import mask_settings
from kener.store.tables import Monitor

NEW_KIND = "http"
NUMBERS = ("interval", "timeout", "to_fail", "to_recover", "retry_interval", "degraded_over")
TEXTS = ("name", "slug", "description", "cron", "time_zone")
OPTIONAL = {"timeout", "degraded_over"}
Number = dict[str, str | int | float | None]


def _between(low: float, high: float, step: str = "1") -> Number:
    return {"min": low, "max": high, "step": step, "inputmode": "numeric"}


NAME = Field(
    "name", "Name", required=True, hint="As visitors read it.", attributes={"maxlength": 120}
)
TIMING = (
    Field("interval", "Check every", "number", "60", unit="s", attributes=_between(5, 86_400)),
    Field(
        "timeout",
        "Give up after",
        "number",
        "10",
        unit="s",
        attributes=_between(0.1, 120, "any"),
    ),
)
JUDGING = (
    Field(
        "to_fail",
        "Failures in a row until it counts as down",
        "number",
        "2",
        attributes=_between(1, 10),
    ),
    Field(
        "to_recover",
        "Successes in a row until it is up again",
        "number",
        "1",
        attributes=_between(1, 10),
    ),
    Field(
        "retry_interval",
        "After a first failure, look again every",
        "number",
        "10",
        unit="s",
        hint="0: wait for the next regular check.",
        attributes=_between(0, 3600),
    ),
    Field(
        "degraded_over",
        "Degraded when slower than",
        "number",
        unit="ms",
        hint="Empty: slowness does not count.",
        attributes=_between(1, 120_000, "any"),
    ),
)
RHYTHM = (
    Field(
        "cron",
        "Check by a cron expression instead",
        hint="Like “0 6 * * 1-5”. Empty: by the interval above.",
        attributes={"maxlength": 120, "spellcheck": "false"},
    ),
    Field(
        "time_zone",
        "Time zone of the expression",
        value="UTC",
        hint="Like Europe/Berlin.",
        attributes={"maxlength": 64},
    ),
)
SHOWING = (
    Field("tags", "Tags", hint="Separated by commas.", attributes={"maxlength": 840}),
    Field("description", "Description", "textarea", hint="Shown on the public page."),
    Field(
        "slug",
        "Name in addresses",
        hint="Small letters, digits and dashes. Empty: made from the name.",
        attributes={"maxlength": 60, "spellcheck": "false"},
    ),
    Field("hidden", "Keep off the public page", "checkbox"),
    Field("latency_hidden", "Keep its response times off the public page", "checkbox"),
)


FAMILIES = ("Web", "Network", "Services", "Databases", "Your jobs", "Made of others")
"""The order of the groups of kinds; others follow."""


def kind_field(kind: str) -> Field:
    """The choice of what to check."""
    choices = [(each.kind, each.label) for each in check_types().values()]
    return Field("kind", "What should we check?", "select", kind, choices=choices)


def kinds_by_family() -> dict[str, list[type[Check]]]:
    """The kinds in groups, by their labels."""
    found: dict[str, list[type[Check]]] = {family: [] for family in FAMILIES}
    for each in sorted(check_types().values(), key=lambda kind: kind.label.lower()):
        found.setdefault(each.family, []).append(each)
    return {family: kinds for family, kinds in found.items() if kinds}


def fields_of(kind: type[Check]) -> list[Field]:
    """Every field of a monitor of this kind: of one that is settled nothing is confirmed again,
    and nobody is waited for."""
    own = settings_fields(kind)
    general = [*TIMING, *JUDGING, *RHYTHM, *SHOWING]
    left_out = (set() if kind.has_latency else {"degraded_over"}) | (
        OF_PROBES if kind.is_settled else set()
    )
    fields = [each for each in general if each.name not in left_out]
    return [kind_field(kind.kind), *own, NAME, *fields]


OF_PROBES = {"timeout", "to_fail", "to_recover", "retry_interval", "degraded_over"}


def known_kind(kind: str) -> type[Check]:
    """The check type, or the usual one for a name that is none."""
    return check_types().get(kind) or check_types()[NEW_KIND]


def stored_texts(monitor: Monitor) -> dict[str, str]:
    """A stored monitor as the texts of its form, secrets masked."""
    kind = known_kind(monitor.kind)
    texts = {name: _number(getattr(monitor, name)) for name in NUMBERS}
    texts |= {name: getattr(monitor, name) for name in TEXTS}
    texts |= {"kind": monitor.kind, "tags": ", ".join(monitor.tags)}
    for name in ("hidden", "latency_hidden"):
        texts[name] = "true" if getattr(monitor, name) else "false"
    return texts | shown_settings(mask_settings(monitor.settings, kind.secret_fields()))


def read_form(form: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the action takes it. Fields that the form did not have are left out."""
    kind = known_kind(form.get("kind", NEW_KIND))
    given: dict[str, Any] = {"kind": kind.kind, "settings": typed_settings(kind, form)}
    given |= {name: form[name] for name in TEXTS if name in form}
    for name in NUMBERS:
        text = form.get(name, "").strip()
        if text or (name in OPTIONAL and name in form):
            given[name] = text or None
    given["tags"] = [tag.strip() for tag in form.get("tags", "").split(",") if tag.strip()]
    for name in ("hidden", "latency_hidden"):
        given[name] = form.get(name) == "true"
    return given


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def is_changed(field: Field, default: Field) -> bool:
    """Whether an advanced field says something else than its default: then it must be seen."""
    if field.problem:
        return True
    # Every stored monitor has a name in addresses: that alone is nothing unusual.
    return field.name != "slug" and field.value.strip() != default.value.strip()
