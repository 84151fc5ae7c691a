"""Fine latencies of services, read as their files are made."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kener.core.histogram import Histogram
from kener.core.instant import Instant
from kener.site.snapshot import STEP, latency_steps

AT_ONCE = 250
"""Services whose fine latencies are read at once."""


class FineSteps:
    """Fine latencies by slug. They are many: only of services of which a file is made, and only so
    many at a time as their files follow each other."""

    def __init__(self, session: Session, at: Instant) -> None:
        self._session, self._at = session, at
        self.due: dict[str, int] = {}
        self._read: dict[str, Sequence[Histogram]] = {}

    def __getitem__(self, slug: str) -> Sequence[Histogram]:
        if slug not in self.due:
            return ()  # visitors are not to see them
        if slug not in self._read:
            slugs = list(self.due)
            begin = slugs.index(slug)
            some = {self.due[each]: each for each in slugs[begin : begin + AT_ONCE]}
            found = latency_steps(self._session, some, self._at, STEP)
            self._read = {name: found[id_] for id_, name in some.items()}
        return self._read[slug]
