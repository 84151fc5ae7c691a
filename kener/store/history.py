"""What monitors were, in stretches: spans as far as somebody watched, with incidents and
maintenance laid over."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kener.core.instant import Instant
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.core.timeline import Stretch, fill, overlay
from kener.store._among import among
from kener.store.impacts import impacts
from kener.store.tables import Observation, Span


def stretches(  # noqa: PLR0913 - whose, a window, and the clock
    session: Session,
    monitor_ids: Collection[int],
    from_at: Instant,
    to_at: Instant,
    now: Instant,
    *,
    displayed: bool = True,
) -> dict[int, list[Stretch]]:
    """The history of monitors in [from, to), but not beyond `now`, by id and without a hole:
    time nobody watched is unknown. `displayed=False`: as confirmed, nothing laid over.

    At most three queries, whatever the number of monitors.
    """
    to_at = min(to_at, now)
    if not monitor_ids or from_at >= to_at:
        return {each: [] for each in monitor_ids}
    confirmed = _confirmed(session, monitor_ids, from_at, to_at, now)
    laid = impacts(session, monitor_ids, from_at, to_at) if displayed else {}
    return {
        each: overlay(fill(confirmed.get(each, ()), from_at, to_at), laid.get(each, ()), ())
        for each in monitor_ids
    }


def first_seen(session: Session, monitor_ids: Collection[int]) -> dict[int, Instant]:
    """When each monitor's history begins; no key for one that was never known to be anything."""
    rows = session.execute(
        select(Span.monitor_id, func.min(Span.from_at))
        .where(among(Span.monitor_id, monitor_ids), Span.status != Status.UNKNOWN)
        .group_by(Span.monitor_id)
    )
    return {row[0]: row[1] for row in rows}


def _confirmed(
    session: Session, ids: Collection[int], from_at: Instant, to_at: Instant, now: Instant
) -> Mapping[int, list[Stretch]]:
    reach = observed_until(session, ids)
    rows = session.execute(
        select(Span.monitor_id, Span.from_at, Span.to_at, Span.status, Span.reason)
        .where(
            among(Span.monitor_id, ids),
            Span.from_at < to_at,
            or_(Span.to_at.is_(None), Span.to_at > from_at),
        )
        .order_by(Span.monitor_id, Span.from_at)
    )
    found: dict[int, list[Stretch]] = defaultdict(list)
    for monitor_id, begin, end, status, reason in rows:
        if end is None:
            found[monitor_id] += open_stretches(
                begin, status, reason, reach.get(monitor_id, begin), now
            )
        else:
            found[monitor_id].append(Stretch(begin, end, status, reason))
    return found


def open_stretches(
    begin: Instant, status: Status, reason: Reason | None, reach: Instant, now: Instant
) -> Sequence[Stretch]:
    """An open span up to now: it holds as far as it was observed. Unknown needs no observing."""
    if status is Status.UNKNOWN:
        return [Stretch(begin, now, status, reason)]
    end = max(begin, min(reach, now))
    return [
        Stretch(begin, end, status, reason),
        Stretch(end, now, Status.UNKNOWN, Reason.SILENT),
    ]


def observed_until(session: Session, ids: Collection[int]) -> Mapping[int, Instant]:
    """How far what is known of monitors reaches, by id; no key for one nobody ever looked at."""
    rows = session.execute(
        select(Observation.monitor_id, func.max(Observation.observed_until))
        .where(among(Observation.monitor_id, ids))
        .group_by(Observation.monitor_id)
    )
    return {row[0]: row[1] for row in rows}
