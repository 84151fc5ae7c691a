"""What the visitors of a page see: the one rule by which page, API and feeds leave things out."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select
from sqlalchemy.orm import Session

from kener.core.instant import Instant
from kener.store.pages import outline
from kener.store.standing import Standing, standings
from kener.store.tables import Monitor, Page, Section, SectionMonitor
from kener.store.tables.pages import Visibility


def shown_on(page: Page | type[Page]) -> ColumnElement[bool]:
    """That a page shows a monitor: never a hidden one; and one that is in none of its sections only
    while it has none and is to show everything. With `Page` itself: the page of the same row."""
    listed = select(SectionMonitor.monitor_id).where(SectionMonitor.page_id == page.id)
    has_sections = exists().where(Section.page_id == page.id)
    everything = literal(page.everything) if isinstance(page, Page) else page.everything
    return and_(
        Monitor.hidden.is_(False),
        or_(Monitor.id.in_(listed), and_(everything, ~has_sections)),
    )


def seen() -> ColumnElement[bool]:
    """That some page that is open to everybody shows a monitor, in a query of monitors."""
    public = Page.visibility == Visibility.PUBLIC
    return select(Page.id).where(public, shown_on(Page)).correlate(Monitor).exists()


def is_seen(session: Session, monitor: Monitor) -> bool:
    """Whether some page that is open to everybody shows a monitor."""
    return bool(session.scalar(select(seen()).where(Monitor.id == monitor.id)))


@dataclass(frozen=True, slots=True)
class Shown:
    """A section of which something is shown."""

    section: Section
    standings: Sequence[Standing]


@dataclass(frozen=True, slots=True)
class View:
    """How everything on a page is, in its order; `sections` is empty when the page has none."""

    standings: Sequence[Standing]
    sections: Sequence[Shown]

    @property
    def ids(self) -> set[int]:
        """The keys of the monitors shown."""
        return {each.monitor.id for each in self.standings}


def view_of(session: Session, page: Page, now: Instant) -> View:
    """What a page shows, by section and their order, else by position and name. At most six
    queries, whatever the number of monitors."""
    seen = standings(session, now, shown=shown_on(page))
    listed = outline(session, page)
    if not listed:
        return View(seen, ())
    known = {each.monitor.id: each for each in seen}
    sections = [
        Shown(each.section, [known[key] for key, _ in each.monitors if key in known])
        for each in listed
    ]
    return View(
        [each for part in sections for each in part.standings],
        [each for each in sections if each.standings],
    )
