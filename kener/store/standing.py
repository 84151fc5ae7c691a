"""How monitors are: the one function by which page, API, badge and admin read status."""

from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from kener.core.instant import DAY, Instant
from kener.core.outcome import Reason
from kener.core.quorum import quorum
from kener.core.status import Status
from kener.core.timeline import displayed
from kener.store._seen import OpenSpan, Seen, observations, open_spans
from kener.store.impacts import open_impacts
from kener.store.tables import Incident, Monitor, Window


class Standing(NamedTuple):
    """How a monitor is. `since` is when the confirmed status began, where that is known; `reason`
    and `detail` say why it is not up. The rest is of the newest probe: what it observed, its slot
    (`checked_at`), latency and phases in ms, facts. `fresh_until` is when the first of what is
    known just now will be too old to be believed."""

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
    fresh_until: Instant | None


def standings(
    session: Session,
    now: Instant,
    *,
    shown: ColumnElement[bool] | None = None,
    monitors: Sequence[Any] | None = None,
    facts: bool = True,
) -> list[Standing]:
    """All monitors, or those that a condition selects (`store.visibility.shown_on`), by position
    and name; or those given, or rows with their `id` and `paused`, in their order. Without `facts`
    phases and facts are left empty.

    What nobody has watched lately is unknown (silent, waiting for its first probe, or paused), and
    open incidents and windows are laid over. At most four queries, whatever the number of monitors.
    """
    if monitors is None:
        # Of very many monitors few may be shown: the others are not even read.
        wanted = [] if shown is None else [shown]
        monitors = sorted(session.scalars(select(Monitor).where(*wanted)), key=_place)
    if not monitors:
        return []
    ids = {each.id for each in monitors}
    seen = observations(session, ids, facts=facts)
    spans = open_spans(session, ids)
    laid = open_impacts(session, ids, now)
    return [
        _standing(each, seen[each.id], spans.get(each.id), laid.get(each.id, ()), now)
        for each in monitors
    ]


def _soonest() -> Select[Instant]:
    moments = (Window.starts_at, Window.ends_at, Incident.started_at, Incident.resolved_at)
    after_now = [
        select(func.min(each).label("at")).where(each > bindparam("now")) for each in moments
    ]
    return select(func.min(union_all(*after_now).subquery().c.at))


_SOONEST = _soonest()


def unchanged_until(session: Session, shown: Collection[Standing], now: Instant) -> Instant:
    """The next moment at which time alone may change how these monitors are: one of them was not
    seen for too long, an incident or a window begins or ends. One query."""
    planned: Instant | None = session.scalar(_SOONEST, {"now": now})
    known = [each.fresh_until for each in shown if each.fresh_until is not None]
    return min([now + DAY, *known] if planned is None else [planned, *known])


def _place(monitor: Monitor) -> tuple[int, str, int]:
    return monitor.position, monitor.name.casefold(), monitor.id


class _Known(NamedTuple):
    """The confirmed status, why, and since when."""

    status: Status
    reason: Reason | None = None
    detail: str = ""
    since: Instant | None = None


_SLOT = attrgetter("slot_at")


def _standing(
    monitor: Monitor,
    seen: Sequence[Seen],
    span: OpenSpan | None,
    laid: Collection[Status],
    now: Instant,
) -> Standing:
    newest = max(seen, key=_SLOT, default=None)
    fresh = [each for each in seen if now < each.observed_until]
    known = _paused(span) if monitor.paused else _known(seen, fresh, newest, span)
    latency_us = newest.latency_us if newest else None
    return Standing(
        monitor=monitor,
        confirmed=known.status,
        displayed=displayed(known.status, laid, in_window=Status.MAINTENANCE in laid),
        reason=known.reason,
        detail=known.detail,
        since=known.since,
        observed=newest.observed if newest else None,
        checked_at=newest.slot_at if newest else None,
        latency_ms=None if latency_us is None else latency_us / 1000,
        phases=(newest.phases or {}) if newest else {},
        facts=(newest.facts or {}) if newest else {},
        fresh_until=min([each.observed_until for each in fresh], default=None),
    )


def _paused(span: OpenSpan | None) -> _Known:
    since = span.from_at if span and span.reason is Reason.PAUSED else None
    return _Known(Status.UNKNOWN, Reason.PAUSED, since=since)


def _known(
    seen: Sequence[Seen], fresh: Sequence[Seen], newest: Seen | None, span: OpenSpan | None
) -> _Known:
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


def _unwatched(seen: Sequence[Seen]) -> _Known:
    """Nobody watches: yet, when nothing was ever confirmed, else any more."""
    if all(each.confirmed is Status.UNKNOWN for each in seen):
        return _Known(Status.UNKNOWN, Reason.WAITING)
    since = max(each.observed_until for each in seen)
    return _Known(Status.UNKNOWN, Reason.SILENT, since=since)
