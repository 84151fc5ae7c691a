"""Idempotency-Key: a POST that is sent again, as its answer was lost, is not done again."""

import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar

from flask import Response, g, request

from kener.actions.fields import Problem
from kener.actions.replays import Answer, recall, remember, wish_of
from kener.core.errors import Invalid
from kener.store.clock import now
from kener.web.database import held, session

View = TypeVar("View", bound=Callable[..., Any])

HEADER = "Idempotency-Key"
SANE = re.compile(r"[\x21-\x7e]{1,255}")
BAD_KEY = "must have 1 to 255 visible ASCII characters, like a UUID"
KEPT_HEADERS = ("Content-Type", "ETag", "Location")


def once(view: View) -> View:
    """Do a POST that carries the header once for each key, path and Idempotency-Key: within a day
    the first answer comes again. What is refused or fails is forgotten. The asker must be known."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if request.method != "POST" or HEADER not in request.headers:
            return view(*args, **kwargs)
        return _once(partial(view, *args, **kwargs), request.headers[HEADER])

    return guarded  # type: ignore[return-value]


def _once(do: Callable[[], Response], key: str) -> Response:
    if not SANE.fullmatch(key):
        raise Invalid({HEADER: Problem(BAD_KEY)})
    asked = request.query_string + b"\n" + request.get_data()
    wish = wish_of(g.asker.public_id, request.path, key, asked)
    told = recall(session(), wish, now())
    if told is not None:
        return _again(told)
    with held():
        response = do()
    if response.status_code < 400:
        remember(session(), wish, _answer(response), now())
        session().commit()
    else:
        session().rollback()
    return response


def _answer(response: Response) -> Answer:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return Answer(response.status_code, headers, response.get_data(as_text=True))


def _again(told: Answer) -> Response:
    response = Response(told.body, told.status, dict(told.headers))
    response.headers["Idempotent-Replayed"] = "true"
    return response
