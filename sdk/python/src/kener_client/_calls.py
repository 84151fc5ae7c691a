"""What one call of an operation is, before anybody carries it out."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeAlias, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx

from kener_client._answers import data_of, nothing, object_in
from kener_client._parts import part_of

T_co = TypeVar("T_co", covariant=True)

Value: TypeAlias = str | float | bool | datetime | Sequence[str] | Sequence[float] | None
"""What a query parameter may be; None: it is not sent."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """One request, and how the T is read from its answer. `hidden` are texts in its path that must
    not show in any error."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    hidden: Sequence[str] = ()
    read: Callable[[httpx.Response], Any] = data_of


@dataclass(frozen=True, slots=True)
class Listing(Call[T_co]):
    """A request for a part of a list of T."""

    read: Callable[[httpx.Response], Any] = part_of


def get(*path: str, **query: Value) -> Call[Any]:
    """A call that reads. `since` and `until` are sent as `from` and `to`."""
    return Call("GET", address(*path), _query(query))


def whole(*path: str) -> Call[Any]:
    """A call that reads something which has no envelope."""
    return Call("GET", address(*path), read=object_in)


def rows(*path: str, **query: Value) -> Listing[Any]:
    """A call for a list."""
    return Listing("GET", address(*path), _query(query))


def put(*path: str, body: Mapping[str, object], **headers: str | None) -> Call[Any]:
    """A call that changes what is named in the body."""
    return Call("PUT", address(*path), {}, _json(_headers(headers)), encode(body))


def delete(*path: str, etag: str | None = None, **query: Value) -> Call[Any]:
    """A call that takes away."""
    return Call("DELETE", address(*path), _query(query), _headers({"etag": etag}))


def post(
    *path: str,
    body: Mapping[str, object] | None = None,
    etag: str | None = None,
    idempotency_key: str | None = None,
) -> Call[Any]:
    """A call that does something once: when it has to be sent again, its key is the same."""
    headers = _headers({"etag": etag, "idempotency_key": idempotency_key or str(uuid4())})
    if body is None:
        return Call("POST", address(*path), {}, headers)
    return Call("POST", address(*path), {}, _json(headers), encode(body))


def report(door: str, token: str, *word: str, log: str | None = None, **query: Value) -> Call[Any]:
    """A call that reports what became of a job. Whoever knows the token may: no key is sent."""
    content = None if log is None else log.encode()
    headers = {} if log is None else {"Content-Type": "text/plain; charset=utf-8"}
    hidden = (token, quote(token), quote(token, safe=""))
    path = address(door, token, *word)
    return Call("POST", path, _query(query), headers, content, hidden, nothing)


def address(*path: str) -> str:
    """The path of a resource; ValueError when an id in it is none."""
    for each in path:
        if each in {"", ".", ".."}:
            raise ValueError(f"{each!r} is no id")
    return "/api/" + "/".join(quote(each, safe="") for each in path)


def encode(body: Mapping[str, object]) -> bytes:
    """As JSON; datetimes as ISO 8601 in UTC."""
    return json.dumps(body, default=_plain, ensure_ascii=False, allow_nan=False).encode()


def iso(at: datetime) -> str:
    """ISO 8601 in UTC. ValueError for a time without a zone: it could be any of 26 hours."""
    if at.tzinfo is None:
        raise ValueError("a datetime must know its time zone, like datetime.now(UTC)")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


NAMES = {"since": "from", "until": "to"}
HEADERS = {"etag": "If-Match", "unless": "If-None-Match", "idempotency_key": "Idempotency-Key"}


def _query(given: Mapping[str, Value]) -> dict[str, str]:
    return {
        NAMES.get(name, name): _text(value) for name, value in given.items() if value is not None
    }


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(str(each) for each in value)
    return str(value)


def _headers(given: Mapping[str, str | None]) -> dict[str, str]:
    found = {HEADERS[name]: value for name, value in given.items() if value is not None}
    for name, value in found.items():
        if not (value.isascii() and value.isprintable() and value):
            raise ValueError(f"{name} must be visible ASCII characters")
    return found


def _json(headers: dict[str, str]) -> dict[str, str]:
    return headers | {"Content-Type": "application/json"}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")
