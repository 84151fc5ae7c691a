"""What the owner decides about the public page itself."""

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import Field
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Line, read
from kener.actions.publishing import mark_dirty
from kener.core.errors import Conflict, Invalid
from kener.store.tables import Page

CHANGED = "Somebody else changed the page in the meantime. Look at it again, then save."


class PageFields(Fields):
    """What visitors read on top."""

    title: Annotated[Line, Field(min_length=1, max_length=120)]


def edit_page(
    session: Session, page: Page, changes: Mapping[str, Any], version: int | None = None
) -> Page:
    """Change title or time zone. `version` is the one that was edited: Conflict if it is old."""
    if version is not None and version != page.version:
        raise Conflict(CHANGED)
    title = str(changes.get("title", page.title)).strip()
    zone = str(changes.get("time_zone", page.time_zone)).strip()
    problems: dict[str, str] = {}
    try:
        title = read(PageFields, {"title": title}).title
    except Invalid as error:
        problems |= error.problems
    if zone not in available_timezones():
        problems["time_zone"] = "Choose a time zone like Europe/Berlin."
    if problems:
        raise Invalid(problems)
    page.title, page.time_zone, page.version = title, zone, page.version + 1
    mark_dirty(session)
    return page
