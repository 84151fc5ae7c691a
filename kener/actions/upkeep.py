"""What has to be done again and again so that the database stays right and small: put right what
a wrong clock has left, pack, then prune."""

import time
from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from kener.actions.clock import put_right
from kener.actions.packing import pack_some
from kener.actions.retention import prune_some
from kener.config import Config
from kener.core.instant import SECOND, Instant
from kener.store.engine import Database

BUDGET = 20 * SECOND
"""When it is enough for one call; the next, a minute later, goes on from there. The same worker
sends deliveries, and none of them should wait for long."""
LEAST_BREATH, LONGEST_BREATH = 0.1, 1.0
"""Seconds between two transactions. A writer that waits for SQLite looks every 0.1 s: less, and
a row of transactions could keep it out until it gives up."""


def keep_up(database: Database, config: Config, clock: Callable[[], Instant]) -> int:
    """Put right, pack and prune until nothing is left to do, in many small transactions with room
    for others between them; how many rows were done. May run twice at once, and be killed at any
    moment."""

    def right(session: Session) -> int:
        return put_right(session, clock())

    def pack(session: Session) -> int:
        return pack_some(session, clock())

    def prune(session: Session) -> int:
        return prune_some(session, clock(), config)

    begun = clock()
    done = 0
    for rows in _batches(database, right, pack, prune):
        done += rows
        if clock() - begun > BUDGET:
            break
    return done


def _batches(database: Database, *works: Callable[[Session], int]) -> Iterator[int]:
    for work in works:
        while True:
            begun = time.monotonic()
            with database.write() as session:
                rows = work(session)
            if not rows:
                break
            yield rows
            time.sleep(min(max(time.monotonic() - begun, LEAST_BREATH), LONGEST_BREATH))
