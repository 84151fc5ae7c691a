"""What a check costs on the disk in the long run: 90 days of 500 monitors, packed."""

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.databases import everywhere, on_sqlite, prepare
from bench.figures import Figure
from kener.core.hours import Packed, pack_hour
from kener.core.instant import DAY, HOUR, MINUTE
from kener.core.outcome import Reason
from kener.core.packing import Sample
from kener.core.status import Status
from kener.store.clock import now

MONITORS = 500
DAYS = 90
KINDS = 3_000
"""So many different hours are made, and used again and again."""
TROUBLED = 0.01
"""The share of hours with an outage in them."""
FIELDS = tuple(Packed.__dataclass_fields__)


def ninety_days(*, quick: bool) -> list[Figure]:
    """A real database file, filled as packing fills it: every hour's rows at its end, in order."""
    days, kinds = (1, 50) if quick else (DAYS, KINDS)
    end = now() // HOUR * HOUR
    with on_sqlite() as place:
        prepare(place.config, everywhere(9), MONITORS)
        path = place.config.data_dir.absolute() / "kener.sqlite"
        before = _settled(path)
        hours = [_an_hour(number, end) for number in range(kinds)]
        with sqlite3.connect(path) as connection:
            columns = f"hour_at, monitor_id, location_id, {', '.join(FIELDS)}"
            marks = ", ".join("?" * (3 + len(FIELDS)))
            for hour_at in range(end - days * DAY, end, HOUR):
                rows = _rows(hour_at, hours)
                connection.executemany(f"INSERT INTO hours ({columns}) VALUES ({marks})", rows)
                connection.commit()
        connection.close()
        size = _settled(path)
    checks = days * 24 * 60 * MONITORS
    what = f"{days} days of {MONITORS} monitors, every sample kept"
    return [
        Figure(f"{what}: database file", [size / 1e6], "MB", 700, 0),
        Figure("stored per check, packed", [(size - before) / checks], "bytes", 12),
    ]


def _an_hour(number: int, hour_at: int) -> tuple[Any, ...]:
    """A latency that wanders; sometimes an outage, with its words."""
    chance = random.Random(number)
    middle = chance.choice((4_000, 30_000, 120_000, 600_000))
    ill = range(20, 20 + chance.randrange(1, 30)) if chance.random() < TROUBLED else range(0)
    samples = []
    for minute in range(60):
        at = hour_at + minute * MINUTE + number % MINUTE
        if minute in ill:
            detail = f"connection refused by 192.0.2.{number % 250} port 443"
            samples.append(Sample(at, Status.DOWN, None, Reason.REFUSED, detail))
        else:
            samples.append(Sample(at, Status.UP, int(middle * chance.lognormvariate(0, 0.15))))
    packed = pack_hour(samples)
    return tuple(getattr(packed, name) for name in FIELDS)


def _rows(hour_at: int, hours: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    turn = hour_at // HOUR * 7919
    for monitor in range(1, MONITORS + 1):
        yield hour_at, monitor, 1, *hours[(turn + monitor) % len(hours)]


def _settled(path: Path) -> int:
    """The file's size, with its log folded into it."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.stat().st_size
