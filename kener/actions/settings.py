"""What can be set of a running Kener, and what its environment has settled."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Line, Problem, ZoneName, read
from kener.actions.pages import edit_page
from kener.core.errors import Invalid
from kener.core.instant import Instant
from kener.store.tables import Page

RUNNING = "running"


class SettingsFields(Fields):
    """What one may set; the rest are environment variables."""

    title: Annotated[Line, Field(min_length=1, max_length=120)]
    time_zone: ZoneName


def change_settings(  # noqa: PLR0913 - two of them are options of both doors
    session: Session,
    page: Page,
    changes: Mapping[str, Any],
    now: Instant,
    version: int | None = None,
    *,
    exact: bool = False,
) -> Page:
    """Change the named settings of the default page, which is published anew.

    Conflict when `version` is given and somebody has changed them since. Invalid names bad fields.
    """
    stored = {name: getattr(page, name) for name in SettingsFields.model_fields}
    try:
        fields = read(SettingsFields, {**stored, **changes}, exact=exact)
    except Invalid as error:
        raise Invalid(_explained(error.problems)) from None
    named = fields.model_dump(include=set(changes))
    return edit_page(session, page, named, now, version, exact=exact)


def _explained(problems: Mapping[str, str]) -> dict[str, str]:
    """What is only read here can be set all the same: elsewhere."""
    if RUNNING not in problems:
        return dict(problems)
    text = "is only read here: it is set in the environment, and read at start"
    return {**problems, RUNNING: Problem(text, "read_only")}
