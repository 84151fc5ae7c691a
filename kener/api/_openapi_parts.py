"""Texts and parts of the OpenAPI document that stand once and are referred to."""

from collections.abc import Collection
from typing import Any

COMPONENT = "#/components/{}/{}"
ABOUT = {
    "summary": "Everything that the admin can do.",
    "description": (
        "Answers are JSON: `success`, `data` and `message`, or `success` and `error`. Times are "
        "ISO 8601 in UTC. PUT and PATCH both take any of the fields; those that are not named keep "
        "their value. New fields may come to answers; unknown ones in what you send are refused. "
        "More is in the manual, under /docs/api/."
    ),
    "license": {"name": "MIT", "identifier": "MIT"},
}
TAGS = {
    "monitors": "What is watched, how it is, and how it was.",
    "incidents": "What visitors are told when something is wrong.",
    "incident-templates": "What incidents may begin with.",
    "maintenances": "Planned work, once or by a rule.",
    "windows": "One occurrence of planned work.",
    "pages": "Status pages, and what is on them.",
    "status": "How everything is, for anybody.",
    "webhooks": "Who is told of events, and how that went.",
    "keys": "Keys of the API.",
    "secrets": "What settings refer to by name.",
    "settings": "What can be set, and what is running.",
    "me": "The key that asks.",
    "heartbeat": "Where jobs report.",
    "push": "Where jobs report that did so to Uptime Kuma.",
    "openapi.json": "This document.",
}
"""In the order in which one reads them."""
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "The id of this request: your own, if you sent a sane one.",
        "schema": {"type": "string"},
    },
    "X-RateLimit-Limit": {
        "description": "Requests a minute that this key, or address, may send.",
        "schema": {"type": "integer"},
    },
    "X-RateLimit-Remaining": {
        "description": "How many of them are left.",
        "schema": {"type": "integer"},
    },
    "X-RateLimit-Reset": {
        "description": "When all of them are there again, in seconds since 1970.",
        "schema": {"type": "integer"},
    },
}
ETAG = {
    "ETag": {
        "description": "For If-None-Match when you read again, and If-Match when you change it.",
        "schema": {"type": "string"},
    }
}
PARAMETERS: dict[str, dict[str, Any]] = {
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag that you have: 304 without a body when it is still the same.",
        "schema": {"type": "string"},
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag that you have: 412 when somebody has changed it since.",
        "schema": {"type": "string"},
    },
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Within a day, a request with the same key is not done a second time.",
        "schema": {"type": "string", "pattern": r"^[!-~]{1,255}$"},
    },
}
RESPONSES = {
    "304": "You have it already.",
    "400": "Something in the request is wrong; `details` name each bad field.",
    "401": "There is no key, or none that opens anything.",
    "403": "The key lacks a permission, or may not be used from this address.",
    "404": "There is no such thing.",
    "409": "It cannot be done as things are now; the message says why.",
    "412": "Somebody changed it since you looked.",
    "413": "The body has more than 1 MB.",
    "415": "The body is not JSON, or does not say that it is.",
    "429": "Too many requests: Retry-After says in how many seconds to come again.",
    "500": "Something went wrong on our side; the log knows it by the X-Request-Id.",
    "503": "The database cannot answer now.",
}


def reference(kind: str, name: str) -> dict[str, str]:
    """A reference to a component."""
    return {"$ref": COMPONENT.format(kind, name)}


def pruned(schema: Any, names: Collection[str]) -> Any:
    """A schema without these keywords, wherever they stand; fields of the same names stay."""
    if isinstance(schema, list):
        return [pruned(each, names) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: pruned(each, names)
        for name, each in schema.items()
        if name not in names or isinstance(each, dict | list)
    }
