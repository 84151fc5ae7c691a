"""What a check costs on the disk, hot and packed, and the CPU of packing it."""

import os
import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import insert, text  # noqa: E402 - the path comes first

from bench.endtoend import prepare  # noqa: E402
from kener.actions.packing import pack_some  # noqa: E402
from kener.config import load  # noqa: E402
from kener.core.instant import DAY, HOUR, MINUTE, SECOND  # noqa: E402
from kener.core.status import Status  # noqa: E402
from kener.store.clock import now  # noqa: E402
from kener.store.engine import Database  # noqa: E402
from kener.store.monitors import all_monitors  # noqa: E402
from kener.store.tables import Result  # noqa: E402

MONITORS = 200
HOURS = 24
JITTER_US = 8_000


def fill(database: Database) -> int:
    """A day of results, a minute apart, with a latency that wanders; how many."""
    chance = random.Random(7)
    start = (now() - DAY - 4 * HOUR) // HOUR * HOUR
    with database.read() as session:
        monitors = [monitor.id for monitor in all_monitors(session)]
    count = 0
    for hour in range(HOURS):
        with database.write() as session:
            rows = [
                {
                    "due_at": start + hour * HOUR + minute * MINUTE + key % 60 * SECOND,
                    "monitor_id": key,
                    "location_id": 1,
                    "status": Status.UP,
                    "latency_us": 20_000 + chance.randrange(JITTER_US),
                }
                for minute in range(60)
                for key in monitors
            ]
            session.execute(insert(Result), rows)
            count += len(rows)
    return count


def size(database: Database, folder: Path) -> int:
    """Bytes of the database when everything lies close together."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.execute("VACUUM")
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (folder / "kener.sqlite").stat().st_size


def pack(database: Database) -> float:
    """Pack all of it; seconds of CPU."""
    begun = sum(os.times()[:2])
    rows = 1
    while rows:
        with database.write() as session:
            rows = pack_some(session, now())
    return sum(os.times()[:2]) - begun


def main() -> None:
    """One line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, "http://127.0.0.1:9", MONITORS)
        database = Database(load(data_dir=folder).database)
        empty = size(database, folder)
        count = fill(database)
        hot = size(database, folder)
        cpu_s = pack(database)
        with database.read() as session:
            left = session.scalar(text("SELECT count(*) FROM results"))
        packed = size(database, folder)
        database.engine.dispose()
    assert left == 0
    print(
        f"storage of {count} checks: {(hot - empty) / count:.1f} bytes each while hot,"
        f" {(packed - empty) / count:.1f} packed; packing {cpu_s * 1e6 / count:.1f} µs CPU each"
    )


if __name__ == "__main__":
    main()
