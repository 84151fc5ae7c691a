"""Many rows at once, for questions that are asked all the time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select
from sqlalchemy.orm import Session


def plain(session: Session, question: Select[Any]) -> Sequence[Row[Any]]:
    """Rows as the database gives them, within the session's transaction. The same as asking the
    session, which looks at each of them for objects to build: that costs as much as the rest."""
    session.flush()  # nor does it do this for us
    return session.connection().execute(question).all()
