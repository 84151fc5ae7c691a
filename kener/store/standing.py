"""How monitors are: the one function by which page, API, badge and admin read status."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, null, select, union_all
from sqlalchemy.orm import Session

from kener.core.instant import DAY, Instant
from kener.core.outcome import Reason
from kener.core.quorum import quorum
from kener.core.status import Status
from kener.core.timeline import displayed
from kener.store._among import among
from kener.store.impacts import open_impacts
from kener.store.tables import Incident, Monitor, Observation, Span, Window


@dataclass(frozen=True, slots=True)
class Standing:
    """How a monitor is. `since` is when the confirmed status began, where that is known; `reason`
    and `detail` say why it is not up. The rest is of the newest probe: what it observed, its slot
    (`checked_at`), latency and phases in ms, facts."""

    monitor: Monitor
    confirmed: Status
    displayed: Status
    reason: Reason | None
    detail: str
    since: Instant | None
    observed: Status | None
    checked_at: Instant | None
    latency_ms: float | None
    phases: Mapping[str, float]
    facts: Mapping[str, Any]


def standings(
    session: Session,
    now: Instant,
    *,
    shown: ColumnElement[bool] | None = None,
    monitors: Sequence[Monitor] | None = None,
    facts: bool = True,
) -> list[Standing]:
    """All monitors, those that a condition selects (`store.visibility.shown_on`), or those given,
    by position and name. Without `facts` phases and facts are left empty.

    What nobody has watched lately is unknown (silent, waiting for its first probe, or paused), and
    open incidents and windows are laid over. At most four queries, whatever the number of monitors.
    """
    if monitors is None:
        # Of very many monitors few may be shown: the others are not even read.
        wanted = [] if shown is None else [shown]
        monitors = session.scalars(select(Monitor).where(*wanted)).all()
    if not monitors:
        return []
    ids = {each.id for each in monitors}
    seen = _observations(session, ids, facts=facts)
    spans = _open_spans(session, ids)
    laid = open_impacts(session, ids, now)
    return [
        _standing(each, seen[each.id], spans.get(each.id), laid.get(each.id, ()), now)
        for each in sorted(monitors, key=_place)
    ]


def unchanged_until(session: Session, monitor_ids: Collection[int], now: Instant) -> Instant:
    """The next moment at which time alone may change how these monitors are: one of them was not
    seen for too long, an incident or a window begins or ends. One query."""
    moments = [
        Window.starts_at,
        Window.ends_at,
        Incident.started_at,
        Incident.resolved_at,
    ]
    questions = [select(func.min(each).label("at")).where(each > now) for each in moments]
    if monitor_ids:
        seen = select(func.min(Observation.observed_until).label("at"))
        mine = among(Observation.monitor_id, monitor_ids)
        questions.append(seen.where(Observation.observed_until > now, mine))
    soonest = union_all(*questions).subquery()
    found: Instant | None = session.scalar(select(func.min(soonest.c.at)))
    return now + DAY if found is None else found


def _place(monitor: Monitor) -> tuple[int, str, int]:
    return monitor.position, monitor.name.casefold(), monitor.id


@dataclass(frozen=True, slots=True)
class _Known:
    """The confirmed status, why, and since when."""

    status: Status
    reason: Reason | None = None
    detail: str = ""
    since: Instant | None = None


def _standing(
    monitor: Monitor,
    seen: Sequence[Any],
    span: Any,
    laid: Collection[Status],
    now: Instant,
) -> Standing:
    newest = max(seen, key=lambda each: each.slot_at, default=None)
    known = _paused(span) if monitor.paused else _known(seen, newest, span, now)
    has_latency = newest is not None and newest.latency_us is not None
    return Standing(
        monitor=monitor,
        confirmed=known.status,
        displayed=displayed(known.status, laid, in_window=Status.MAINTENANCE in laid),
        reason=known.reason,
        detail=known.detail,
        since=known.since,
        observed=newest.observed if newest else None,
        checked_at=newest.slot_at if newest else None,
        latency_ms=newest.latency_us / 1000 if newest and has_latency else None,
        phases=(newest.phases or {}) if newest else {},
        facts=(newest.facts or {}) if newest else {},
    )


def _paused(span: Any) -> _Known:
    since = span.from_at if span and span.reason is Reason.PAUSED else None
    return _Known(Status.UNKNOWN, Reason.PAUSED, since=since)


def _known(seen: Sequence[Any], newest: Any, span: Any, now: Instant) -> _Known:
    fresh = [each for each in seen if now < each.observed_until]
    if newest is None or not fresh:
        return _unwatched(seen)
    status = quorum([each.confirmed for each in fresh])
    since = span.from_at if span and span.status is status else None
    if status is Status.UP:
        return _Known(status, since=since)
    if status is Status.UNKNOWN and newest.observed is not Status.UNKNOWN:
        return _Known(status, Reason.WAITING, since=since)
    # What the newest probe says is fresher than what the outage began with, if it says anything.
    said = span if newest.observed is Status.UP and span and span.status is status else newest
    return _Known(status, said.reason, said.detail, since)


def _unwatched(seen: Sequence[Any]) -> _Known:
    """Nobody watches: yet, when nothing was ever confirmed, else any more."""
    if all(each.confirmed is Status.UNKNOWN for each in seen):
        return _Known(Status.UNKNOWN, Reason.WAITING)
    since = max(each.observed_until for each in seen)
    return _Known(Status.UNKNOWN, Reason.SILENT, since=since)


def _observations(
    session: Session, ids: Collection[int], *, facts: bool
) -> Mapping[int, list[Any]]:
    names = ("phases", "facts")
    more = [getattr(Observation, each) if facts else null().label(each) for each in names]
    rows = session.execute(
        select(
            Observation.monitor_id,
            Observation.slot_at,
            Observation.observed_until,
            Observation.observed,
            Observation.confirmed,
            Observation.reason,
            Observation.detail,
            Observation.latency_us,
            *more,
        ).where(among(Observation.monitor_id, ids))
    )
    found = defaultdict(list)
    for row in rows:
        found[row.monitor_id].append(row)
    return found


def _open_spans(session: Session, ids: Collection[int]) -> Mapping[int, Any]:
    rows = session.execute(
        select(Span.monitor_id, Span.status, Span.reason, Span.detail, Span.from_at).where(
            Span.to_at.is_(None), among(Span.monitor_id, ids)
        )
    )
    return {row.monitor_id: row for row in rows}
