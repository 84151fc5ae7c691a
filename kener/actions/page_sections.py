"""The sections of a page: given as one document, and kept as rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from kener.actions.fields import Fields, Line, Paragraph, Problem
from kener.core.ids import public_id
from kener.store.pages import Listed, monitor_keys, sections_of
from kener.store.tables import Page, Section, SectionMonitor

MOST_SECTIONS = 100
MOST_MONITORS = 10_000


class SectionFields(Fields):
    """A section, and what is in it by ids or slugs, in their order. Without `id` it is the stored
    one of the same name, or else a new one."""

    id: Annotated[Line, Field(max_length=20)] = ""
    name: Annotated[Line, Field(min_length=1, max_length=120)]
    description: Annotated[Paragraph, Field(max_length=1000)] = ""
    open: bool = True
    monitors: list[Annotated[Line, Field(min_length=1, max_length=60)]] = Field(
        default_factory=list, max_length=MOST_MONITORS
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A section to be: the stored one that it was, None for a new one, and the keys of its
    monitors."""

    fields: SectionFields
    stored: Section | None
    monitors: Sequence[int]


def as_given(listed: Iterable[Listed]) -> list[dict[str, Any]]:
    """Stored sections as the document that would leave them as they are."""
    return [
        {
            "id": each.section.public_id,
            "name": each.section.name,
            "description": each.section.description,
            "open": each.section.is_open,
            "monitors": [public_id for _, public_id in each.monitors],
        }
        for each in listed
    ]


def wanted_sections(
    session: Session, page: Page | None, given: Sequence[SectionFields], problems: dict[str, str]
) -> list[Wanted]:
    """What sections are to be. What is wrong is noted at its place (`sections.0.monitors.2`)."""
    stored = _stored_ones(sections_of(session, page.id) if page else (), given, problems)
    known = monitor_keys(session, {name for each in given for name in each.monitors})
    taken: set[int] = set()
    wanted = []
    for number, (each, section) in enumerate(zip(given, stored, strict=True)):
        keys = []
        for place, name in enumerate(each.monitors):
            at, key = f"sections.{number}.monitors.{place}", known.get(name)
            if key is None:
                problems[at] = Problem("there is no such monitor", "not_found")
            elif key in taken:
                problems[at] = Problem("is on this page already", "taken")
            else:
                taken.add(key)
                keys.append(key)
        wanted.append(Wanted(each, section, keys))
    return wanted


def _stored_ones(
    stored: Sequence[Section], given: Sequence[SectionFields], problems: dict[str, str]
) -> list[Section | None]:
    """Which stored section each given one is: by its id, else by its name."""
    by_id = {each.public_id: each for each in stored}
    named = {each.id for each in given}
    by_name = {each.name: each for each in stored if each.public_id not in named}
    ids: set[str] = set()
    names: set[str] = set()
    for number, each in enumerate(given):
        if each.id and each.id not in by_id:
            problems[f"sections.{number}.id"] = Problem(
                "this page has no such section", "not_found"
            )
        elif each.id in ids:
            problems[f"sections.{number}.id"] = Problem("is given twice", "taken")
        if each.name.casefold() in names:
            problems[f"sections.{number}.name"] = Problem("is the name of another section", "taken")
        ids |= {each.id} - {""}
        names.add(each.name.casefold())
    return [by_id.get(each.id) if each.id else by_name.get(each.name) for each in given]


def keep_sections(session: Session, page: Page, wanted: Sequence[Wanted]) -> None:
    """Make the page's sections what is wanted. The number of statements does not depend on the
    number of monitors."""
    kept = [each.stored.id for each in wanted if each.stored]
    session.execute(delete(SectionMonitor).where(SectionMonitor.page_id == page.id))
    session.execute(delete(Section).where(Section.page_id == page.id, Section.id.not_in(kept)))
    sections = [_kept(session, page, each, position) for position, each in enumerate(wanted)]
    session.flush()
    rows = [
        {
            "page_id": page.id,
            "section_id": section.id,
            "monitor_id": key,
            "position": position,
        }
        for section, each in zip(sections, wanted, strict=True)
        for position, key in enumerate(each.monitors)
    ]
    if rows:
        session.execute(insert(SectionMonitor), rows)


def _kept(session: Session, page: Page, wanted: Wanted, position: int) -> Section:
    section = wanted.stored or Section(public_id=public_id(), page_id=page.id)
    section.name = wanted.fields.name
    section.description = wanted.fields.description
    section.is_open = wanted.fields.open
    section.position = position
    session.add(section)
    return section
