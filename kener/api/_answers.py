"""What an answer looks like: the promised envelope, and the promised errors."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from kener.core.errors import Invalid

MOST_DETAILS = 100
OK = "Operation successful"


def json_response(payload: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON answer, its fields in the order in which they were written down."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair can come back in the name of an unknown field: as an escape it is JSON.
    body = text.encode("utf-8", "backslashreplace") + b"\n"
    return Response(body, status, mimetype="application/json")


def done(data: Any, message: str = OK, status: int = 200) -> Response:
    """What was asked for, or done."""
    return json_response({"success": True, "data": data, "message": message}, status)


def listed(data: Sequence[Any], *, limit: int, following: str | None, total: int) -> Response:
    """Part of a list; `following` is the cursor of the next part, None at the end."""
    pagination = {"limit": limit, "next": following, "total": total}
    return json_response(
        {"success": True, "data": list(data), "pagination": pagination, "message": OK}
    )


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
