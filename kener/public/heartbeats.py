"""/api/heartbeat/<token>: where jobs report; /api/push/<token>: where Uptime Kuma's did. Whoever
knows the token may."""

import re
import sys
from typing import Any

from flask import Response, jsonify, request

from kener.actions.heartbeats import MESSAGE_BYTES, Report, Said, monitor_of, receive
from kener.core.errors import NotFound
from kener.public import bp
from kener.store.clock import now
from kener.store.engine import CANNOT
from kener.web.database import release, session

METHODS = ["GET", "POST"]
WORDS = {"": Report.DONE, "start": Report.START, "fail": Report.FAIL, "log": Report.LOG}
EXIT_CODE = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)
MOST = 255
NO_WORD = "A report is nothing more, /start, /fail, /log, or an exit code from 0 to 255."
LATER = "The report could not be noted. Try again."


@bp.route("/api/heartbeat/<token>", methods=METHODS)
@bp.route("/api/heartbeat/<token>/<word>", methods=METHODS)
def heartbeat(token: str, word: str = "") -> Response:
    """Note what a job says; HEAD and GET count as well, so that any tool can report."""
    try:
        report, exit_code = _meant(word)
        _note(token, report, exit_code=exit_code)
    except NotFound as error:
        return _answer(404, {"code": "NOT_FOUND", "message": error.message})
    except CANNOT:
        release()
        return _answer(503, {"code": "UNAVAILABLE", "message": LATER})
    return _json(200, {"success": True, "message": "Noted."})


@bp.route("/api/push/<token>", methods=METHODS)
def push(token: str) -> Response:
    """What Uptime Kuma takes and answers: `status` (up, else it failed), `msg`, `ping` in ms."""
    up = request.args.get("status", "up") in {"up", ""}
    body = request.args.get("msg", "").encode("utf-8", "replace")
    try:
        ping_ms = request.args.get("ping", type=float)
        report = Report.DONE if up else Report.FAIL
        _note(token, report, body=body, ping_ms=ping_ms, pushes=True)
    except NotFound:
        return _json(404, {"ok": False, "msg": "Monitor not found or not active."})
    except CANNOT:
        release()
        return _json(503, {"ok": False, "msg": LATER})
    return _json(200, {"ok": True})


def _meant(word: str) -> tuple[Report, int | None]:
    if word in WORDS:
        return WORDS[word], None
    if not EXIT_CODE.fullmatch(word) or int(word) > MOST:
        raise NotFound(NO_WORD)
    code = int(word)
    return (Report.FAIL if code else Report.DONE), code


def _note(
    token: str, report: Report, *, body: bytes | None = None, pushes: bool = False, **known: Any
) -> None:
    # Found by a plain read first: guessing tokens must not keep those who write waiting.
    monitor_id = monitor_of(session(writes=False), token, pushes=pushes)
    release()
    if body is None:
        request.max_content_length = sys.maxsize  # a long log is cut, not refused
        body = request.stream.read(MESSAGE_BYTES)
    writer = session(writes=True)
    receive(writer, monitor_id, Said(report, body, **known), now())
    writer.commit()


def _answer(status: int, error: dict[str, str]) -> Response:
    return _json(status, {"success": False, "error": error})


def _json(status: int, body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
