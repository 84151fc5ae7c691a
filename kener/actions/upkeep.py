"""What has to be done again and again so that the database stays right and small: put right what
a wrong clock has left, write down the windows to come, pack, then prune."""

import time
from collections.abc import Callable, Iterator
from itertools import chain

from sqlalchemy.orm import Session

from kener.actions.clock import put_right
from kener.actions.packing import pack_closed
from kener.actions.retention import prune_some
from kener.actions.turns import make_more
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
    """Put right, make windows, pack and prune until nothing is left to do, in many small
    transactions with room for others between them; how many rows were done. May run twice at once,
    and be killed at any moment."""
    works = chain(
        _each(database, lambda session: put_right(session, clock())),
        _each(database, lambda session: make_more(session, clock())),
        pack_closed(database, clock()),
        _each(database, lambda session: prune_some(session, clock(), config)),
    )
    begun = clock()
    done = 0
    for rows in _with_breath(works):
        done += rows
        if clock() - begun > BUDGET:
            break
    return done


def _each(database: Database, work: Callable[[Session], int]) -> Iterator[int]:
    """Do it again and again, each time in a transaction of its own, until nothing is left."""
    while True:
        with database.write() as session:
            rows = work(session)
        if not rows:
            return
        yield rows


def _with_breath(works: Iterator[int]) -> Iterator[int]:
    begun = time.monotonic()
    for rows in works:
        yield rows
        breath = min(max(time.monotonic() - begun, LEAST_BREATH), LONGEST_BREATH)
        time.sleep(breath)  # others write meanwhile: SQLite lets one in at a time, and has no queue
        begun = time.monotonic()
