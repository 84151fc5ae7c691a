"""Bring the database to this program's schema: one process at a time, with a copy kept first."""

import fcntl
import logging
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from kener.config import Config
from kener.core.errors import Invalid, Refused
from kener.core.instant import Instant
from kener.store.backups import backup_folder, keep_copy
from kener.store.engine import WRITES, make_engine

log = logging.getLogger(__name__)

SCRIPTS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x6B656E6572  # "kener"


def migrate(config: Config, now: Instant, scripts: Path = SCRIPTS) -> bool:
    """Upgrade to the newest revision in `scripts`; False when there was nothing to do.

    Refused (or Invalid) with one clear line when the schema is newer than this program, the
    database cannot be reached, or there is no room.
    """
    engine = _migration_engine(config)
    try:
        if _revision(engine, scripts) == newest(scripts):
            return False
        with _one_at_a_time(config):
            return _upgrade(engine, config, now, scripts)
    except DBAPIError as error:
        where = make_url(config.database).render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0]
        raise Invalid({"DATABASE_URL": f"{where}: {reason}"}) from None
    finally:
        engine.dispose()


def begin(config: Config, now: Instant) -> bool:
    """Make the tables of a database that has none; one that has some is left as it is."""
    engine = _migration_engine(config)
    try:
        is_new = not inspect(engine).get_table_names()
    except DBAPIError:
        is_new = True  # `migrate` says in one line why it cannot be reached
    finally:
        engine.dispose()
    return is_new and migrate(config, now)


def newest(scripts: Path = SCRIPTS) -> str:
    """The id of the newest revision: the greatest number that a file's name begins with. A test
    holds this to what Alembic says; importing Alembic at each start would cost a third of a second.
    """
    return max(_known(scripts))


def _known(scripts: Path) -> set[str]:
    names = (path.name for path in (scripts / "versions").glob("*.py"))
    return {name.split("_", 1)[0] for name in names if re.match(r"\d{4}_", name)}


def _revision(engine: Engine, scripts: Path) -> str | None:
    """The database's revision, None for an empty one; Refused when we do not know it."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if revision is not None and revision not in _known(scripts):
        raise Refused(
            f"the database's schema ({revision}) is newer than this version of Kener knows "
            f"({newest(scripts)}): run the newer version, or restore a copy from data/backups"
        )
    return None if revision is None else str(revision)


def _upgrade(engine: Engine, config: Config, now: Instant, scripts: Path) -> bool:
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": ADVISORY_LOCK})
        before = _revision(engine, scripts)
        if before == newest(scripts):
            return False
        if before is not None and engine.dialect.name == "sqlite":
            keep_copy(config, before, now)
        _run_scripts(connection, scripts)
    log.info("the database is now at schema %s (was %s)", newest(scripts), before or "empty")
    return True


def _run_scripts(connection: Connection, scripts: Path) -> None:
    from alembic import command  # noqa: PLC0415 - a third of a second that most starts do without
    from alembic.config import Config as Alembic  # noqa: PLC0415

    alembic = Alembic()
    alembic.set_main_option("script_location", str(scripts).replace("%", "%%"))
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "head")
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise Refused(f"the migration would lose what {len(broken)} rows belong to; undone")


def _migration_engine(config: Config) -> Engine:
    """SQLite alters a table by making it anew, and dropping the old one would take its children
    along: foreign keys are off meanwhile, and checked before the commit."""
    url = make_url(config.database)
    if url.get_backend_name() == "sqlite" and url.database:
        _make_private(Path(url.database))
    engine = make_engine(config.database)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _without_foreign_keys)
    return engine


def _without_foreign_keys(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _make_private(path: Path) -> None:
    """The database holds hashes and sealed secrets: its file is the owner's alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Invalid({"KENER_DATA_DIR": f"cannot write {path}: {error.strerror}"}) from None


@contextmanager
def _one_at_a_time(config: Config) -> Iterator[None]:
    descriptor = os.open(backup_folder(config), os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
