"""Unique names whose DNS answers take 100 ms: how much does one worker do?"""

import time
from threading import Thread
from typing import Any

from sqlalchemy import text

from bench.databases import Where, on_sqlite, prepare
from bench.endtoend import arrived
from bench.figures import Figure
from bench.measure import a_server
from bench.waiting import wait_for
from kener.checks import Engine, EngineConfig
from kener.core.instant import HOUR
from kener.store.clock import now
from kener.store.engine import Database
from kener.worker.checks import look_for_garbage_less
from kener.worker.shift import Post, Shift

ROUNDS = 5
AT_ONCE = 500
"""What `KENER_PROBES_IN_FLIGHT` is by default."""


def unique(*, quick: bool) -> list[Figure]:
    """A shift in this process, from the claim to the stored result; only the name server is not
    the machine's."""
    count = 50 if quick else 5_000
    with on_sqlite() as place, a_server("target") as port, a_server("dns_target") as names:
        prepare(place.config, _where(port), count, overdue=-HOUR)
        database = Database(place.config.database)
        engine = Engine(EngineConfig(clock=now, nameservers=(f"127.0.0.1:{names}",)))
        shift = Shift(database, engine, Post(1, AT_ONCE, now, lambda: True))
        look_for_garbage_less()
        shift.start()
        holder = Thread(target=shift.hold, args=(HOUR,))
        holder.start()
        rates = [_round(database, port, count) for _ in range(ROUNDS + 1)][1:]
        shift.close()
        holder.join()
        database.engine.dispose()
    measure = "unique names, DNS answers after 100 ms, one worker"
    return [Figure(measure, rates, "probes/s", 1000, 0, at_least=True)]


def _where(port: int) -> Where:
    def where(number: int) -> dict[str, Any]:
        url = f"http://host-{number}.example.test:{port}/m/{number}"
        return {"settings": {"url": url}, "interval": 86_400}

    return where


def _round(database: Database, port: int, count: int) -> float:
    """Make all due at once; how many a second arrive."""
    with database.write() as session:
        session.execute(text("UPDATE schedules SET due_at = :now"), {"now": now()})
    came: list[float] = []

    def have_all() -> bool:
        came.extend(at for _, at in arrived(port))
        return len(came) >= count

    wait_for(have_all, f"a probe of each of {count} monitors", 120)
    time.sleep(3)  # what was stored is then no part of the next round, nor are names remembered
    return count / (max(came) - min(came))
