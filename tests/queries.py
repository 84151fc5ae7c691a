"""Counting what is asked of a database."""

from contextlib import contextmanager

from sqlalchemy import event


@contextmanager
def counting(database):
    """The statements executed while this lasts."""
    statements = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
