"""Work for later. Jobs are named, not imported, and carry ids, not rows.

RQ runs them. It only hurries things: what is to be done stands in the database, and the sweep
finds what Redis never heard of. So a Redis that is away costs a request half a second once, and
after that nothing.
"""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

log = logging.getLogger(__name__)

PATIENCE = 0.2
"""Seconds for a connection, and again for an answer: a commit waits at most twice as long."""
REST = 5.0
"""Seconds for which a Redis that did not answer is not asked again by `enqueue`."""
KEEP_FAILED = 3600
SERIALIZER = "json"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a job runs: `timeout` and `ttl` in seconds. What expires is found by the sweep."""

    queue: str
    timeout: int
    ttl: int = 60


JOBS = {
    "kener.jobs.dispatch": Kind("deliveries", timeout=60),
    "kener.jobs.deliver": Kind("deliveries", timeout=120),
    "kener.jobs.publish": Kind("publish", timeout=300),
    "kener.jobs.send": Kind("targets", timeout=1800),
    "kener.jobs.try_target": Kind("targets", timeout=300),
    "kener.jobs.dry_run_target": Kind("targets", timeout=300),
    "kener.jobs.windows": Kind("publish", timeout=60),
    "kener.jobs.upkeep": Kind("upkeep", timeout=900),
    # In this queue as it is never behind deliveries; and without publishing we are not well.
    "kener.jobs.report_alive": Kind("publish", timeout=60, ttl=50),
}
SHIFT = "kener.worker.checks.shift"
QUEUES = tuple(dict.fromkeys(kind.queue for kind in JOBS.values()))
Wish = tuple[str, tuple[int, ...]]


def checks_queue(location: str) -> str:
    """The queue of a location's shifts."""
    return f"checks-{location}"


class _Redis:
    """The connection of one process, and whether it is worth asking at the moment."""

    def __init__(self) -> None:
        self.client: Redis | None = None
        self.away = False
        self.asked_again_at = 0.0

    def failed(self, error: Exception) -> None:
        if not self.away:
            log.warning("Redis does not answer (%s); the sweep will start what waits", error)
        self.away, self.asked_again_at = True, time.monotonic() + REST

    def answered(self) -> None:
        if self.away:
            log.info("Redis answers again")
        self.away = False


_redis = _Redis()


def client_for(redis_url: str, patience: float = PATIENCE, tries: int = 1) -> Redis:
    """A client that gives up after `patience` seconds without an answer, `tries` times over."""
    return Redis.from_url(
        redis_url,
        socket_connect_timeout=patience,
        socket_timeout=patience,
        retry=Retry(NoBackoff(), tries - 1),
    )


def connect(redis_url: str, patience: float = PATIENCE) -> None:
    """Say where Redis is; nothing is sent yet. An empty URL leaves all jobs to the sweep."""
    if _redis.client is not None:
        _redis.client.close()
    _redis.client = client_for(redis_url, patience) if redis_url else None
    _redis.away, _redis.asked_again_at = False, 0.0


def answers() -> bool:
    """Whether Redis answers now, asked within `PATIENCE` seconds twice over. Never raises."""
    if _redis.client is None:
        return False
    try:
        return bool(_redis.client.ping())
    except (RedisError, OSError):
        return False


def later(session: Session, job: str, *ids: int) -> None:
    """Run a job of `JOBS` once what this session is about to write can be read.

    The same wish twice in a transaction is one. A rollback forgets; an unknown job is a KeyError.
    """
    if job not in JOBS:
        raise KeyError(job)
    session.info.setdefault("later", {})[job, ids] = None


def enqueue(*wishes: Wish) -> bool:
    """Hand jobs, each a name and its ids, to RQ in one round trip. Never raises and never takes
    longer than two `PATIENCE`s; False when Redis does not answer or rests after a failure."""
    if _redis.client is None or time.monotonic() < _redis.asked_again_at:
        return False
    try:
        _send(_redis.client, wishes)
    except (RedisError, OSError) as error:
        _redis.failed(error)
        return False
    _redis.answered()
    return True


def waiting(job: str) -> int:
    """How many jobs stand before a new one of this kind. Raises RedisError."""
    return len(_queue(JOBS[job].queue))


def is_first(name: str, seconds: int) -> bool:
    """Whether nobody has asked for this name before; it is remembered for so many seconds. Of all
    who ask at once, one is the first. Raises RedisError."""
    if _redis.client is None:
        raise RedisError("no Redis is configured")
    return bool(_redis.client.set(f"kener:first:{name}", 1, nx=True, ex=seconds))


def offer_shift(location: str, seconds: float) -> bool:
    """Keep one shift of so many seconds waiting in a location's queue; True when one was added.

    A waiting shift dies after 30 s, so that none is started long after it was wanted; what is left
    of dead ones is swept out first, else the queue would look full and be empty. Raises RedisError.
    """
    queue = _queue(checks_queue(location))
    ids = queue.get_job_ids()
    alive = [each for each in ids if Job.exists(each, connection=queue.connection)]
    for each in set(ids) - set(alive):
        queue.remove(each)
    if alive:
        return False
    # No timeout: the job only holds the lease, and holds on past it while Redis is away.
    queue.enqueue(SHIFT, seconds, job_timeout=-1, ttl=30, result_ttl=0, failure_ttl=KEEP_FAILED)
    return True


def _send(client: Redis, wishes: Iterable[Wish]) -> None:
    with client.pipeline() as pipeline:
        for job, ids in wishes:
            kind = JOBS[job]
            Queue(kind.queue, connection=client, serializer=SERIALIZER).enqueue(
                job,
                *ids,
                job_timeout=kind.timeout,
                ttl=kind.ttl,
                result_ttl=0,
                failure_ttl=KEEP_FAILED,
                pipeline=pipeline,
            )
        pipeline.execute()


def _queue(name: str) -> Queue:
    if _redis.client is None:
        raise RedisError("no Redis is configured")
    return Queue(name, connection=_redis.client, serializer=SERIALIZER)


@event.listens_for(Session, "after_commit")
def _enqueue(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint: nobody else can read it yet
    wishes = session.info.pop("later", None)
    if wishes:
        enqueue(*wishes)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("later", None)
