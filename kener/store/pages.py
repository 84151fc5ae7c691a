"""Questions about status pages and what is on them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kener.core.errors import NotFound
from kener.store._among import MANY
from kener.store.tables import Monitor, Page, Section, SectionMonitor
from kener.store.tables.pages import Visibility
from kener.store.webhooks import Part


@dataclass(frozen=True, slots=True)
class Listed:
    """A section with the monitors in it, hidden ones too, in their order: (key, public id)."""

    section: Section
    monitors: Sequence[tuple[int, str]]


def default_page(session: Session) -> Page:
    """What visitors see at `/`."""
    return session.scalars(select(Page).where(Page.is_default)).one()


def is_in_main(page: Page) -> bool:
    """Whether a page is part of the main site: the default one, and every public one that has no
    address of its own. Each other is a site by itself."""
    is_public = page.visibility is Visibility.PUBLIC
    return page.is_default or (is_public and not page.address)


def site_of(page: Page) -> str | None:
    """The name of the site that goes to a page's hosts: empty for the main one, which goes where
    the default page does. None for a page that is a part of it."""
    if not is_in_main(page):
        return page.public_id
    return "" if page.is_default else None


def find_page(session: Session, id_or_slug: str, *, private: bool = True) -> Page:
    """The page of a public id, else of a slug. NotFound when there is neither; without `private`
    also when it is a private one, in the same words."""
    wanted = [or_(Page.public_id == id_or_slug, Page.slug == id_or_slug)]
    if not private:
        wanted.append(Page.visibility == Visibility.PUBLIC)
    by_id_first = (Page.public_id == id_or_slug).desc()
    found = session.scalars(select(Page).where(*wanted).order_by(by_id_first).limit(1)).first()
    if found is None:
        raise NotFound(f"There is no page {id_or_slug!r}.")
    return found


def part_of_pages(session: Session, after_id: int, limit: int) -> Part[Page]:
    """Pages in the order of their making, from after a key."""
    total = session.scalar(select(func.count()).select_from(Page)) or 0
    rows = session.scalars(
        select(Page).where(Page.id > after_id).order_by(Page.id).limit(limit + 1)
    ).all()
    more = len(rows) > limit
    return Part(rows[:limit], rows[limit - 1].id if more else None, total)


def every_page(session: Session) -> Sequence[Page]:
    """All of them: the default one, then the others by title."""
    order = Page.is_default.desc(), func.lower(Page.title), Page.id
    return session.scalars(select(Page).order_by(*order)).all()


def page_name_is_taken(session: Session, slug: str, but_id: int | None) -> bool:
    """Whether another page answers to this slug already, as its slug or as its public id."""
    taken = select(Page.id).where(or_(Page.slug == slug, Page.public_id == slug))
    if but_id is not None:
        taken = taken.where(Page.id != but_id)
    return session.scalar(taken.limit(1)) is not None


def page_address_is_taken(session: Session, address: str, but_id: int | None) -> bool:
    """Whether another page is at this address already."""
    taken = select(Page.id).where(Page.address == address)
    if but_id is not None:
        taken = taken.where(Page.id != but_id)
    return session.scalar(taken.limit(1)) is not None


def sections_of(session: Session, page_id: int) -> Sequence[Section]:
    """A page's sections in their order."""
    return session.scalars(
        select(Section).where(Section.page_id == page_id).order_by(Section.position, Section.id)
    ).all()


def outline(session: Session, page: Page) -> list[Listed]:
    """A page's sections with what is in each. Two queries, whatever their number."""
    sections = sections_of(session, page.id)
    if not sections:
        return []
    rows = session.execute(
        select(SectionMonitor.section_id, SectionMonitor.monitor_id, Monitor.public_id)
        .join(Monitor, Monitor.id == SectionMonitor.monitor_id)
        .where(SectionMonitor.page_id == page.id)
        .order_by(SectionMonitor.position)
    )
    found = defaultdict(list)
    for section_id, monitor_id, public_id in rows:
        found[section_id].append((monitor_id, public_id))
    return [Listed(each, found[each.id]) for each in sections]


def monitor_keys(session: Session, names: Collection[str]) -> dict[str, int]:
    """The keys of monitors by the public id or the slug by which they were named, for somebody who
    is about to list them: they stay until this transaction ends. A query for 5000 names."""
    slugs: dict[str, int] = {}
    ids: dict[str, int] = {}
    every = list(names)
    for at in range(0, len(every), MANY):
        some = every[at : at + MANY]
        named = or_(Monitor.public_id.in_(some), Monitor.slug.in_(some))
        # Nobody deletes one before it is listed: locked in the order in which others lock them.
        rows = session.execute(
            select(Monitor.id, Monitor.public_id, Monitor.slug)
            .where(named)
            .order_by(Monitor.id)
            .with_for_update(read=True, key_share=True)
        )
        for key, public_id, slug in rows:
            slugs[slug] = key
            ids[public_id] = key
    return slugs | ids
