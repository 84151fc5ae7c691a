"""/api/status: how is everything? For anybody."""

from flask import Response

from kener.api import bp
from kener.api._answers import done
from kener.api._keys import anybody
from kener.site.document import status_document
from kener.site.snapshot import story
from kener.store.clock import now
from kener.store.incidents import open_incidents
from kener.store.standing import standings
from kener.web.database import session


@bp.get("/status")
@anybody()
def status() -> Response:
    """The state of all that visitors may see, and what is said of it."""
    at = now()
    shown = standings(session(), at, public=True)
    stories = [story(each) for each in open_incidents(session(), public=True)]
    response = done(status_document(shown, stories, at))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
