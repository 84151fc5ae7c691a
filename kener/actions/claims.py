"""Taking what is due. Two workers never get the same slot."""

import logging
from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from kener.checks import next_cron
from kener.core.errors import Invalid
from kener.core.instant import HOUR, Instant
from kener.store import claims
from kener.store.claims import Claim
from kener.store.tables import Monitor

log = logging.getLogger(__name__)


def claim(
    session: Session, location_id: int, now: Instant, limit: int, ahead: int = 0
) -> list[Claim]:
    """Take up to `limit` slots of a location that are due within the next `ahead` ms; the session
    must have begun as a writer."""
    taken = claims.take(session, location_id, now, limit, now + ahead)
    by_cron = [each.claim for each in taken if each.by_cron]
    if by_cron:
        claims.set_next(session, _next_of(session, by_cron, now))
    return [each.claim for each in taken]


def spread_late(session: Session, location_id: int, now: Instant) -> None:
    """After a standstill (of the machine, or of all workers): spread what is due since long ago
    instead of probing everything at once. What was missed stays a gap."""
    if moved := claims.spread(session, location_id, now):
        log.info("%d monitors are overdue: their checks are spread over a minute", moved)


def renew(session: Session, location_id: int, monitor_ids: Iterable[int], now: Instant) -> None:
    """Make monitors due at once whose last claim is lost; their rhythm stays as it is."""
    slots = [(each, location_id, now) for each in monitor_ids]
    claims.add_slots(session, slots)
    log.info("%d checks were begun by a worker that is gone: they are done anew", len(slots))


def give_back(session: Session, unprobed: Iterable[Claim]) -> None:
    """Return slots that were claimed and not probed: whoever comes next finds them due."""
    claims.give_back(session, list(unprobed))


def _next_of(
    session: Session, by_cron: list[Claim], now: Instant
) -> Iterator[tuple[Claim, Instant]]:
    rows = session.execute(
        select(Monitor.id, Monitor.cron, Monitor.time_zone).where(
            Monitor.id.in_([each.monitor_id for each in by_cron]), Monitor.paused.is_(False)
        )
    )
    crons = {row.id: row for row in rows}
    for each in by_cron:
        if row := crons.get(each.monitor_id):
            after = max(now, each.slot_at)
            yield each, _next_slot(row.id, row.cron, row.time_zone, after)


def _next_slot(monitor_id: int, cron: str, time_zone: str, now: Instant) -> Instant:
    try:
        return next_cron(cron, time_zone, now)
    except Invalid as error:
        # Nobody can save such a cron; should one be there all the same, the others must go on.
        log.error("monitor %s cannot be scheduled: %s", monitor_id, error.message)  # noqa: TRY400
        return now + HOUR
