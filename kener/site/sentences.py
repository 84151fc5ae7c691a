"""What the page says in words: counts under the headline, one service's state, calm days."""

from collections.abc import Sequence

from markupsafe import Markup

from kener.core.instant import DAY, HOUR, Instant
from kener.core.status import FACES, Status, Verdict
from kener.core.words import headline
from kener.site.snapshot import Service, Snapshot
from kener.site.wording import count_word

LABELS: dict[Verdict, str] = {
    Verdict.NONE: "Operational",
    Verdict.MINOR: "Degraded",
    Verdict.MAJOR: "Partial outage",
    Verdict.CRITICAL: "Major outage",
    Verdict.MAINTENANCE: "Maintenance",
    Verdict.UNKNOWN: "No data",
}
MARKS = {"u": "●", "d": "▲", "p": "◆", "o": "■", "m": "‖", "n": "◌"}
"""Before the title in a browser's tab: the shape tells, as the glyphs do."""
SAYS: dict[Status, tuple[str, str]] = {
    Status.DOWN: ("is down", "are down"),
    Status.PARTIAL: ("is partly down", "are partly down"),
    Status.DEGRADED: ("is degraded", "are degraded"),
    Status.MAINTENANCE: ("is under maintenance", "are under maintenance"),
    Status.UNKNOWN: ("has no data", "have no data"),
}
PAUSED = ("is not checked at the moment", "are not checked at the moment")
ALL_PAUSED = "All checks are paused."
NOT_YET = "Nothing is confirmed yet."


def page_headline(seen: Snapshot) -> str:
    """The page's first sentence: `core.words.headline`, and why when there is no data at all."""
    if seen.services and seen.verdict is Verdict.UNKNOWN:
        if all(each.is_paused for each in seen.services):
            return ALL_PAUSED
        if seen.measured is None:
            return NOT_YET
    return headline((each.name, each.status) for each in seen.services)


def lede(seen: Snapshot) -> Markup:
    """One line of counts, as HTML."""
    total = len(seen.services)
    if not total:
        return Markup("Services appear here as soon as there is one to watch.")
    if seen.verdict is Verdict.UNKNOWN:
        return _nobody_knows(seen)
    counts = _counts(seen.services)
    if not counts:
        return Markup("{} {}").format(_all_normal(total), _last_incident(seen))
    parts = [
        Markup("{} {}").format(_number(count, total, first=not number), says[count != 1])
        for number, (says, count) in enumerate(counts)
    ]
    rest = total - sum(count for _, count in counts)
    working = " Everything else is working normally." if rest else ""
    return Markup("{}.{}").format(_and(parts), working)


def service_headline(service: Service) -> str:
    """One service's state in a sentence."""
    if service.is_paused:
        return f"{service.name} is not checked at the moment."
    if service.status is Status.UP:
        return f"{service.name} is working."
    if service.status is Status.UNKNOWN:
        return f"There is no data on {service.name} at the moment."
    return headline([(service.name, service.status)])


def label(service: Service) -> str:
    """The state in a word or two."""
    return "Paused" if service.is_paused else FACES[service.status].label


def calm_text(count: int) -> str:
    """So many days in a row of which no incident tells."""
    return f"{count_word(count, 'day').capitalize()} without reported incidents"


def ago(length: int) -> str:
    """Of ms, roughly: less than an hour, 3 hours, 5 days."""
    if length < HOUR:
        return "less than an hour"
    unit, noun = (DAY, "day") if length >= DAY else (HOUR, "hour")
    return count_word(length // unit, noun)


def _counts(services: Sequence[Service]) -> list[tuple[tuple[str, str], int]]:
    watched = [each.status for each in services if not each.is_paused]
    counts = [(says, watched.count(status)) for status, says in SAYS.items()]
    counts.append((PAUSED, len(services) - len(watched)))
    return [(says, count) for says, count in counts if count]


def _nobody_knows(seen: Snapshot) -> Markup:
    total = len(seen.services)
    what = (
        Markup("<b>{}</b> services").format(total) if total > 1 else Markup("The <b>1</b> service")
    )
    if all(each.is_paused for each in seen.services):
        return Markup("{} here {} paused.").format(what, "are" if total > 1 else "is")
    if seen.measured is None:
        wait = "wait for their" if total > 1 else "waits for its"
        return Markup("{} {} first check.").format(what, wait)
    return Markup("{} could not be checked lately. We do not call that working.").format(what)


def _all_normal(total: int) -> Markup:
    if total == 1:
        return Markup("The <b>1</b> service watched here is normal.")
    return Markup("All <b>{}</b> services are normal.").format(total)


def _last_incident(seen: Snapshot) -> str:
    last: Instant | None = max((each.started_at for each in seen.stories), default=None)
    return "" if last is None else f"The last incident was {ago(seen.at - last)} ago."


def _number(count: int, total: int, *, first: bool) -> Markup:
    if not first:
        return Markup("<b>{}</b>").format(count)
    if count == total:
        return (
            Markup("All <b>{}</b> services").format(total)
            if total > 1
            else Markup("The <b>1</b> service")
        )
    return Markup("<b>{} of {}</b> services").format(count, total)


def _and(parts: Sequence[Markup]) -> Markup:
    if len(parts) == 1:
        return parts[0]
    return Markup(", ").join(parts[:-1]) + Markup(" and ") + parts[-1]
