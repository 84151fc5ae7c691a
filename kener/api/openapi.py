"""/api/openapi.json: what there is, for programs; /api/docs: the same for people, to try out."""

from typing import Any

from flask import Response, current_app, render_template
from pydantic import RootModel

from kener.api import bp
from kener.api._answers import json_response
from kener.api._cors import open_to_pages
from kener.api._keys import anybody
from kener.api._openapi_whole import whole

KEPT = "kener.openapi"


class OpenApi(RootModel[dict[str, Any]]):
    """An OpenAPI 3.1 document."""


@bp.get("/openapi.json")
@open_to_pages
@anybody(gives=OpenApi)
def show_openapi() -> Response:
    """The OpenAPI document of this Kener."""
    kept = current_app.extensions
    if KEPT not in kept:
        kept[KEPT] = json_response(whole(current_app)).get_data()
    return Response(kept[KEPT], mimetype="application/json")


@bp.get("/docs")
def show_docs() -> Response:
    """A page that shows it and lets one try it out."""
    return Response(render_template("api/docs.html"))
