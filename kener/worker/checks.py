"""`worker.py checks`: the shifts of one location, in one process that never forks."""

import gc
import logging
import os
import signal
from collections.abc import Callable
from typing import Any

from redis.exceptions import RedisError
from rq import SimpleWorker
from sqlalchemy.exc import DBAPIError

from kener import queue
from kener.checks import Engine, engine_config
from kener.config import Config
from kener.core.errors import Invalid
from kener.store import secrets
from kener.store.clock import now
from kener.store.engine import Database
from kener.store.sweep import location_number
from kener.worker._rq import Hasty, Stop, keep_working
from kener.worker.offline import canaries_of
from kener.worker.shift import Post, Shift

log = logging.getLogger(__name__)

GARBAGE = 20_000, 20, 50
"""When to look for garbage in cycles: at 700 new objects, as is usual, going through thousands of
parsed checks again and again takes a sixth of all CPU."""

_shift: Shift | None = None


def shift(seconds: float) -> None:
    """The job that the ticker keeps waiting: hold the lease for so long."""
    if _shift is None:
        raise RuntimeError("only a checks worker can take a shift")
    _shift.hold(seconds)


class ChecksWorker(Hasty, SimpleWorker):
    """Runs jobs in its own process, as probes in flight have to outlive them."""


WORN = 75
"""The exit code of a worker that wants to be started anew (EX_TEMPFAIL of sysexits.h)."""


def look_for_garbage_less() -> None:
    """For a process that keeps very much and makes few cycles. What is there already stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


def run(config: Config, replace_me: Callable[[], None] = lambda: None) -> int:
    """Work for the configured location until SIGTERM or SIGINT. Without Redis it checks all the
    same; it logs that, and takes jobs as soon as Redis answers. Invalid if there is no such place.

    When too many probes hang, `replace_me` is called, then what is in flight ends and is stored;
    the exit code is `WORN` then, and else 0.
    """
    global _shift  # noqa: PLW0603 - RQ calls a function by name, and there is one shift a process
    key = secrets.secret_key_of(config)
    secrets.configure(key, [each.get_secret_value() for each in config.previous_secret_keys])
    queue.connect(config.redis_url)
    database = Database(config.database)
    waiting = Stop()
    waiting.install()
    location_id = _location_id(database, config.location, waiting)
    if location_id is None:
        waiting.leave()
        return 0

    def make_room() -> None:
        stop.code = WORN
        replace_me()

    canaries = canaries_of(config.canaries)
    post = Post(
        location_id, config.probes_in_flight, now, queue.answers, canaries, make_room, _end_myself
    )
    _shift = Shift(database, Engine(engine_config(config, now)), post)
    stop = Stop(_shift.close)
    stop.install()
    _shift.start()
    look_for_garbage_less()
    if waiting.is_set():
        stop.set()
    keep_working(lambda: _worker(config, stop), stop)
    return stop.code


def _end_myself() -> None:
    """As if we were told to: RQ listens to signals, and to nothing else while it waits."""
    os.kill(os.getpid(), signal.SIGTERM)


def _worker(config: Config, stop: Stop) -> Any:
    if not config.redis_url:
        raise RedisError("no Redis is configured")
    client = queue.client_for(config.redis_url, patience=2.0, tries=2)
    name = queue.checks_queue(config.location)
    worker = ChecksWorker([name], connection=client, serializer=queue.SERIALIZER)
    worker.stop = stop
    return worker


def _location_id(database: Database, name: str, stop: Stop) -> int | None:
    """The number of a location; waits for a database that is away. None when told to stop."""
    told = False
    while not stop.is_set():
        try:
            with database.read() as session:
                found = location_number(session, name)
        except DBAPIError as error:
            if not told:
                log.warning("the database does not answer (%s); waiting", error.orig)
            told = True
            stop.wait(1.0)
            continue
        if found is None:
            raise Invalid({"KENER_LOCATION": f"there is no location {name!r}; one is 'default'"})
        return found
    return None
