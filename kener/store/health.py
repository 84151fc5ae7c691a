"""How fresh is what we know and what we show? A few cheap questions for /readyz."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kener.core.health import Freshness
from kener.core.instant import Instant
from kener.store.tables import Observation, Publication, Schedule


def freshness(session: Session, now: Instant) -> Freshness:
    """The facts at `now`, in four queries over indexes or one row a monitor."""
    active = Schedule.due_at.is_not(None)
    claimed = (
        select(func.count()).select_from(Schedule).where(active, Schedule.slot_at.is_not(None))
    )
    counted = (
        select(func.count())
        .select_from(Schedule)
        .join(
            Observation,
            (Observation.monitor_id == Schedule.monitor_id)
            & (Observation.location_id == Schedule.location_id),
        )
        .where(active, Observation.observed_until >= now)
    )
    publication = session.execute(
        select(Publication.published_at, Publication.failures).order_by(Publication.page_id)
    ).first()
    return Freshness(
        due_at=session.scalar(select(func.min(Schedule.due_at))),
        newest_slot_at=session.scalar(select(func.max(Observation.slot_at))),
        watched=session.scalar(claimed) or 0,
        current=session.scalar(counted) or 0,
        published_at=publication[0] if publication else None,
        publish_failures=publication[1] if publication else 0,
    )
