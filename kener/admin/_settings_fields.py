"""A check type's or publish target's settings as fields of a form, by the JSON schema, and back."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from kener.admin._fields import MOST_ENTRIES, Attributes, Field
from kener.admin._rows import entries_typed, has_rows, picked
from kener.checks import Check
from kener.store.settings import MASK
from kener.targets import Mirror

PREFIX = "settings."
Schema = Mapping[str, Any]
Kind = type[Check] | type[Mirror]
CHOICE_FIRST = re.compile(r"^([a-z_]+): ")
OURS = {"secret": "text", "monitors": "picks"}
BOUNDS = {
    "minimum": "min",
    "maximum": "max",
    "maxLength": "maxlength",
    "minLength": "minlength",
}


def settings_fields(kind: Kind) -> list[Field]:
    """One field for each setting, with its default, in the order of the check's own fields."""
    schema = _schema(kind)
    return [field for field, _ in _parts(schema, schema, PREFIX)]


def typed_settings(kind: Kind, form: Mapping[str, str]) -> dict[str, Any]:
    """What a form says of the settings. A number left empty means its default."""
    schema = _schema(kind)
    texts = {name.removeprefix(PREFIX): form[name] for name in form if name.startswith(PREFIX)}
    return _typed(schema, schema, texts)


def shown_settings(settings: Mapping[str, Any]) -> dict[str, str]:
    """Stored, masked settings as the texts of a form; entries of a list under names of their own,
    `settings.assertions.0.source`."""
    return {f"{PREFIX}{name}": _text(value) for name, value in _flat(settings)}


@cache
def _schema(kind: Kind) -> Schema:
    """Made once: it takes milliseconds, and a form is read several times."""
    return kind.model_json_schema()


def _parts(schema: Schema, whole: Schema, prefix: str = "") -> list[tuple[Field, Schema]]:
    """The fields of an object, and what the schema says of each."""
    needed = set(schema.get("required", ()))
    found = []
    for name, each in schema["properties"].items():
        own = _resolved(each, whole)
        found.append((_field(f"{prefix}{name}", name in needed, own, whole), own))
    return found


def _field(name: str, needed: bool, schema: Schema, whole: Schema) -> Field:  # noqa: FBT001
    widget = _widget(schema, whole)
    return Field(
        name=name,
        label=schema.get("title", name),
        widget=widget,
        value=_text(schema.get("default")),
        hint=_hint(schema),
        unit=schema.get("unit", ""),
        required=needed and widget not in {"checkbox", "rows", "picks"},
        advanced=bool(schema.get("advanced")),
        group=schema.get("group", ""),
        choices=[(str(each), _choice(str(each))) for each in schema.get("enum", ())],
        rows=4,
        attributes=_attributes(schema, widget),
        parts=_columns(schema, whole) if widget == "rows" else (),
        most=schema.get("maxItems", MOST_ENTRIES),
    )


def _hint(schema: Schema) -> str:
    """What the schema says of a field; of assertions also what they can look at."""
    said = CHOICE_FIRST.sub(
        lambda found: f"{_choice(found[1])}: ", str(schema.get("description", ""))
    )
    sources = schema.get("sources", ()) if schema.get("type") == "array" else ()
    listed = ", ".join(f"{one}…" if one.endswith(":") else one for one in sources)
    return f"{said}. They can look at: {listed}" if listed else said


def _columns(schema: Schema, whole: Schema) -> list[Field]:
    """The fields of an entry. `sources` are suggested for the one of that name."""
    parts = [part for part, _ in _parts(_items(schema, whole), whole)]
    sources = [str(each) for each in schema.get("sources", ())]
    return [replace(part, suggestions=sources) if part.name == "source" else part for part in parts]


def _items(schema: Schema, whole: Schema) -> Schema:
    return _resolved(schema.get("items", {}), whole)


def _resolved(schema: Schema, whole: Schema) -> Schema:
    """What a schema refers to. A field that may be empty is described by what it is when it is
    not, and one that may be of several types by a text: that spells all of them."""
    options = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if options:
        own = {key: value for key, value in schema.items() if key != "anyOf"}
        texts = [each for each in options if each.get("type") == "string"]
        return {**_resolved((texts or options)[0], whole), **own}
    reference = str(schema.get("$ref", ""))
    if reference:
        return {**whole["$defs"][reference.rsplit("/", 1)[-1]], **schema}
    return schema


def _widget(schema: Schema, whole: Schema) -> str:
    if "properties" in _items(schema, whole):
        return "rows"
    if "widget" in schema:
        return OURS.get(schema["widget"], str(schema["widget"]))
    if "enum" in schema:
        return "select"
    if schema.get("type") == "array":
        return "textarea"
    if schema.get("format") == "password":
        return "password"
    plain = {"boolean": "checkbox", "integer": "number", "number": "number"}
    return plain.get(str(schema.get("type")), "text")


def _attributes(schema: Schema, widget: str) -> Attributes:
    attributes: Attributes = {
        html: schema[key] for key, html in BOUNDS.items() if key in schema and widget != "select"
    }
    if widget == "number":
        attributes["step"] = "1" if schema.get("type") == "integer" else "any"
    if widget == "password":
        attributes["autocomplete"] = "off"
    if schema.get("examples"):
        attributes["placeholder"] = str(schema["examples"][0])
    return attributes


def _typed(schema: Schema, whole: Schema, texts: Mapping[str, str]) -> dict[str, Any]:
    """What was typed of an object, texts by their names within it. What was not in the form is
    left out; but a box that was sent unticked never is."""
    found: dict[str, Any] = {}
    for field, own in _parts(schema, whole):
        if field.widget == "rows":
            if has_rows(field.name, texts):
                entry = _items(own, whole)
                rows = entries_typed(field, texts)
                found[field.name] = [_typed(entry, whole, each) for each in rows]
        elif field.widget == "picks":
            chosen = picked(field.name, texts)
            found |= {} if chosen is None else {field.name: chosen}
        elif field.name in texts or field.widget == "checkbox":
            found[field.name] = _value(texts.get(field.name, ""), field, own)
    return found


def _value(text: str, field: Field, schema: Schema) -> Any:
    if field.widget == "checkbox":
        return text == "true"
    if schema.get("type") == "array":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if field.widget == "number" and not text.strip():
        return schema.get("default")
    if field.widget in {"text", "number", "select"}:
        return text.strip()
    return text if text == MASK else text.replace("\r\n", "\n")


def _flat(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """What is in a list of objects, and in lists within those, one by one."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            inside = _cell(name, each, value) if at else each
            yield from _flat(inside, f"{at}.{name}" if at else name)
    elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        for number, each in enumerate(value):
            yield from _flat(each, f"{at}.{number}")
    else:
        yield at, value


def _cell(name: str, value: Any, row: Mapping[str, Any]) -> Any:
    """What an assertion compares with is one text: it is compared by its spelling."""
    if name != "value" or "op" not in row:
        return value
    if isinstance(value, list):
        is_choice = row["op"] == "in" and not any("," in str(each) for each in value)
        return (
            ", ".join(_text(each) for each in value)
            if is_choice
            else json.dumps(value, ensure_ascii=False)
        )
    return "null" if value is None and row["op"] != "exists" else value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "\n".join(str(each) for each in value)
    return str(value)


def _choice(value: str) -> str:
    """How a choice reads; names of methods and record types stay as they are."""
    return WORDS.get(value, value if value.isupper() else value.replace("_", " ").capitalize())


CAPITALS = ("ftp", "https", "imap", "json", "pop3", "smtp", "starttls", "tcp", "tls", "udp", "xmpp")
WORDS = {name: name.upper() for name in CAPITALS} | {
    "ase": "All-Seeing Eye",
    "auto": "Automatic",
    "cron": "Cron expression",
    "doom3": "Doom 3",
    "gamespy1": "GameSpy 1",
    "gamespy2": "GameSpy 2",
    "gamespy3": "GameSpy 3",
    "gamespy4": "GameSpy 4",
    "in": "Is one of",
    "ipv4": "IPv4 only",
    "ipv6": "IPv6 only",
    "killingfloor": "Killing Floor",
    "minecraft_bedrock": "Minecraft Bedrock",
    "not": "Is not",
    "not_contains": "Does not contain",
    "not_matches": "Does not match",
    "postgres": "PostgreSQL",
    "quake1": "Quake 1",
    "quake2": "Quake 2",
    "quake3": "Quake 3",
    "samp": "San Andreas Multiplayer",
    "unreal2": "Unreal 2",
    "vcmp": "Vice City Multiplayer",
}
