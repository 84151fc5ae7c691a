"""Which answers the pages of other origins may read: those of views with a mark, and no others."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, current_app, g, request

View = TypeVar("View", bound=Callable[..., Any])

MARK = "is_open_to_pages"
TAKEN = "GET, HEAD, OPTIONS"
MAY_SEND = "If-None-Match, X-Request-Id"
MAY_READ = (
    "ETag, Retry-After, X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
)
A_DAY = "86400"


def open_to_pages(view: View) -> View:
    """Mark a view that tells everybody the same: scripts of any web page may read its answers,
    errors too, without credentials."""
    setattr(view, MARK, True)
    return view


def keep_private() -> None:
    """Say within such a view that this one answer is only for the key that asks."""
    g.is_private = True


def is_open() -> bool:
    """Whether anybody may read the answer to this request: its view has the mark."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, MARK, False) and "is_private" not in g


def tell_pages(response: Response) -> None:
    """Add what a browser must read before it lets a script do so; nothing without the mark."""
    if not is_open():
        return
    response.headers["Access-Control-Allow-Origin"] = "*"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = TAKEN
        response.headers["Access-Control-Allow-Headers"] = MAY_SEND
        response.headers["Access-Control-Max-Age"] = A_DAY
    else:
        response.headers["Access-Control-Expose-Headers"] = MAY_READ
