"""All that the page needs, read once: few queries whatever the number of services."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kener.core.histogram import Histogram
from kener.core.instant import DAY, HOUR, MINUTE, Instant
from kener.core.outcome import Reason
from kener.core.status import Impact, Status, Verdict, verdict
from kener.core.timeline import Stretch, cut
from kener.core.uptime import Uptime, uptime
from kener.site.wording import local
from kener.store.history import stretches
from kener.store.incidents import WHOLE, is_public, shown_monitors
from kener.store.results import latency
from kener.store.standing import Standing, standings
from kener.store.tables import Incident, Page
from kener.store.tables.incidents import Phase

DAYS = 90
READ_BACK = (DAYS + 2) * DAY
"""A day more on either side than is shown: the viewer's zone may be up to 26 h from the page's."""
STEP = 10 * MINUTE
"""How fine the response times on a service's own page are."""
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
    def is_paused(self) -> bool:
        return self.standing.reason is Reason.PAUSED

    def uptime(self, from_at: Instant, to_at: Instant) -> Uptime:
        """Of displayed time in [from, to)."""
        return uptime(cut(self.stretches, from_at, to_at))


@dataclass(frozen=True, slots=True)
class Said:
    """A dated message in an incident."""

    phase: Phase
    message: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Affected:
    """What an incident says of a service that visitors may see."""

    slug: str
    name: str
    public_id: str
    impact: Status


@dataclass(frozen=True, slots=True)
class Story:
    """An incident as visitors see it; the newest update first."""

    public_id: str
    title: str
    phase: Phase
    impact: Impact
    started_at: Instant
    resolved_at: Instant | None
    created_at: Instant
    updated_at: Instant
    updates: Sequence[Said]
    affected: Sequence[Affected]

    @property
    def is_open(self) -> bool:
        return self.phase is not Phase.RESOLVED


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The page at one moment. `measured` is when the newest round of checks was finished."""

    at: Instant
    title: str
    zone: str
    services: Sequence[Service]
    stories: Sequence[Story]
    measured: Instant | None

    @property
    def verdict(self) -> Verdict:
        return verdict(each.status for each in self.services)

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


def snapshot(session: Session, now: Instant) -> Snapshot:
    """The public page's values. The session may be closed afterwards."""
    page = session.scalars(select(Page).order_by(Page.id).limit(1)).one()
    shown = standings(session, now, public=True)
    ids = [each.monitor.id for each in shown]
    history = stretches(session, ids, now - READ_BACK, now, now)
    hourly = latency_steps(session, ids, now, HOUR) if len(ids) <= DRAWN else {}
    return Snapshot(
        at=now,
        title=page.title,
        zone=page.time_zone,
        services=tuple(
            Service(each, tuple(history[each.monitor.id]), hourly.get(each.monitor.id, ()))
            for each in shown
        ),
        stories=tuple(story(each) for each in _incidents(session, now - DAYS * DAY)),
        measured=max((each.checked_at for each in shown if each.checked_at), default=None),
    )


def story(incident: Incident) -> Story:
    """The values of an incident that was read with `store.incidents.WHOLE`."""
    return Story(
        public_id=incident.public_id,
        title=incident.title,
        phase=incident.status,
        impact=incident.impact,
        started_at=incident.started_at,
        resolved_at=incident.resolved_at,
        created_at=incident.created_at,
        updated_at=incident.updated_at,
        updates=tuple(Said(each.status, each.message, each.at) for each in incident.updates),
        affected=tuple(
            Affected(each.monitor.slug, each.monitor.name, each.monitor.public_id, each.impact)
            for each in shown_monitors(incident)
        ),
    )


def _incidents(session: Session, since: Instant) -> list[Incident]:
    rows = session.scalars(
        select(Incident)
        .where(or_(Incident.status != Phase.RESOLVED, Incident.started_at >= since))
        .options(*WHOLE)
        .order_by(Incident.started_at.desc(), Incident.id.desc())
    )
    return [each for each in rows if is_public(each)]


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
