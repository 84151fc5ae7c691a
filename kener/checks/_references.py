"""Where a reference to a stored secret stands, and whether it may."""

from collections.abc import Iterator, Mapping
from typing import Any

from kener.checks._base import Check
from kener.core.references import secrets_in

Schema = Mapping[str, Any]


def misplaced(kind: type[Check], settings: Mapping[str, Any]) -> list[str]:
    """The dotted paths of what refers to a secret and may not: a field that is no
    `reference_fields`, or within a list of objects one that is not marked with MAY_REFER."""
    whole = kind.model_json_schema()
    may = kind.reference_fields()
    found = []
    for name, value in settings.items():
        if name not in may:
            found += [name] if secrets_in(value) else []
        else:
            schema = whole["properties"].get(name, {})
            found += _inside(name, value, _resolved(schema, whole), whole)
    return found


def _inside(path: str, value: Any, schema: Schema, whole: Schema) -> Iterator[str]:
    """Within objects whose fields are known, each field is asked for itself."""
    if isinstance(value, list | tuple):
        items = _resolved(schema.get("items", {}), whole)
        for number, each in enumerate(value):
            yield from _inside(f"{path}.{number}", each, items, whole)
    elif isinstance(value, Mapping):
        properties = schema.get("properties", {})
        for name, each in value.items():
            own = _resolved(properties.get(name, {}), whole)
            if properties and secrets_in(each) and not own.get("refers"):
                yield f"{path}.{name}"
            elif name in properties:
                yield from _inside(f"{path}.{name}", each, own, whole)


def _resolved(schema: Schema, whole: Schema) -> Schema:
    reference = str(schema.get("$ref", ""))
    return {**whole["$defs"][reference.rsplit("/", 1)[-1]], **schema} if reference else schema
