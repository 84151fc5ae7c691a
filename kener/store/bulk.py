"""Very many rows in one statement, without a detour for each: their values are what the database
keeps (the codes of statuses, the text of words), but for JSON, which is given as it is."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import JSON, Table, Text, bindparam, cast, column, func, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

Row = dict[str, Any]


def inserting(into: Table, dialect: str) -> Any:
    """An INSERT for `send`, to which a clause for conflicts may be added; rows name all columns."""
    if dialect == "postgresql":
        return _from_json(into)
    bare = (column(c.name, c.type if isinstance(c.type, JSON) else None) for c in into.c)
    return sqlite.insert(table(into.name, *bare))


def send(session: Session, statement: Any, rows: Sequence[Row]) -> None:
    """Execute what `inserting` gave with rows, at least one."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(statement, {"rows": json.dumps(rows)})
    else:
        sql, values = _compiled(statement)
        session.connection().exec_driver_sql(sql, [values(row) for row in rows])


@cache
def _compiled(statement: Any) -> tuple[str, Callable[[Row], tuple[Any, ...]]]:
    """SQLite's text of an INSERT, and what gives a row's values in its order."""
    names = statement.compile(dialect=sqlite.dialect()).positiontup
    given = itemgetter(*names)
    documents = [names.index(c.name) for c in statement.table.c if isinstance(c.type, JSON)]

    def values(row: Row) -> tuple[Any, ...]:
        found = list(given(row))
        for place in documents:
            found[place] = json.dumps(found[place])
        return tuple(found)

    return str(statement.compile(dialect=sqlite.dialect())), values


def _from_json(into: Table) -> postgresql.Insert:
    """All rows are one parameter, as each one by itself costs the driver much more."""
    given = cast(bindparam("rows", type_=Text), postgresql.JSON)
    columns = (column(c.name, c.type) for c in into.c)
    rows = func.json_to_recordset(given).table_valued(*columns).render_derived(with_types=True)
    return postgresql.insert(into).from_select(into.c.keys(), select(*rows.c))
