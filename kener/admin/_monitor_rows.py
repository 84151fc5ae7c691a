"""The list of monitors: who is in it, what each row says, and whether a row has changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from kener.actions.monitor_search import Targets, is_found, label_of
from kener.core.days import day_edges, days
from kener.core.instant import DAY, Instant
from kener.core.status import SEVERITY, Status
from kener.site.strips import paths
from kener.site.wording import local
from kener.store.history import stretches
from kener.store.standing import Standing, standings
from kener.store.tables import Monitor

PAGE_SIZE = 50
STRIP_DAYS = 45


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: words to search, a state, a tag, a page of the list."""

    q: str = ""
    state: str = ""
    tag: str = ""
    number: int = 1

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "Wanted":
        """From a query string; nonsense counts as not asked."""
        number = arguments.get("page", "1")
        return cls(
            arguments.get("q", "").strip()[:200],
            arguments.get("state", "") if arguments.get("state") in STATES else "",
            arguments.get("tag", "").strip()[:40],
            int(number)
            if number.isascii() and number.isdigit() and 0 < int(number) < 10_000
            else 1,
        )

    def query(self, **changes: str | int) -> str:
        """The query string with some parts changed; what is empty is left out."""
        parts = {"q": self.q, "state": self.state, "tag": self.tag, "page": self.number} | changes
        given = {name: value for name, value in parts.items() if value}
        if given.get("page") == 1:
            del given["page"]
        return f"?{urlencode(given)}" if given else "?"


def _in_trouble(standing: Standing) -> bool:
    return SEVERITY.get(standing.displayed, 0) > 0


STATES: dict[str, Callable[[Standing], bool]] = {
    "trouble": _in_trouble,
    "maintenance": lambda standing: standing.displayed is Status.MAINTENANCE,
    "paused": lambda standing: standing.monitor.paused,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One monitor of the list. `mark` changes whenever the row would look different."""

    standing: Standing
    label: str
    target: str
    strip: Sequence[tuple[str, str]]

    @property
    def monitor(self) -> Monitor:
        """The monitor itself."""
        return self.standing.monitor

    @property
    def mark(self) -> str:
        """Short, and safe in an address."""
        shown = self.standing
        parts = (shown.displayed, shown.reason, shown.detail, shown.since, shown.checked_at)
        own = (self.monitor.version, self.monitor.paused, shown.latency_ms, self.strip)
        digest = sha256(repr((parts, own)).encode()).hexdigest()[:10]
        return f"{self.monitor.public_id}.{digest}"


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the list, and the counts that its filters show."""

    wanted: Wanted
    rows: Sequence[Row]
    total: int
    counts: Mapping[str, int]
    everything: int
    tags: Sequence[str]

    @property
    def trouble(self) -> int:
        """How many are in trouble, whatever the state filter says."""
        return self.counts["trouble"]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def counts_mark(self) -> str:
        """Changes with the counts."""
        return ".".join(str(count) for count in (self.everything, *self.counts.values()))


def listing(session: Session, wanted: Wanted, zone: str, now: Instant) -> Listing:
    """What the address asks for, in a number of queries that does not grow with the monitors."""
    every = standings(session, now)
    targets = Targets(session)
    found = [each for each in every if _matches(each, wanted, targets)]
    counts = {name: sum(map(test, found)) for name, test in STATES.items()}
    shown = [each for each in found if not wanted.state or STATES[wanted.state](each)]
    start = (wanted.number - 1) * PAGE_SIZE
    part = shown[start : start + PAGE_SIZE]
    return Listing(
        wanted=wanted,
        rows=rows_of(session, part, zone, now),
        total=len(shown),
        counts={"all": len(found)} | counts,
        everything=len(every),
        tags=sorted({tag for each in every for tag in each.monitor.tags}),
    )


def rows_of(session: Session, shown: Sequence[Standing], zone: str, now: Instant) -> list[Row]:
    """Rows with their strips; one question for all histories."""
    today = local(now, zone).date()
    from_at = day_edges(today, zone)[0] - STRIP_DAYS * DAY
    ids = [each.monitor.id for each in shown]
    past = stretches(session, ids, from_at, now, now) if ids else {}
    targets = Targets(session)
    return [
        Row(
            each,
            label_of(each.monitor),
            targets.of(each.monitor),
            paths(
                day.status for day in days(past.get(each.monitor.id, []), zone, today, STRIP_DAYS)
            ),
        )
        for each in shown
    ]


def _matches(standing: Standing, wanted: Wanted, targets: Targets) -> bool:
    monitor = standing.monitor
    has_tag = not wanted.tag or wanted.tag in monitor.tags
    return has_tag and is_found(monitor, wanted.q, targets)
