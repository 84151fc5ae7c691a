"""All that the page needs, read once: few queries whatever the number of services."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kener.core.histogram import Histogram
from kener.core.instant import DAY, HOUR, MINUTE, Instant
from kener.core.outcome import Reason
from kener.core.status import Status, Verdict, verdict
from kener.core.timeline import Stretch
from kener.core.uptime import Uptime, uptime_between
from kener.site.accounts import Story, story
from kener.site.looks import Look, Notice, languages_of, look_of, notice_of
from kener.site.planned import Planned, past_windows, planned_windows
from kener.site.strips import pulse
from kener.site.wording import local
from kener.store.history import stretches
from kener.store.incidents import IS_OVER, PUBLISHED, WHOLE, is_public
from kener.store.pages import default_page
from kener.store.results import latency
from kener.store.standing import Standing
from kener.store.tables import Incident, Page
from kener.store.tables.pages import Visibility
from kener.store.visibility import Shown, view_of

DAYS = 90
KEPT = 730 * DAY
"""So long the history by month goes back."""
READ_BACK = (DAYS + 2) * DAY
"""A day more on either side than is shown: the viewer's zone may be up to 26 h from the page's."""
STEP = 10 * MINUTE
"""How fine the response times on a service's own page are."""
WITH_FILES = 300
DRAWN = 100
"""On a page of more services than this, response times are only on their own pages: to read them
all every minute would cost more than to measure them."""


@dataclass(frozen=True, slots=True)
class Service:
    """A monitor as visitors see it. `stretches` cover the time read without a hole; `latency` has
    one histogram for each of the last 24 hours, or is empty where there are too many services."""

    standing: Standing
    stretches: Sequence[Stretch]
    latency: Sequence[Histogram]

    @property
    def slug(self) -> str:
        return self.standing.monitor.slug

    @property
    def name(self) -> str:
        return self.standing.monitor.name

    @property
    def description(self) -> str:
        return self.standing.monitor.description

    @property
    def status(self) -> Status:
        return self.standing.displayed

    @property
    def tells_latency(self) -> bool:
        """Whether visitors see how fast it answers, not only how it is."""
        return not self.standing.monitor.latency_hidden

    @property
    def is_paused(self) -> bool:
        return self.standing.reason is Reason.PAUSED

    def uptime(self, from_at: Instant, to_at: Instant) -> Uptime:
        """Of displayed time in [from, to)."""
        return uptime_between(self.stretches, from_at, to_at)


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page as visitors see it. `is_open`: its services show at once."""

    public_id: str
    name: str
    description: str
    is_open: bool
    services: Sequence[Service]

    @property
    def verdict(self) -> Verdict:
        return verdict(each.status for each in self.services)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The page at one moment. `measured` is when the newest round of checks was finished; `parts`
    is empty when the page has no sections."""

    at: Instant
    page_id: str
    title: str
    zone: str
    about: str
    is_private: bool
    languages: Sequence[str]
    """In which it is published, the main one first."""
    look: Look
    services: Sequence[Service]
    parts: Sequence[Part]
    stories: Sequence[Story]
    archive: Sequence[Story]
    """Those before them too, as long as history is kept."""
    measured: Instant | None
    planned: Sequence[Planned] = ()
    worked: Sequence[Planned] = ()
    """Windows of maintenance that are over, the newest first."""
    notice: Notice | None = None
    ticks: Sequence[Status] = ()
    """The states of the last 24 hours, none before the first check."""

    @property
    def verdict(self) -> Verdict:
        return verdict(each.status for each in self.services)

    @property
    def has_small_files(self) -> bool:
        """Whether each service has files of its own beside its page. Of very many it has none: to
        bring nine small ones of each to a host would take longer than all the rest."""
        return len(self.services) <= WITH_FILES

    @property
    def today(self) -> date:
        """The day that it is in the page's zone."""
        return local(self.at, self.zone).date()

    @property
    def standings(self) -> list[Standing]:
        return [each.standing for each in self.services]

    @property
    def open_stories(self) -> list[Story]:
        return [each for each in self.stories if each.is_open]

    @property
    def since(self) -> Instant:
        """Where the services' stretches begin."""
        return self.at - READ_BACK


def at_one_moment(session: Session) -> Session:
    """Let every question of this session see the same state, whatever is committed meanwhile.

    To be called before the first one. SQLite's readers see it so anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return session


def snapshot(session: Session, now: Instant, page: Page | None = None) -> Snapshot:
    """The values of a page, of the default one unless another is given. The session may be closed
    afterwards."""
    page = page or default_page(session)
    view = view_of(session, page, now)
    ids = [each.monitor.id for each in view.standings]
    history = stretches(session, ids, now - READ_BACK, now, now)
    told = [each.monitor.id for each in view.standings if not each.monitor.latency_hidden]
    hourly = latency_steps(session, told, now, HOUR) if len(ids) <= DRAWN else {}
    services = {
        key: Service(each, tuple(history[key]), hourly.get(key, ()))
        for key, each in zip(ids, view.standings, strict=True)
    }
    archive = tuple(story(each, view.ids) for each in _incidents(session, now - KEPT, view.ids))
    recent = now - DAYS * DAY
    measured = max((each.checked_at for each in view.standings if each.checked_at), default=None)
    histories = [each.stretches for each in services.values()]
    return Snapshot(
        at=now,
        page_id=page.public_id,
        title=page.title,
        zone=page.time_zone,
        about=page.description,
        is_private=page.visibility is Visibility.PRIVATE,
        languages=languages_of(page),
        look=look_of(page.look),
        services=tuple(services.values()),
        parts=tuple(_part(each, services) for each in view.sections),
        stories=tuple(each for each in archive if each.is_open or each.started_at >= recent),
        archive=archive,
        measured=measured,
        ticks=tuple(pulse(histories, now)) if measured is not None else (),
        planned=planned_windows(session, page, view.ids, now),
        worked=past_windows(session, page, view.ids, now),
        notice=notice_of(page.look, now),
    )


def _part(shown: Shown, services: Mapping[int, Service]) -> Part:
    section = shown.section
    return Part(
        section.public_id,
        section.name,
        section.description,
        section.is_open,
        tuple(services[each.monitor.id] for each in shown.standings),
    )


def _incidents(session: Session, since: Instant, shown: Collection[int]) -> list[Incident]:
    rows = session.scalars(
        select(Incident)
        .where(PUBLISHED, or_(~IS_OVER, Incident.started_at >= since))
        .options(*WHOLE)
        .order_by(Incident.started_at.desc(), Incident.id.desc())
    )
    return [each for each in rows if is_public(each, shown)]


def latency_steps(
    session: Session, ids: Collection[int], now: Instant, step: int
) -> Mapping[int, Sequence[Histogram]]:
    """Latencies of the last 24 h by monitor id, one histogram for each `step` ms, the one we are
    in last."""
    end = -(-now // step) * step
    found = latency(session, ids, end - DAY, end, step)
    return {
        each: tuple(found[each].get(at, {}) for at in range(end - DAY, end, step)) for each in ids
    }
