"""`worker.py ticker`: keeps a shift waiting everywhere, and re-finds what was lost. Any number of
tickers may run: what they start may be started twice."""

import logging
import time
from collections.abc import Callable, Sequence

from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from kener import queue
from kener.config import Config
from kener.core.instant import SECOND, Instant
from kener.store.clock import now
from kener.store.engine import Database
from kener.store.sweep import location_names, waiting_jobs
from kener.worker._rq import Stop

log = logging.getLogger(__name__)

TICK = 1.0
SWEEP = 10.0
UPKEEP = 60.0
LEASE = 60.0
ENOUGH = 20
"""So many jobs in a queue are as good as more of them: nobody is working them off."""


class Ticker:
    """Keeps time; `tick` does what is due at `at`, in seconds of a clock that never jumps."""

    def __init__(
        self,
        database: Database,
        publish_every: int,
        clock: Callable[[], Instant],
        lease: float,
        each_minute: Sequence[str] = ("kener.jobs.upkeep",),
    ) -> None:
        self._database = database
        self._publish_every = publish_every * SECOND
        self._clock = clock
        self._lease = lease
        self._each_minute = each_minute
        self._locations: list[str] = []
        self._sweep_at = self._upkeep_at = 0.0
        self._troubles: set[str] = set()

    def tick(self, at: float) -> None:
        """Offer shifts; sweep and call for upkeep when it is time. Never raises for a Redis or a
        database that is away: each is told of once."""
        if at >= self._sweep_at:
            self._sweep_at = at + SWEEP
            self._guarded("database", self._sweep)
        if at >= self._upkeep_at:
            self._upkeep_at = at + UPKEEP
            for job in self._each_minute:
                self._guarded("Redis", lambda job=job: self._start(job))  # type: ignore[misc]
        self._guarded("Redis", self._offer_shifts)

    def _offer_shifts(self) -> None:
        for name in self._locations:
            queue.offer_shift(name, self._lease)

    def _sweep(self) -> None:
        with self._database.read() as session:
            self._locations = location_names(session)
            jobs = waiting_jobs(session, self._clock(), self._publish_every)
        for job in jobs:
            self._guarded("Redis", lambda job=job: self._start(job))  # type: ignore[misc]

    def _start(self, job: str) -> None:
        if queue.waiting(job) < ENOUGH:
            queue.enqueue((job, ()))

    def _guarded(self, what: str, work: Callable[[], None]) -> None:
        try:
            work()
        except (RedisError, OSError, DBAPIError) as error:
            if what not in self._troubles:
                log.warning("the ticker goes on without the %s: %s", what, _short(error))
            self._troubles.add(what)
        else:
            if what in self._troubles:
                log.info("the %s answers the ticker again", what)
            self._troubles.discard(what)


def run(config: Config, lease: float = LEASE) -> None:
    """Tick until SIGTERM or SIGINT. `lease` is how many seconds a shift lasts."""
    stop = Stop()
    stop.install()
    queue.connect(config.redis_url, patience=1.0)
    each_minute = ["kener.jobs.upkeep"]
    if config.deadman_url:
        each_minute.append("kener.jobs.report_alive")
    ticker = Ticker(Database(config.database), config.publish_every, now, lease, each_minute)
    while not stop.is_set():
        begun = time.monotonic()
        ticker.tick(begun)
        stop.wait(max(0.0, begun + TICK - time.monotonic()))
    stop.leave()


def _short(error: Exception) -> str:
    return str(error.orig if isinstance(error, DBAPIError) else error)
