"""The Python library held against the OpenAPI document: what one has and the other has not."""

import inspect
import re
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from kener_client import types as documents
from kener_client._calls import Call
from kener_client._operations import Resource, listing, operation
from kener_client.client import Everything
from kener_client.types import queries

TWINS = {"patch": "PUT does the same", "head": "GET does"}
REPORTS = re.compile(r"/api/(heartbeat|push)/")
"""What takes GET as well as POST, for those who cannot send a POST."""
NO_SHAPE = {"OpenApi"}
WORD = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


class NoWay:
    """Calls are described here, not carried out."""

    class settings:  # noqa: N801 - stands for an object
        url = "http://nowhere.invalid"


def methods():
    """Every method of the library: its dotted name, what it is, and the object that has it."""

    def within(name, resource):
        for each in dir(type(resource)):
            found = inspect.getattr_static(type(resource), each)
            if isinstance(found, operation | listing):
                yield f"{name}{each}", found, resource
        for each, below in vars(resource).items():
            if isinstance(below, Resource):
                yield from within(f"{name}{each}.", below)

    return list(within("", Everything(NoWay())))


def operations(document):
    """Every operation that a library has to have: (method, path) → what is said of it."""
    return {
        (method.upper(), path): said
        for path, methods in document["paths"].items()
        for method, said in methods.items()
        if method not in TWINS and not (REPORTS.match(path) and method == "get")
    }


def described(method, resource):
    """The call of a method that is given an example of all that it takes, its fields left out."""
    hints = typing.get_type_hints(method.describe, include_extras=True)
    given = {}
    for name, parameter in inspect.signature(method.describe).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            model = fields_of(method)
            if model.__module__ == queries.__name__:
                given |= {each: example(hint) for each, hint in hints_of(model).items()}
        elif name not in {"self", "etag", "idempotency_key", "only_new"}:
            given[name] = example(hints[name])
    return method.describe(resource, **given)


def fields_of(method):
    """The TypedDict that a method takes as its keywords; None: it takes none."""
    hints = typing.get_type_hints(method.describe, include_extras=True)
    for name, parameter in inspect.signature(method.describe).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            return typing.get_args(hints[name])[0]
    return None


def hints_of(model):
    return typing.get_type_hints(model)


def example(hint):
    for kind, value in {
        str: "x",
        bool: True,
        int: 1,
        float: 1.5,
        datetime: datetime.now(UTC),
    }.items():
        if hint is kind:
            return value
    inner = typing.get_args(hint)
    if typing.get_origin(hint) is typing.Literal:
        return inner[0]
    return [example(inner[0])] if typing.get_origin(hint) is Sequence else example(inner[0])


def operation_of(call: Call, known):
    """The (method, path) of the document that a call is one of; None: it is invented."""
    fits = [
        (method, path)
        for method, path in known
        if method == call.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), call.path)
    ]
    return min(fits, key=lambda each: each[1].count("{"), default=None)


def method_problems(document):
    """One sentence for each operation without a method, and each method that is other than its
    operation."""
    known, used, problems = operations(document), {}, []
    for name, method, resource in methods():
        call = described(method, resource)
        found = operation_of(call, known)
        if found is None:
            problems.append(f"{name}: {call.method} {call.path} is no operation")
            continue
        used.setdefault(found, set()).update(call.query)
        problems += [f"{name}: {each}" for each in differences(method, known[found])]
    problems += [f"{' '.join(each)} has no method" for each in sorted(set(known) - set(used))]
    for each, sent in used.items():
        told = {
            one["name"] for one in known[each].get("parameters", ()) if one.get("in") == "query"
        }
        if told - {"cursor"} != sent:
            problems.append(f"{' '.join(each)} takes {sorted(told)}, but {sorted(sent)} are sent")
    return problems


def differences(method, said):
    """What is sent and what comes back, where they are not as the document says."""
    body = said.get("requestBody", {}).get("content", {}).get("application/json")
    fields = fields_of(method)
    sends = fields.__name__ if fields and fields.__module__ != queries.__name__ else None
    if sends != (body and name_in(body["schema"])):
        yield f"sends {sends}"
    answer = next(said["responses"][status] for status in said["responses"] if status < "300")
    told = name_in(answer["content"]["application/json"]["schema"])
    result = typing.get_args(typing.get_type_hints(method.describe)["return"])[0]
    gives = getattr(result, "__name__", None)
    ending = "(Open)?ListAnswer" if isinstance(method, listing) else "Answer"
    whole = {"NoneType": None, "dict": "OpenApi"}.get(gives, gives)
    fits = whole == told or re.fullmatch(f"{whole}(Part)?{ending}", told or "")
    if not fits:
        yield f"gives {gives}, not {told}"


def name_in(schema):
    return schema["$ref"].rsplit("/", 1)[-1] if "$ref" in schema else None


def type_problems(document):
    """One sentence for each component that the library has not, or has otherwise, and for each
    type of the library's that is none."""
    schemas = {
        name: schema
        for name, schema in document["components"]["schemas"].items()
        if not name.endswith("Answer") and name not in NO_SHAPE
    }
    problems = []
    for name, schema in schemas.items():
        model = getattr(documents, name, None)
        if model is None:
            problems.append(f"{name} is missing")
        elif "properties" in schema:
            problems += [f"{name}.{each}" for each in field_problems(model, schema, schemas)]
        elif shape_of(model) != shape_in(schema, schemas):
            problems.append(f"{name} has other words")
    ours = {name for name in documents.__all__ if typing.is_typeddict(getattr(documents, name))}
    ours = {name for name in ours if not hasattr(queries, name)}
    return problems + [f"{name} is no component" for name in sorted(ours - set(schemas))]


def field_problems(model, schema, schemas):
    hints, required = hints_of(model), set(schema.get("required", ()))
    told = {name: shape_in(each, schemas) for name, each in schema["properties"].items()}
    for name in sorted(set(told) ^ set(hints)):
        yield f"{name} is missing" if name in told else f"{name} is invented"
    for name in sorted(set(told) & set(hints)):
        if (name in required) != (name in model.__required_keys__):
            yield f"{name} is required here, but not there"
        if told[name] != shape_of(hints[name]):
            yield f"{name} is {told[name]}, not {shape_of(hints[name])}"


def shape_of(hint):
    """What of JSON a Python type stands for: a set of what may be."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return frozenset().union(*map(shape_of, inner))
    if origin is typing.Literal:
        return frozenset(("word", each) for each in inner)
    if origin in {list, Sequence}:
        return frozenset({("array", shape_of(inner[0]))})
    if origin in {dict, Mapping}:
        return frozenset({("map", shape_of(inner[1]))})
    # A datetime is sent as a text.
    words = {**WORD, datetime: "string", object: "anything", typing.Any: "anything"}
    return frozenset({words.get(hint) or hint.__name__})


def shape_in(schema, schemas):
    """The same, of a schema."""
    if "$ref" in schema:
        name = name_in(schema)
        words = "properties" not in schemas[name]
        return shape_in(schemas[name], schemas) if words else frozenset({name})
    if "anyOf" in schema:
        return frozenset().union(*(shape_in(each, schemas) for each in schema["anyOf"]))
    if "enum" in schema:
        return frozenset(("word", each) for each in schema["enum"])
    kind, inner = schema.get("type", "anything"), frozenset({"anything"})
    if kind == "array":
        kind = ("array", shape_in(schema["items"], schemas))
    elif kind == "object":
        more = schema.get("additionalProperties")
        kind = ("map", shape_in(more, schemas) if isinstance(more, dict) else inner)
    return frozenset({kind})
