"""The page is out of date from the moment that what it shows has changed."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from kener.queue import later
from kener.store.tables import Publication


def mark_dirty(session: Session) -> None:
    """Something the page shows has changed in this transaction: publish after its commit."""
    session.execute(
        update(Publication)
        .values(dirty_seq=Publication.dirty_seq + 1)
        .execution_options(synchronize_session=False)
    )
    later(session, "kener.jobs.publish")
