"""/api/pages"""

from flask import Response, g

from kener.actions.page_fields import PageFields
from kener.actions.pages import create_page, delete_page, edit_page, latest
from kener.api import bp
from kener.api._answers import OK, done, listed
from kener.api._input import ListQuery, body, cursor_of, expected_version, keys_of
from kener.api._keys import needs
from kener.api._page import PageChange, PageDocument, PageSummary, page_document, page_summary
from kener.api._shapes import Answer, Gone, ListAnswer
from kener.api._tags import unchanged
from kener.store.clock import now
from kener.store.pages import find_page, outline, part_of_pages
from kener.store.tables import Page
from kener.web.database import session

ONE = Answer[PageDocument]


@bp.get("/pages")
@needs("read:pages", takes=ListQuery, gives=ListAnswer[PageSummary])
def list_pages() -> Response:
    """Every page without its sections, in the order of their making."""
    asked: ListQuery = g.parameters
    (after,) = keys_of(asked.cursor, 1) or (0,)
    part = part_of_pages(session(), after, asked.limit)
    return listed(
        [page_summary(each) for each in part.rows],
        limit=asked.limit,
        following=None if part.next_id is None else cursor_of(part.next_id),
        total=part.total,
    )


@bp.post("/pages")
@needs("write:pages", sent=PageFields, gives={201: ONE})
def add_page() -> Response:
    """Create a page with its sections."""
    given = body()
    page = create_page(session(), given, now(), exact=True)
    session().commit()
    response = _shown(page, "Page created", 201)
    response.headers["Location"] = f"/api/pages/{page.public_id}"
    return response


@bp.get("/pages/<page_id>")
@needs("read:pages", gives=ONE)
def show_page(page_id: str) -> Response:
    """One page, by its id or its slug."""
    return _shown(find_page(session(), page_id))


@bp.put("/pages/<page_id>")
@needs("write:pages", sent=PageChange, gives=ONE)
def change_page(page_id: str) -> Response:
    """Change the fields that are named; the others keep their value."""
    given = body()
    version = expected_version(given)
    page = _the(page_id)
    edit_page(session(), page, given, now(), version, exact=True)
    session().commit()
    return _shown(page, "Page updated")


@bp.delete("/pages/<page_id>")
@needs("delete:pages", gives=Answer[Gone])
def remove_page(page_id: str) -> Response:
    """Delete a page and its sections; the monitors stay."""
    page = _the(page_id)
    delete_page(session(), page)
    session().commit()
    return done({"id": page.public_id}, "Page deleted")


def _the(page_id: str) -> Page:
    """The page that is to be changed, unless it is another by now than the asker says."""
    page = find_page(session(), page_id)
    unchanged(page, latest)
    return page


def _shown(page: Page, message: str = OK, status: int = 200) -> Response:
    return done(page_document(page, outline(session(writes=False), page)), message, status)
