"""The four refusals, and everything unforeseen, as pages and as messages; mapped here only."""

import json
import secrets

from flask import Response, current_app, g, make_response, render_template, request
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError

from kener.admin import bp
from kener.core.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from kener.store.engine import CANNOT
from kener.web.database import release
from kener.web.throttle import Throttled

STATUS: dict[type[Refused], int] = {
    Invalid: 422,
    NotFound: 404,
    Conflict: 409,
    Forbidden: 403,
    Throttled: 429,
}
HEADLINE = {
    403: "This is not allowed",
    404: "There is nothing here",
    405: "This address takes no such request",
    409: "This was not done",
    413: "This is too much at once",
    422: "This was not understood",
    429: "Please wait",
    500: "Something broke in Kener",
    503: "The database cannot do this now",
}


@bp.errorhandler(Refused)
def _refused(error: Refused) -> Response:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    return _told(status, error.message)


@bp.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    return _told(error.code or 500, error.description or "")


@bp.errorhandler(IntegrityError)
@bp.errorhandler(StaleDataError)
def _overtaken(error: Exception) -> Response:
    current_app.logger.warning("a change was overtaken by another: %s", error)
    return _told(409, "Somebody else changed this at the same moment. Look again, then repeat it.")


@bp.errorhandler(DataError)
def _unkept(error: DataError) -> Response:
    current_app.logger.warning("the database cannot keep this: %s", error.orig)
    return _told(422, "This has a character or number that cannot be stored.")


def _database(error: Exception) -> Response:
    cause = getattr(error, "orig", error)
    current_app.logger.error("the database failed: %s", cause)
    reason = "it is full" if "full" in str(cause) else "it is busy or away"
    return _told(503, f"Nothing was changed. Make room or wait a little, then try again: {reason}.")


for _error in CANNOT:
    bp.register_error_handler(_error, _database)


@bp.errorhandler(InternalServerError)
def _broken(error: InternalServerError) -> Response:
    """Flask has logged the traceback; the number leads to it."""
    number = secrets.token_hex(4)
    cause = type(error.original_exception or error).__name__
    current_app.logger.error("the answer to incident %s was a 500: %s", number, cause)
    return _told(500, f"It is in the log under the number {number}.")


def _told(status: int, message: str) -> Response:
    release()
    g.pop("sign_in", None)
    if request.headers.get("HX-Request") == "true":
        return _as_message(status, message)
    template = f"errors/{status}.html" if status in {403, 404, 500} else "errors/other.html"
    html = render_template(
        template, status=status, headline=HEADLINE.get(status, "This did not work"), message=message
    )
    return make_response(html, status)


def _as_message(status: int, message: str) -> Response:
    """Where a piece was asked for, nothing is put in its place: the message says why."""
    response = make_response("", status)
    response.headers["HX-Reswap"] = "none"
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": message, "stays": True}})
    return response
