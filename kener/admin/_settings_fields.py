"""The settings of a check type as fields of a form, read off its JSON schema, and back."""

from collections.abc import Mapping
from typing import Any

from kener.admin._forms import Attributes, Field
from kener.checks import Check
from kener.store.settings import MASK

PREFIX = "settings."
Schema = Mapping[str, Any]
BOUNDS = {
    "minimum": "min",
    "maximum": "max",
    "maxLength": "maxlength",
    "minLength": "minlength",
}


def settings_fields(kind: type[Check]) -> list[Field]:
    """One field for each setting, with its default, in the order of the check's own fields."""
    schema = kind.model_json_schema()
    needed = set(schema.get("required", ()))
    return [
        _field(name, _resolved(each, schema), name in needed)
        for name, each in schema["properties"].items()
    ]


def typed_settings(kind: type[Check], form: Mapping[str, str]) -> dict[str, Any]:
    """What a form says of the settings. A number left empty means its default."""
    schema = kind.model_json_schema()
    return {
        name: _value(form.get(PREFIX + name, ""), _resolved(each, schema))
        for name, each in schema["properties"].items()
        if PREFIX + name in form or _widget(_resolved(each, schema)) == "checkbox"
    }


def shown_settings(settings: Mapping[str, Any]) -> dict[str, str]:
    """Stored, masked settings as the texts of a form."""
    return {PREFIX + name: _text(value) for name, value in settings.items()}


def _field(name: str, schema: Schema, needed: bool) -> Field:  # noqa: FBT001
    widget = _widget(schema)
    return Field(
        name=PREFIX + name,
        label=schema.get("title", name),
        widget="text" if widget == "secret" else widget,
        value=_text(schema.get("default")),
        hint=schema.get("description", ""),
        unit=schema.get("unit", ""),
        required=needed and widget != "checkbox",
        advanced=bool(schema.get("advanced")),
        choices=[(str(each), _choice(str(each))) for each in schema.get("enum", ())],
        rows=4,
        attributes=_attributes(schema, widget),
    )


def _resolved(schema: Schema, whole: Schema) -> Schema:
    """A field that may be empty is described by what it is when it is not."""
    for each in schema.get("anyOf", ()):
        if each.get("type") != "null":
            return {**each, **{key: value for key, value in schema.items() if key != "anyOf"}}
    reference = str(schema.get("$ref", ""))
    if reference:
        return {**whole["$defs"][reference.rsplit("/", 1)[-1]], **schema}
    return schema


def _widget(schema: Schema) -> str:
    if "widget" in schema:
        return str(schema["widget"])
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


def _value(text: str, schema: Schema) -> Any:
    widget = _widget(schema)
    if widget == "checkbox":
        return text == "true"
    if schema.get("type") == "array":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if widget == "number" and not text.strip():
        return schema.get("default")
    if widget in {"text", "number", "select"}:
        return text.strip()
    return text if text == MASK else text.replace("\r\n", "\n")


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
    words = {"auto": "Automatic", "ipv4": "IPv4 only", "ipv6": "IPv6 only"}
    return words.get(value, value if value.isupper() else value.replace("_", " ").capitalize())
