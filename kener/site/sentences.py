"""What the page says in words beside its headline: states, counts, calm days."""

from collections.abc import Sequence

from markupsafe import Markup

from kener.core.instant import DAY, HOUR, Instant
from kener.core.status import Status, Verdict
from kener.locales import N_, NN_, gettext, ngettext
from kener.site.snapshot import Service, Snapshot
from kener.site.wording import number_word

LABELS: dict[Verdict, str] = {
    Verdict.NONE: N_("Operational"),
    Verdict.MINOR: N_("Degraded"),
    Verdict.MAJOR: N_("Partial outage"),
    Verdict.CRITICAL: N_("Major outage"),
    Verdict.MAINTENANCE: N_("Maintenance"),
    Verdict.UNKNOWN: N_("No data"),
}
STATES: dict[Status, str] = {
    Status.UP: N_("Operational"),
    Status.DEGRADED: N_("Degraded"),
    Status.PARTIAL: N_("Partial outage"),
    Status.DOWN: N_("Outage"),
    Status.MAINTENANCE: N_("Maintenance"),
    Status.UNKNOWN: N_("No data"),
}
"""As `core.status.FACES` has them."""
MARKS = {"u": "●", "d": "▲", "p": "◆", "o": "■", "m": "‖", "n": "◌"}
"""Before the title in a browser's tab: the shape tells, as the glyphs do."""
Pair = tuple[str, str]
FIRST: dict[Status | None, Pair] = {
    Status.DOWN: NN_(
        "<b>%(n)s of %(total)s</b> services is down", "<b>%(n)s of %(total)s</b> services are down"
    ),
    Status.PARTIAL: NN_(
        "<b>%(n)s of %(total)s</b> services is partly down",
        "<b>%(n)s of %(total)s</b> services are partly down",
    ),
    Status.DEGRADED: NN_(
        "<b>%(n)s of %(total)s</b> services is degraded",
        "<b>%(n)s of %(total)s</b> services are degraded",
    ),
    Status.MAINTENANCE: NN_(
        "<b>%(n)s of %(total)s</b> services is under maintenance",
        "<b>%(n)s of %(total)s</b> services are under maintenance",
    ),
    Status.UNKNOWN: NN_(
        "<b>%(n)s of %(total)s</b> services has no data",
        "<b>%(n)s of %(total)s</b> services have no data",
    ),
    None: NN_(
        "<b>%(n)s of %(total)s</b> services is not checked at the moment",
        "<b>%(n)s of %(total)s</b> services are not checked at the moment",
    ),
}
"""Of what is counted first; None: of paused ones."""
ALL: dict[Status | None, Pair] = {
    Status.DOWN: NN_("The <b>1</b> service is down", "All <b>%(n)s</b> services are down"),
    Status.PARTIAL: NN_(
        "The <b>1</b> service is partly down", "All <b>%(n)s</b> services are partly down"
    ),
    Status.DEGRADED: NN_(
        "The <b>1</b> service is degraded", "All <b>%(n)s</b> services are degraded"
    ),
    Status.MAINTENANCE: NN_(
        "The <b>1</b> service is under maintenance",
        "All <b>%(n)s</b> services are under maintenance",
    ),
}
"""When it is all of them. Without data, or paused, the page says more: `_nobody_knows`."""
NEXT: dict[Status | None, Pair] = {
    Status.PARTIAL: NN_("<b>%(n)s</b> is partly down", "<b>%(n)s</b> are partly down"),
    Status.DEGRADED: NN_("<b>%(n)s</b> is degraded", "<b>%(n)s</b> are degraded"),
    Status.MAINTENANCE: NN_(
        "<b>%(n)s</b> is under maintenance", "<b>%(n)s</b> are under maintenance"
    ),
    Status.UNKNOWN: NN_("<b>%(n)s</b> has no data", "<b>%(n)s</b> have no data"),
    None: NN_(
        "<b>%(n)s</b> is not checked at the moment", "<b>%(n)s</b> are not checked at the moment"
    ),
}
"""Of what is counted after it."""
DAYS_AGO = NN_("The last incident was %(n)s day ago.", "The last incident was %(n)s days ago.")
HOURS_AGO = NN_("The last incident was %(n)s hour ago.", "The last incident was %(n)s hours ago.")


def lede(seen: Snapshot) -> Markup:
    """One line of counts, as HTML."""
    total = len(seen.services)
    if not total:
        return Markup.escape(gettext("Services appear here as soon as there is one to watch."))
    if seen.verdict is Verdict.UNKNOWN:
        return Markup(_nobody_knows(seen))  # noqa: S704 - our own words, and numbers
    counts = _counts(seen.services)
    if not counts:
        return Markup(_sentences([_all_normal(total), _last_incident(seen)]))  # noqa: S704
    (first, count), *others = counts
    pair = ALL[first] if count == total else FIRST[first]
    clauses = [ngettext(*pair, count, total=total)]
    clauses += [ngettext(*NEXT[what], number) for what, number in others]
    said = gettext("%(text)s.", text=_and(clauses))
    rest = total - sum(count for _, count in counts)
    working = gettext("Everything else is working normally.") if rest else ""
    return Markup(_sentences([said, working]))  # noqa: S704 - our own words, and numbers


def label(service: Service) -> str:
    """The state in a word or two."""
    return gettext("Paused") if service.is_paused else gettext(STATES[service.status])


def calm_text(count: int) -> str:
    """So many days in a row of which no incident tells."""
    word = number_word(count).capitalize()
    return ngettext(
        "%(n)s day without reported incidents",
        "%(n)s days without reported incidents",
        count,
        n=word,
    )


def _counts(services: Sequence[Service]) -> list[tuple[Status | None, int]]:
    watched = [each.status for each in services if not each.is_paused]
    counts: list[tuple[Status | None, int]]
    counts = [(what, watched.count(what)) for what in FIRST if what]
    counts.append((None, len(services) - len(watched)))
    return [(what, count) for what, count in counts if count]


def _nobody_knows(seen: Snapshot) -> str:
    total = len(seen.services)
    if all(each.is_paused for each in seen.services):
        return ngettext(
            "The <b>1</b> service here is paused.", "<b>%(n)s</b> services here are paused.", total
        )
    if seen.measured is None:
        return ngettext(
            "The <b>1</b> service waits for its first check.",
            "<b>%(n)s</b> services wait for their first check.",
            total,
        )
    return ngettext(
        "The <b>1</b> service could not be checked lately. We do not call that working.",
        "<b>%(n)s</b> services could not be checked lately. We do not call that working.",
        total,
    )


def _all_normal(total: int) -> str:
    return ngettext(
        "The <b>1</b> service watched here is normal.",
        "All <b>%(n)s</b> services are normal.",
        total,
    )


def _last_incident(seen: Snapshot) -> str:
    last: Instant | None = max((each.started_at for each in seen.stories), default=None)
    if last is None:
        return ""
    length = seen.at - last
    if length < HOUR:
        return gettext("The last incident was less than an hour ago.")
    count = length // (DAY if length >= DAY else HOUR)
    return ngettext(*(DAYS_AGO if length >= DAY else HOURS_AGO), count, n=number_word(count))


def _and(parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    before = gettext(", ").join(parts[:-1])
    return gettext("%(before)s and %(last)s", before=before, last=parts[-1])


def _sentences(parts: Sequence[str]) -> str:
    """One after the other. (Where they are written without a space, the catalogue says so.)"""
    first, second = parts
    return gettext("%(first)s %(second)s", first=first, second=second) if second else first
