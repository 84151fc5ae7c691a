"""What spectree does not know of an OpenAPI document: refusals, conditions, headers, and names of
operations."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from flask import Flask

from kener.actions.keys import PERMISSIONS
from kener.api._openapi import SCHEME, Described, described, spec
from kener.api._openapi_examples import EXAMPLES
from kener.api._openapi_heartbeats import HEARTBEATS
from kener.api._openapi_kinds import kinds, name_choices
from kener.api._openapi_parts import (
    ABOUT,
    ETAG,
    HEADERS,
    PARAMETERS,
    RESPONSES,
    TAGS,
    pruned,
    reference,
)
from kener.api._shapes import ErrorAnswer

WORDS = {"get": "get", "post": "create", "put": "update", "patch": "patch", "delete": "delete"}
COLLECTIONS = frozenset(
    {
        "monitors",
        "incidents",
        "updates",
        "incident_templates",
        "maintenances",
        "windows",
        "pages",
        "keys",
        "secrets",
        "webhooks",
        "deliveries",
    }
)
SINGLE = frozenset({"me", "settings", "status"})
COMMON = ("400", "429", "500", "503")
GUARDED = ("401", "403")
WRITES = ("409", "412", "413", "415")
HEEDED = {"get": ("If-None-Match",), "post": ("If-Match", "Idempotency-Key")}
BODY_OPTIONAL = frozenset({"incidents.acknowledge", "keys.rotate"})
TITLES = ("title",)
"""Pydantic gives them, and they only say a field's name again."""
VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")


def whole(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an application."""
    document = _gathered(app)
    for path, method, told in _views(app):
        _finish(document["paths"][path][method], path, method, told)
    document["paths"] = dict(sorted((document["paths"] | HEARTBEATS).items()))
    document["info"] |= ABOUT
    document["security"] = [{SCHEME: []}]
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    components = document["components"]
    components["schemas"] = _schemas(components["schemas"] | kinds())
    components |= {
        "headers": HEADERS | ETAG,
        "parameters": PARAMETERS,
        "responses": {status: _refusal(status) for status in RESPONSES},
    }
    return document


def _schemas(found: dict[str, Any]) -> dict[str, Any]:
    schemas = {
        name: pruned(schema, TITLES)
        for name, schema in sorted(found.items())
        if not name.endswith("Query")
    }
    name_choices(schemas)
    for name, example in EXAMPLES.items():
        schemas[name]["examples"] = [example]
    return schemas


def _gathered(app: Flask) -> dict[str, Any]:
    """What spectree knows. It makes a document once, and takes its models apart for it; but a
    process may have several applications, as tests do."""
    kept = deepcopy(spec.models)
    try:
        with app.app_context():
            found: dict[str, Any] = spec.spec
    finally:
        spec.models = kept
        vars(spec).pop("_spec", None)
    return found


def operation_id(path: str, method: str) -> str:
    """A name for programs: GET /api/monitors is monitors.list, GET /api/monitors/{id} is
    monitors.get, POST /api/monitors/{id}/pause is monitors.pause."""
    parts = [each.replace("-", "_") for each in path.split("/")[2:]]
    names = [each for each in parts if not each.startswith("{")]
    if parts[-1] in COLLECTIONS and method == "get":
        return ".".join([*names, "list"])
    is_thing = parts[-1].startswith("{") or parts[-1] in COLLECTIONS
    if is_thing or parts[0] in SINGLE or method == "delete":
        return ".".join([*names, WORDS[method]])
    return ".".join(names)


def _views(app: Flask) -> Iterator[tuple[str, str, Described]]:
    for rule in app.url_map.iter_rules():
        told = described(app.view_functions[rule.endpoint])
        if told is None:
            continue
        path = VARIABLE.sub(r"{\1}", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield path, method.lower(), told


def _finish(operation: dict[str, Any], path: str, method: str, told: Described) -> None:
    operation["operationId"] = operation_id(path, method)
    operation["description"] = _who_may(told)
    operation["tags"] = [_tag(path)]
    operation["parameters"] = [
        {name: value for name, value in each.items() if value != ""}
        for each in operation["parameters"]
    ]
    heeded = HEEDED.get(method, ("If-Match",))
    operation["parameters"] += [reference("parameters", name) for name in heeded]
    for response in operation["responses"].values():
        response["headers"] = _headers() | {"ETag": reference("headers", "ETag")}
    for status in _refusals(path, method, told):
        operation["responses"][status] = reference("responses", status)
    if operation["operationId"] in BODY_OPTIONAL:
        operation["requestBody"]["required"] = False


def _refusals(path: str, method: str, told: Described) -> list[str]:
    found = {*COMMON, *(str(each) for each in told.refuses)}
    found |= {"304"} if method == "get" else set(WRITES)
    if not told.is_open:
        found |= set(GUARDED)
    if "{" in path:
        found.add("404")
    return sorted(found)


def _who_may(told: Described) -> str:
    if told.is_open:
        return "For anybody, without a key."
    if told.permission is None:
        return "Any key will do."
    return f"Needs the permission `{told.permission}`, to {PERMISSIONS[told.permission]}."


def _tag(path: str) -> str:
    return path.split("/")[2]


def _refusal(status: str) -> dict[str, Any]:
    found: dict[str, Any] = {"description": RESPONSES[status], "headers": _headers()}
    if status != "304":
        schema = reference("schemas", ErrorAnswer.__name__)
        found["content"] = {"application/json": {"schema": schema}}
    return found


def _headers() -> dict[str, Any]:
    return {name: reference("headers", name) for name in HEADERS}
