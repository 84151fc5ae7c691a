"""What an answer looks like: the promised envelope, and the promised errors."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import Response
from pydantic_core import PydanticSerializationError, to_json

from kener.api._tags import digest_of, revision_in
from kener.core.errors import Invalid

MOST_DETAILS = 100
OK = "Operation successful"


def json_response(payload: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON answer, its fields in the order in which they were written down."""
    return Response(_json(payload) + b"\n", status, mimetype="application/json")


def done(
    data: Any, message: str = OK, status: int = 200, *, revision: str | None = None
) -> Response:
    """What was asked for, or done. A document that can be edited gets the ETag that a change of it
    may be sent with: by its `id` and `version`, or by another `revision` of it."""
    response = json_response({"success": True, "data": data, "message": message}, status)
    known = revision or revision_in(data)
    if known is not None:
        # PostgreSQL gives the names within settings in another order than they came.
        response.set_etag(f"{known}-{digest_of(_json(data, in_order=True))}")
    return response


def listed(
    data: Sequence[Any],
    *,
    limit: int,
    following: str | None,
    total: int | None,
    fields: Collection[str] = (),
) -> Response:
    """Part of a list; `following` is the cursor of the next part, None at the end. Of the documents
    only some `fields`, if they are named. No `total` when nobody has counted."""
    pagination: dict[str, Any] = {"limit": limit, "next": following}
    if total is not None:
        pagination["total"] = total
    shown = [_only(each, fields) for each in data] if fields else list(data)
    return json_response({"success": True, "data": shown, "pagination": pagination, "message": OK})


def refused(
    status: int, code: str, message: str, details: Sequence[Mapping[str, str]] = ()
) -> Response:
    """An error in the promised shape. `details` name each bad field."""
    error: dict[str, Any] = {"code": code, "message": message}
    if details:
        error["details"] = list(details[:MOST_DETAILS])
    return json_response({"success": False, "error": error}, status)


def invalid(error: Invalid) -> Response:
    """400 with every bad field: its name, a code for programs, and what would be right."""
    details = [
        {"field": field, "code": getattr(text, "code", "invalid"), "message": str(text)}
        for field, text in error.problems.items()
    ]
    names = ", ".join(each["field"] for each in details[:5])
    more = f" and {len(details) - 5} more" if len(details) > 5 else ""
    message = f"Please correct: {names}{more}." if details else error.message
    return refused(400, "INVALID_REQUEST", message, details)


def _only(document: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name in fields}


def _json(value: Any, *, in_order: bool = False) -> bytes:
    if not in_order:
        try:
            return to_json(value)  # the same as below, three times as fast
        except PydanticSerializationError:
            pass
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=in_order)
    # Half a surrogate pair can come back in the name of an unknown field: as an escape it is JSON.
    return text.encode("utf-8", "backslashreplace")
