"""Asking for many monitors at once without running out of the database's parameters."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_

MANY = 5000
"""SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535."""


def among(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """That a column is one of the ids. Of very many only that it is not outside their range:
    the asker leaves out what it did not ask for."""
    if len(ids) <= MANY:
        condition: ColumnElement[bool] = column.in_(list(ids))
        return condition
    return and_(column >= min(ids), column <= max(ids))
