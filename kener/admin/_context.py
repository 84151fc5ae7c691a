"""What every screen shows around itself: the rail, and how publishing goes."""

from dataclasses import dataclass
from typing import Any

from kener.admin import bp
from kener.admin._gate import the_time
from kener.admin._words import duration
from kener.core.instant import SECOND, Instant
from kener.store.rail import Rail, rail
from kener.store.tables import Publication
from kener.targets.folder import FolderTarget
from kener.web.address import the_config
from kener.web.database import session

LATE = 2.5
"""Publishing rhythms after which a page is late: the visitor's page warns at the same age."""


@dataclass(frozen=True, slots=True)
class Health:
    """How publishing goes, in words."""

    headline: str
    detail: str
    bad: bool = False


def health(publication: Publication, every_s: int, now: Instant) -> Health:
    """What the rail's foot says about the public page."""
    at = publication.published_at
    age = None if at is None else max(0, now - at)
    if publication.failures:
        last = "Never published." if age is None else f"Last published {duration(age)} ago."
        return Health("Publishing fails", f"{publication.error or 'See the log.'} {last}", bad=True)
    if age is None:
        return Health("Not published yet", "The page appears after the first build.")
    headline = f"Published {duration(age)} ago"
    if age > LATE * every_s * SECOND:
        return Health(headline, "Later than usual. Is a worker running?", bad=True)
    if publication.dirty_seq > publication.published_seq:
        return Health(headline, "Your last change is on its way.")
    return Health(headline, _routine(publication, every_s, age))


def _routine(publication: Publication, every_s: int, age: int) -> str:
    files = publication.files_changed or 0
    took = (publication.took_ms or 0) / SECOND
    rest = every_s * SECOND - age
    following = f"in {duration(rest)}" if rest >= SECOND else "any moment"
    return f"{files} file{'' if files == 1 else 's'} changed, {took:.1f} s. Next {following}."


class Surroundings:
    """Asked for by the layout only, so that a piece for htmx costs no question."""

    def __init__(self) -> None:
        self._rail: Rail | None = None

    @property
    def rail(self) -> Rail:
        """Asked once a request."""
        if self._rail is None:
            self._rail = rail(session())
        return self._rail

    @property
    def now(self) -> Instant:
        """When this request came in."""
        return the_time()

    @property
    def health(self) -> Health:
        """How publishing goes."""
        usual = health(self.rail.publication, the_config().publish_every, the_time())
        here = FolderTarget(folder=the_config().site_dir)
        if here.is_held():
            told = "Newer builds are made, but not shown. See Settings, Publishing."
            return Health(f"Rolled back to build {here.seq()}", told, bad=True)
        if self.rail.failing and not usual.bad:
            told = "See Settings, Publishing."
            return Health(f"{self.rail.failing} does not get the page", told, bad=True)
        return usual


@bp.context_processor
def _around() -> dict[str, Any]:
    return {"around": Surroundings()}
