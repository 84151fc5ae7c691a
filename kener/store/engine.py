"""The database: one engine a process, and sessions that say at once whether they will write."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

CANNOT = (OperationalError, PoolTimeout)
"""The database is away, busy or full, or all connections to it are taken: not now, perhaps soon."""
ROOM = 1_000_000
"""Bytes; with less left, an I/O error is for want of room."""
WRITES = {"kener_writes": True}
LOG_PAGES = 4000
"""When SQLite folds its log back into the file: after 16 MB. Each page is then written back once,
however often it was written to the log."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "cache_size=-64000",
    "temp_store=MEMORY",
    f"wal_autocheckpoint={LOG_PAGES}",
    f"journal_size_limit={2 * LOG_PAGES * 4096}",
)


def engine_options(url: str) -> dict[str, Any]:
    """What create_engine needs beside the URL."""
    # Errors are logged, and what is stored may hold a secret: they do without the values.
    both = {"hide_parameters": True, "json_deserializer": _from_json}
    if make_url(url).get_backend_name() == "sqlite":
        # The driver must not begin transactions by itself: `_begin` says how each one begins.
        return both | {"connect_args": {"isolation_level": None}}
    return both | {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 15}


def _from_json(text: str | bytes) -> Any:
    """What stands in a column of JSON."""
    try:
        return from_json(text)  # the same as below, three times as fast
    except ValueError:
        return json.loads(text)  # it also takes half of a surrogate pair


def prepare(engine: Engine) -> Engine:
    """Give a new engine our SQLite manners; PostgreSQL needs none."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
        event.listen(engine, "handle_error", _name_a_full_disk, retval=True)
    return engine


def make_engine(url: str) -> Engine:
    """An engine with our manners; Flask-SQLAlchemy makes its own by the same two functions."""
    return prepare(create_engine(url, **engine_options(url)))


def _set_pragmas(connection: Any, _record: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Writers queue up at the start, where waiting is safe: a reader that turns writer half-way
    is thrown out by SQLite with "database is locked" at once."""
    writes = connection.get_execution_options().get("kener_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _name_a_full_disk(context: ExceptionContext) -> BaseException | None:
    """Without room for its shared memory or log SQLite only speaks of an I/O error. Whoever reads
    that looks for a broken disk, so a full one is called full, as it is in every other case."""
    error = context.original_exception
    if "disk I/O error" not in str(error) or context.engine is None:
        return None
    if disk_usage(Path(context.engine.url.database or ".").parent).free >= ROOM:
        return None
    full = sqlite3.OperationalError(f"database or disk is full ({error})")
    return OperationalError(context.statement, {}, full)


def begin_write(session: Session) -> Session:
    """Begin a transaction that will write. To be called before anything is read in it."""
    session.connection(execution_options=WRITES)
    return session


class Database:
    """Sessions for what runs outside a request: jobs, the shift, scripts."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for questions only; nothing is committed."""
        with self._sessions() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose one transaction is committed at the end, or rolled back by an error."""
        with self._sessions() as session:
            begin_write(session)
            yield session
            session.commit()

    def settle(self) -> None:
        """At the very end: with its last connection SQLite folds its log back into the file, which
        processes that were killed could not. Then the file alone is the whole database."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()

    def forget_connections(self) -> None:
        """After a fork: what was inherited belongs to the parent and must not be closed here."""
        self.engine.dispose(close=False)
