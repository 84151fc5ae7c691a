"""Making, changing and deleting status pages."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from kener.actions.page_fields import read_page
from kener.actions.page_sections import keep_sections
from kener.actions.publishing import mark_dirty
from kener.core.errors import Conflict, NotFound
from kener.core.ids import public_id
from kener.core.instant import Instant
from kener.store.tables import Page

CHANGED = "Somebody else changed the page in the meantime. Look at it again, then save."
GONE = "This page was deleted in the meantime."
DEFAULT = "This is the default page. Make another one the default first, then delete this one."


def create_page(
    session: Session, fields: Mapping[str, Any], now: Instant, *, exact: bool = False
) -> Page:
    """A new page with its sections. Invalid names every bad field (`sections.0.monitors.2`).

    `exact`: the fields are JSON and a text is no number; without it they may come from a form.
    """
    _alone(session)
    columns, sections = read_page(session, fields, None, exact=exact)
    if columns["is_default"]:
        _end_default(session, now)
    page = Page(public_id=public_id(), created_at=now, updated_at=now, **columns)
    session.add(page)
    session.flush()
    keep_sections(session, page, sections or ())
    mark_dirty(session)
    return page


def edit_page(  # noqa: PLR0913 - two of them are options of both doors
    session: Session,
    page: Page,
    changes: Mapping[str, Any],
    now: Instant,
    version: int | None = None,
    *,
    exact: bool = False,
) -> Page:
    """Change the named fields, the others keep their value; `sections` are named all together.

    `version` is the one that was edited: Conflict if it is old. Invalid as in `create_page`.
    """
    latest(session, page)
    if version is not None and version != page.version:
        raise Conflict(CHANGED)
    columns, sections = read_page(session, changes, page, exact=exact)
    if columns["is_default"] and not page.is_default:
        _end_default(session, now)
    for name, value in columns.items():
        setattr(page, name, value)
    page.version += 1
    page.updated_at = now
    session.flush()
    if sections is not None:
        keep_sections(session, page, sections)
    mark_dirty(session)
    return page


def delete_page(session: Session, page: Page) -> None:
    """Forget a page with its sections; what was on it stays watched. Conflict for the default
    one: visitors would find nothing."""
    latest(session, page)
    if page.is_default:
        raise Conflict(DEFAULT)
    session.execute(delete(Page).where(Page.id == page.id))
    mark_dirty(session)


def latest(session: Session, page: Page) -> None:
    """See it as it is now, with nobody else changing it; NotFound when it is gone."""
    _alone(session)
    try:
        session.refresh(page)
    except InvalidRequestError:
        raise NotFound(GONE) from None


def _alone(session: Session) -> None:
    """Whoever holds the rows of all pages changes them alone: nobody else takes a slug, a section
    or the default's place meanwhile."""
    session.scalars(select(Page.id).order_by(Page.id).with_for_update()).all()


def _end_default(session: Session, now: Instant) -> None:
    """The page that was the default one is it no more. One at a time: the database sees to it."""
    session.execute(
        update(Page)
        .where(Page.is_default)
        .values(is_default=False, version=Page.version + 1, updated_at=now)
    )
