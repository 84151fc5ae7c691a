"""/api/heartbeat/<token>: where jobs report. Whoever knows the token may."""

import sys

from flask import Response, jsonify, request

from kener.actions.heartbeats import MESSAGE_BYTES, Report, monitor_of, receive
from kener.core.errors import NotFound
from kener.public import bp
from kener.store.clock import now
from kener.store.engine import CANNOT
from kener.web.database import release, session

METHODS = ["GET", "POST"]


@bp.route("/api/heartbeat/<token>", methods=METHODS, defaults={"word": Report.DONE.value})
@bp.route("/api/heartbeat/<token>/<any(start, fail):word>", methods=METHODS)
def heartbeat(token: str, word: str) -> Response:
    """Note what a job says; HEAD and GET count as well, so that any tool can report."""
    try:
        return _noted(token, Report(word))
    except NotFound as error:
        return _answer(404, "NOT_FOUND", error.message)
    except CANNOT:
        release()
        return _answer(503, "UNAVAILABLE", "The report could not be noted. Try again.")


def _noted(token: str, report: Report) -> Response:
    # Found by a plain read first: guessing tokens must not keep those who write waiting.
    monitor_id = monitor_of(session(writes=False), token)
    release()
    request.max_content_length = sys.maxsize  # a long log is cut, not refused
    body = request.stream.read(MESSAGE_BYTES)
    writer = session(writes=True)
    receive(writer, monitor_id, report, body, now())
    writer.commit()
    return _answer(200, "", "Noted.")


def _answer(status: int, code: str, message: str) -> Response:
    body = {"success": True, "message": message}
    if code:
        body = {"success": False, "error": {"code": code, "message": message}}
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
