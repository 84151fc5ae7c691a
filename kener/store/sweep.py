"""What the sweep asks: plain reads, each served by an index."""

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from kener.core.instant import Instant
from kener.store.maintenances import windows_wait
from kener.store.tables import Location, Publication
from kener.store.targets import targets_wait
from kener.store.webhooks import deliveries_wait, events_wait


def location_names(session: Session) -> list[str]:
    """Every location, each with a queue of its own."""
    return list(session.scalars(select(Location.name).order_by(Location.id)))


def location_number(session: Session, name: str) -> int | None:
    """What stands for a location in every result; None when there is no such location."""
    found: int | None = session.scalar(select(Location.id).filter_by(name=name))
    return found


def page_waits(session: Session, now: Instant, publish_every: int) -> bool:
    """Whether the public page is out of date, or was not published for `publish_every` ms."""
    waits = or_(
        Publication.dirty_seq > Publication.published_seq,
        Publication.published_at.is_(None),
        Publication.published_at <= now - publish_every,
    )
    return bool(session.scalar(select(exists().where(waits))))


def waiting_jobs(session: Session, now: Instant, publish_every: int) -> list[str]:
    """The jobs for which there is work in the database, whatever Redis knows of it."""
    work = {
        "kener.jobs.dispatch": events_wait(session),
        "kener.jobs.deliver": deliveries_wait(session, now),
        "kener.jobs.windows": windows_wait(session, now),
        "kener.jobs.publish": page_waits(session, now, publish_every),
        "kener.jobs.send": targets_wait(session, now),
    }
    return [job for job, waits in work.items() if waits]
