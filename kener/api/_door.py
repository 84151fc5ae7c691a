"""The door itself: ids, limits and errors of every answer under /api. Never HTML."""

import logging
from typing import NoReturn

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.routing import PathConverter

from kener.actions.replays import OtherBody, StillAtWork
from kener.api import bp
from kener.api._answers import invalid, refused
from kener.api._cors import tell_pages
from kener.api._keys import a_minute, note_use, who_asks
from kener.api._tags import settle
from kener.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from kener.store.changes import Changes
from kener.store.engine import CANNOT
from kener.web.database import db
from kener.web.limits import Limits
from kener.web.remembered import Remembered
from kener.web.request_ids import id_of

log = logging.getLogger(__name__)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ANY = (*METHODS, "OPTIONS")
SOON = 1
"""Seconds after which to ask again for what somebody else is about to finish."""
REFUSALS = {
    NotFound: (404, "NOT_FOUND"),
    Conflict: (409, "CONFLICT"),
    Forbidden: (403, "FORBIDDEN"),
    OtherBody: (409, "IDEMPOTENCY_CONFLICT"),
    StillAtWork: (409, "IDEMPOTENCY_CONFLICT"),
}
CODES = {
    400: "INVALID_REQUEST",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    412: "PRECONDITION_FAILED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMITED",
}
MESSAGES = {
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    412: "Somebody changed this since you looked at it. Get it again, then send your change.",
    413: "The body must have at most 1 MB.",
    429: "Too many requests. Retry-After says in how many seconds to come again.",
}


class Whatever(PathConverter):
    """The rest of a path, also one that begins with a slash: else //x is redirected, in HTML."""

    regex = ".*?"
    part_isolating = False


def open_for(app: Flask) -> None:
    """Count the requests of each key, or address, of an application."""
    app.url_map.converters["whatever"] = Whatever
    limits = Limits(app, app.extensions["kener"], who_asks)
    limits.cover(bp, a_minute)
    app.extensions["kener.limits"] = limits
    with app.app_context():
        remembered = Remembered(app.wsgi_app, Changes(db.engine), limits, bp.name)
    app.extensions["kener.remembered"] = remembered
    app.wsgi_app = remembered  # type: ignore[method-assign]
    app.register_error_handler(HTTPException, _before_any_door)


def request_id() -> str:
    """The id of this request: the sender's own if it is a sane one."""
    if "request_id" not in g:
        g.request_id = id_of(request.headers.get("X-Request-Id", ""))
    return str(g.request_id)


@bp.after_request
def _finish(response: Response) -> Response:
    settle(response)
    tell_pages(response)
    response.headers["X-Request-Id"] = request_id()
    response.headers.setdefault("Cache-Control", "no-store")
    if request.method == "OPTIONS" and response.status_code == 200:
        # Flask's own answer counts the methods that we take only to refuse them.
        response.headers["Allow"] = ", ".join(sorted(_taken_here()))
    current_app.extensions["kener.limits"].write_headers(response)
    note_use()
    return response


@bp.errorhandler(Refused)
def _refused(error: Refused) -> Response:
    if isinstance(error, Invalid):
        return invalid(error)
    status, code = REFUSALS.get(type(error), (409, "CONFLICT"))
    response = refused(status, code, error.message)
    if isinstance(error, StillAtWork):
        response.headers["Retry-After"] = str(SOON)
    return response


@bp.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    status = error.code or 500
    response = refused(
        status, CODES.get(status, "INVALID_REQUEST"), MESSAGES.get(status, error.description or "")
    )
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _before_any_door(error: HTTPException) -> Response | HTTPException:
    """What Flask refuses before it looks for a view: a method nobody takes, a host that is none."""
    ours = request.path == bp.url_prefix or request.path.startswith(f"{bp.url_prefix}/")
    return _finish(_http(error)) if ours else error


@bp.errorhandler(DataError)
def _unkept(error: DataError) -> Response:
    log.warning("request %s: the database cannot keep this: %s", request_id(), error.orig)
    return refused(400, "INVALID_REQUEST", "This has a character or number that cannot be stored.")


@bp.errorhandler(IntegrityError)
@bp.errorhandler(StaleDataError)
def _overtaken(error: Exception) -> Response:
    log.warning("request %s was overtaken by another", request_id(), exc_info=error)
    return refused(409, "CONFLICT", "Somebody else changed this at the same moment. Try again.")


def _database(error: Exception) -> Response:
    log.error("request %s: the database failed", request_id(), exc_info=error)
    cause = getattr(error, "orig", error)
    reason = "it is full" if "full" in str(cause) else "it is busy or away"
    response = refused(503, "UNAVAILABLE", f"The database cannot answer now: {reason}.")
    response.headers["Retry-After"] = "5"
    return response


for _error in CANNOT:
    bp.register_error_handler(_error, _database)


@bp.errorhandler(Exception)
def _bug(error: Exception) -> Response:
    log.error("request %s failed", request_id(), exc_info=error)
    message = f"Something went wrong on our side. The log knows it as request {request_id()}."
    return refused(500, "INTERNAL_ERROR", message)


@bp.route("/<whatever:_path>", methods=ANY)
@bp.route("/", defaults={"_path": ""}, methods=ANY, strict_slashes=False)
def nothing_here(_path: str) -> NoReturn:
    """Whatever no resource answers: without this, the public page's 404 would."""
    if known := _taken_here():
        raise MethodNotAllowed(sorted(known))
    raise NoRoute


def _taken_here() -> set[str]:
    """All methods that resources take at this address."""
    return set[str]().union(*[_taken(method) for method in METHODS])


def _taken(method: str) -> set[str]:
    """The methods of the resource that would have answered this one here."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return set()
    try:
        rule, _ = adapter.match(method=method, return_rule=True)
    except HTTPException:
        return set()
    own = f"{bp.name}.{nothing_here.__name__}"
    return set() if rule.endpoint == own else set(rule.methods or ())
