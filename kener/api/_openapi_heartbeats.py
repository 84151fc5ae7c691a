"""The OpenAPI document's part on reports of heartbeats. Their door is not the API's: whoever knows
a token may report, by any method, with any body."""

from typing import Any

WHO_MAY = "For anybody who knows the token: it is all that is asked for."
TOKEN = {"name": "token", "in": "path", "required": True, "schema": {"type": "string"}}
WORD = {
    "name": "word",
    "in": "path",
    "required": True,
    "description": "What happened, or the exit code of what ran: 0 is good.",
    "schema": {"type": "string", "pattern": "^(start|fail|log|0|[1-9][0-9]{0,2})$"},
}
NOTED = {
    "type": "object",
    "required": ["success", "message"],
    "properties": {"success": {"const": True}, "message": {"type": "string"}},
}
PUSHED = {
    "type": "object",
    "required": ["ok"],
    "properties": {"ok": {"type": "boolean"}, "msg": {"type": "string"}},
}
LOG = {"required": False, "content": {"*/*": {"schema": {"type": "string"}}}}


def _json(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _report(name: str, summary: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    refused = {"$ref": "#/components/schemas/ErrorAnswer"}
    said = {
        "summary": summary,
        "description": WHO_MAY,
        "tags": ["heartbeat"],
        "security": [],
        "parameters": parameters,
        "responses": {
            "200": _json("Noted.", NOTED),
            "404": _json("There is no such token, or no such report.", refused),
            "503": _json("It could not be noted: try again.", refused),
        },
    }
    return {
        "get": said | {"operationId": f"{name}.get"},
        "post": said | {"operationId": name, "requestBody": LOG},
    }


def _push() -> dict[str, Any]:
    query = [
        {"name": "status", "in": "query", "schema": {"type": "string"}},
        {"name": "msg", "in": "query", "schema": {"type": "string"}},
        {"name": "ping", "in": "query", "schema": {"type": "string"}},
    ]
    said = {
        "summary": "What Uptime Kuma's push monitors take.",
        "description": WHO_MAY,
        "tags": ["push"],
        "security": [],
        "parameters": [TOKEN, *query],
        "responses": {
            "200": _json("Noted.", PUSHED),
            "404": _json("There is no such token.", PUSHED),
            "503": _json("It could not be noted: try again.", PUSHED),
        },
    }
    return {"get": said | {"operationId": "push.get"}, "post": said | {"operationId": "push"}}


HEARTBEATS: dict[str, Any] = {
    "/api/heartbeat/{token}": _report("heartbeat", "Say that a job is done.", [TOKEN]),
    "/api/heartbeat/{token}/{word}": _report(
        "heartbeat.word", "Say what became of a job; the body is kept, to 10 KB.", [TOKEN, WORD]
    ),
    "/api/push/{token}": _push(),
}
