"""Asking for many monitors at once without running out of the database's parameters."""

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

MANY = 5000
"""SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535."""


def among(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """That a column is one of the ids. Of very many only that it is not outside their range:
    the asker leaves out what it did not ask for."""
    if len(ids) <= MANY:
        condition: ColumnElement[bool] = column.in_(list(ids))
        return condition
    return and_(column >= min(ids), column <= max(ids))


def exactly(session: Session, column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """That a column is one of the ids and nothing else, however many: they are one parameter."""
    condition: ColumnElement[bool]
    if session.get_bind().dialect.name == "postgresql":
        array = bindparam("ids", list(ids), type_=postgresql.ARRAY(BigInteger), unique=True)
        condition = column == func.any(array)
    else:
        each = func.json_each(json.dumps(list(ids))).table_valued("value")
        condition = column.in_(select(each.c.value))
    return condition
