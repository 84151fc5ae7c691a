"""How a view answers: a page, the changed piece, the next page, or the form once more."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from kener.core.errors import Conflict, Invalid, Refused
from kener.web.csrf import OUTDATED
from kener.web.database import release
from kener.web.pages import page, wants_partial

__all__ = ["Answer", "Typed", "go", "page", "piece", "say", "shown_again_by"]

Typed = Mapping[str, str]
Again = Callable[..., Answer]


def go(endpoint: str, **values: Any) -> Answer:
    """On to another page: a redirect, which htmx is asked to follow as a whole page."""
    where = url_for(endpoint, **values)
    if request.headers.get("HX-Request") != "true":
        return redirect(where, 303)
    response = make_response("", 204)
    response.headers["HX-Redirect"] = where
    return response


def say(text: str, undo: tuple[str, str] | None = None) -> None:
    """A short message at the foot of the next thing shown. `undo` is what takes it back: a view
    that takes a POST, and the public id of what it is about."""
    flash(json.dumps({"text": text, "undo": undo}), "toast")


def piece(template: str, whole: Callable[[], Answer], **context: Any) -> Answer:
    """The changed piece for htmx, with the message to show; without JavaScript `whole` answers."""
    if not wants_partial():
        return whole()
    # In an element of its own: a form that merely follows a table's row is not parsed as one.
    html = render_template(template, **context) + render_template("admin/message.html")
    return make_response(html)


def shown_again_by(again: Again) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A view whose form, when it is refused, is shown again by `again` with what was typed.

    `again` is called with the view's own arguments and `status`, `problems` (by field) and
    `trouble` (one sentence for the whole form, may be empty). Nothing was written by then.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def run(**arguments: Any) -> Any:
            try:
                _refuse_outdated()
                return view(**arguments)
            except (Invalid, Conflict) as refused:
                release()
                return again(**arguments, **_refusal(refused))

        run.shows_again = True  # type: ignore[attr-defined]
        return run

    return decorate


class Outdated(Conflict):
    """The form's token has run out: nobody else is in the way, it only has to be sent again."""


def _refuse_outdated() -> None:
    if g.outdated:
        raise Outdated(OUTDATED)


def _refusal(refused: Refused) -> dict[str, Any]:
    if isinstance(refused, Invalid):
        return {"status": 422, "problems": refused.problems, "trouble": _general(refused)}
    status = 400 if isinstance(refused, Outdated) else 409
    return {"status": status, "problems": {}, "trouble": refused.message}


def _general(refused: Invalid) -> str:
    """What belongs to no field stands on top."""
    return "" if refused.problems else refused.message
