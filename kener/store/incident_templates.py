"""Questions about the templates of incidents."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from kener.core.errors import NotFound
from kener.store.tables import IncidentTemplate, TemplateMonitor

WHOLE = selectinload(IncidentTemplate.affected).joinedload(TemplateMonitor.monitor)
"""All that a template shows, in a fixed number of queries."""


@dataclass(frozen=True, slots=True)
class TemplateSlice:
    """Some rows of a list; `next_id` is where it goes on, None at its end."""

    rows: Sequence[IncidentTemplate]
    next_id: int | None
    total: int


def template_known_as(
    session: Session, public_id: str, *, alone: bool = False
) -> IncidentTemplate | None:
    """The template of a public id with its monitors, if there is one. `alone`: as it is now, and
    nobody else may change it until this transaction ends."""
    found = select(IncidentTemplate).where(IncidentTemplate.public_id == public_id).options(WHOLE)
    if alone:
        found = found.with_for_update().execution_options(populate_existing=True)
    return session.scalars(found).first()


def find_template(session: Session, public_id: str, *, alone: bool = False) -> IncidentTemplate:
    """The same, or NotFound."""
    found = template_known_as(session, public_id, alone=alone)
    if found is None:
        raise NotFound(f"There is no incident template {public_id!r}.")
    return found


def slice_of_templates(session: Session, after_id: int, limit: int) -> TemplateSlice:
    """Templates in the order in which they were made, from after the key of the last one seen."""
    rows = session.scalars(
        select(IncidentTemplate)
        .where(IncidentTemplate.id > after_id)
        .options(WHOLE)
        .order_by(IncidentTemplate.id)
        .limit(limit + 1)
    ).all()
    total = session.scalar(select(func.count()).select_from(IncidentTemplate)) or 0
    shown = rows[:limit]
    return TemplateSlice(shown, shown[-1].id if len(rows) > limit else None, total)


def is_name_taken(session: Session, name: str, but: IncidentTemplate | None) -> bool:
    """Whether another template has this name."""
    taken = select(IncidentTemplate.id).where(IncidentTemplate.name == name)
    if but is not None:
        taken = taken.where(IncidentTemplate.id != but.id)
    return session.scalars(taken).first() is not None
