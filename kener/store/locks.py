"""One row for oneself, until the transaction ends."""

from typing import Any

from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from kener.core.errors import NotFound


def lock_row(session: Session, row: Any) -> None:
    """Read a row anew, and let nobody else change it until this transaction ends; NotFound when it
    is gone. On SQLite the session must have begun as a writer."""
    try:
        session.refresh(row, with_for_update=True)
    except InvalidRequestError:
        raise NotFound("This was deleted in the meantime.") from None
