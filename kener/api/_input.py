"""What comes in: a JSON object, and query parameters. Nothing unknown is passed over."""

import base64
import json
import math
from collections import Counter
from typing import Annotated, Any, NoReturn, TypeVar

from flask import request
from pydantic import Field
from werkzeug.exceptions import UnsupportedMediaType

from kener.actions.fields import Fields, Problem, read
from kener.core.errors import Invalid

MOST = 500
"""Rows in one answer, and so many without `limit`."""

F = TypeVar("F", bound=Fields)


class ListQuery(Fields):
    """What every list takes; each adds its filters."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = MOST
    cursor: str = ""


def body() -> dict[str, Any]:
    """The body, which must be a JSON object: 415, 413 or Invalid when it is not."""
    kind = request.mimetype
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMediaType("Send JSON, and say so: Content-Type: application/json")
    try:
        given = json.loads(
            request.get_data().decode("utf-8"),
            parse_constant=_no_number,
            parse_float=_number,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError:
        raise Invalid({}, "The body is not UTF-8.") from None
    except RecursionError:
        raise Invalid({}, "The body is nested too deeply.") from None
    except ValueError as error:
        raise Invalid({}, f"The body is not JSON: {error}.") from None
    if not isinstance(given, dict):
        raise Invalid({}, "The body must be a JSON object, like {}.")
    return given


def query(model: type[F]) -> F:
    """The query parameters; Invalid names those that are unknown, wrong or given twice."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise Invalid({name: Problem("is given twice") for name in twice})
    try:
        return read(model, request.args.to_dict())
    except Invalid as error:
        raise Invalid(
            {name: _of_parameter(text) for name, text in error.problems.items()}
        ) from None


def expected_version(given: dict[str, Any]) -> int | None:
    """Take the `version` that was edited out of a body; None when nobody minds."""
    version = given.pop("version", None)
    if version is not None and (isinstance(version, bool) or not isinstance(version, int)):
        raise Invalid({"version": Problem("must be a whole number", "wrong_type")})
    return version


def cursor_of(*keys: int) -> str:
    """Where a list goes on, as a text that nobody needs to understand."""
    return base64.urlsafe_b64encode(".".join(map(str, keys)).encode()).decode().rstrip("=")


def keys_of(cursor: str, count: int) -> tuple[int, ...] | None:
    """The keys in a cursor of ours; None without one, Invalid when it is not ours."""
    if not cursor:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        keys = tuple(int(each) for each in text.decode("ascii").split("."))
    except ValueError:
        keys = ()
    if len(keys) != count or any(abs(key) >= 2**63 for key in keys):
        raise Invalid({"cursor": Problem("is not one of ours: send `pagination.next` unchanged")})
    return keys


def _of_parameter(text: str) -> str:
    if getattr(text, "code", "") == "unknown_field":
        return Problem("there is no such parameter", "unknown_parameter")
    return text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values under one name, who knows which was meant?"""
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise Invalid({}, f"The body gives “{twice[:60]}” twice.")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is too large")
    return number
