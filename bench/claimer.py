"""Says that it begins, then claims now and then, as a worker does, until its input ends; and prints
how many ms each took.

`python -m bench.claimer <data folder>`, with DATABASE_URL for PostgreSQL.
"""

import json
import sys
import time
from pathlib import Path
from threading import Thread

from kener.actions.claims import claim
from kener.config import load
from kener.store.clock import now
from kener.store.engine import Database

EVERY_S = 0.05
LIMIT = 500
AHEAD = 2_000


def main() -> None:
    """One list for all that was claimed."""
    database = Database(load(data_dir=Path(sys.argv[1])).database)
    ending = Thread(target=sys.stdin.read, daemon=True)
    ending.start()
    _claim_all(database)
    print("claiming", flush=True)
    took: list[float] = []
    while ending.is_alive() or not took:
        begun = time.perf_counter()
        with database.write() as session:
            claim(session, 1, now(), LIMIT, AHEAD)
        took.append((time.perf_counter() - begun) * 1000)
        time.sleep(EVERY_S)  # the pace of workers: claiming without a pause would be another load
    print(json.dumps(took))


def _claim_all(database: Database) -> None:
    """What has become due before, and the first statements, which take longer."""
    claims = True
    while claims:
        with database.write() as session:
            claims = bool(claim(session, 1, now(), LIMIT, AHEAD))


if __name__ == "__main__":
    main()
