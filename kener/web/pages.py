"""Pages and their partials: what htmx asks for is the same piece that the page includes."""

from typing import Any

from flask import Response, make_response, render_template, request


def wants_partial() -> bool:
    """True when htmx asks for a piece of a page, and not for a page out of its history."""
    asked = request.headers.get("HX-Request") == "true"
    return asked and request.headers.get("HX-History-Restore-Request") != "true"


def page(template: str, *, partial: str, status: int = 200, **context: Any) -> Response:
    """Render the page, or only its partial when htmx asked. Both work: the page includes it."""
    name = partial if wants_partial() else template
    response = make_response(render_template(name, **context), status)
    response.vary.add("HX-Request")
    return response
