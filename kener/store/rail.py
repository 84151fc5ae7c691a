"""What stands beside every screen of the admin, in one question."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kener.store.incidents import OPEN
from kener.store.tables import Incident, Monitor, Page, Publication


@dataclass(frozen=True, slots=True)
class Rail:
    """The page and how publishing it goes, and how many things there are."""

    page: Page
    publication: Publication
    monitors: int
    open_incidents: int


def rail(session: Session) -> Rail:
    """The default page, how publishing goes, and counts."""
    monitors = select(func.count(Monitor.id)).scalar_subquery()
    incidents = select(func.count(Incident.id)).where(*OPEN)
    question = select(Page, Publication, monitors, incidents.scalar_subquery())
    # One publication is of all pages together.
    row = session.execute(question.join(Publication, Page.is_default.is_(True))).first()
    if row is None:
        raise LookupError("the database has no page: run `make run`, which prepares it")
    return Rail(*row)
