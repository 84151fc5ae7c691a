"""/api/status: how is everything? For anybody."""

from typing import Annotated

from flask import Response, g
from pydantic import Field

from kener.actions.fields import Fields, Line
from kener.api import bp
from kener.api._answers import done
from kener.api._cors import keep_private, open_to_pages
from kener.api._keys import anybody, holds
from kener.api._shapes import Answer
from kener.api._status import PublicStatusDocument
from kener.api._tags import digest_of
from kener.site.accounts import story
from kener.site.document import status_document
from kener.site.planned import planned_windows
from kener.store.clock import now
from kener.store.incidents import open_incidents
from kener.store.pages import default_page, find_page
from kener.store.tables import Page
from kener.store.tables.pages import Visibility
from kener.store.visibility import view_of
from kener.web.database import session


class StatusQuery(Fields):
    """Which page's state; without one, the default page's."""

    page: Annotated[Line, Field(max_length=60)] = ""


@bp.get("/status")
@open_to_pages
@anybody(takes=StatusQuery, gives=Answer[PublicStatusDocument], refuses=(404,))
def status() -> Response:
    """The state of all that a page's visitors may see, and what is said of it. A private page is
    there only for a key with `read:pages`."""
    asked: StatusQuery = g.parameters
    at, page = now(), _page(asked.page)
    view = view_of(session(), page, at)
    stories = [story(each, view.ids) for each in open_incidents(session(), view.ids)]
    planned = planned_windows(session(), page, view.ids, at)
    document = status_document(view.standings, stories, planned, at)
    response = done(document)
    # Weak, as the moment at which it was read is no news.
    response.set_etag(digest_of(repr(document | {"at": None}).encode()), weak=True)
    if page.visibility is not Visibility.PUBLIC:
        keep_private()
    return response


def _page(name: str) -> Page:
    if not name:
        return default_page(session())
    return find_page(session(), name, private=holds("read:pages"))
