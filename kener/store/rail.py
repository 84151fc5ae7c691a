"""What stands beside every screen of the admin, in one question."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kener.store.incidents import OPEN
from kener.store.tables import Incident, Monitor, Page, Publication, Target
from kener.store.targets import MISSES


@dataclass(frozen=True, slots=True)
class Rail:
    """The page and how publishing it goes, and how many things there are."""

    page: Page
    publication: Publication
    monitors: int
    open_incidents: int
    failing: str
    """A host that the page does not get to, by its name; empty when all is well."""


def rail(session: Session) -> Rail:
    """The default page, how publishing goes, and counts."""
    monitors = select(func.count(Monitor.id)).scalar_subquery()
    incidents = select(func.count(Incident.id)).where(*OPEN)
    failing = select(func.min(Target.name)).where(Target.enabled, Target.failures >= MISSES)
    counts = monitors, incidents.scalar_subquery(), func.coalesce(failing.scalar_subquery(), "")
    question = select(Page, Publication, *counts)
    # One publication is of all pages together.
    row = session.execute(question.join(Publication, Page.is_default.is_(True))).first()
    if row is None:
        raise LookupError("the database has no page: run `make run`, which prepares it")
    return Rail(*row)
