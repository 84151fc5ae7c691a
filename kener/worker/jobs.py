"""`worker.py jobs QUEUE…`: deliveries, publishing and all that is heavy, each job in a fork."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from redis.exceptions import RedisError
from rq import Worker

from kener import queue
from kener.config import Config
from kener.supervisor.lifeline import die_with_parent
from kener.worker._rq import Hasty, Stop, keep_working

GRACE = 3.0
"""Seconds for the job at hand when told to stop. All jobs may be cut off and run again."""


class JobsWorker(Hasty, Worker):
    """Forks for each job, so that none can hurt the next."""

    def main_work_horse(self, job: Any, queue: Any) -> None:
        """In the fork: it must not outlive a worker that was killed, whose job others take over."""
        die_with_parent(self.pid or 0)
        super().main_work_horse(job, queue)

    def cut_off(self) -> None:
        """End the job at hand, if there is one."""
        if self.horse_pid:
            self.kill_horse()


def run(config: Config, queues: Sequence[str]) -> None:
    """Work off the named queues, the first one first, until SIGTERM or SIGINT."""
    # By name, as RQ does it; and once, before the forks: each would import it all anew.
    jobs = import_module("kener.jobs")
    jobs.use(config)
    jobs.warm(queues)
    workers: list[JobsWorker] = []

    def see_off() -> None:
        if not stop.has_left(GRACE):
            for each in workers:
                each.cut_off()

    def worker() -> JobsWorker:
        workers[:] = [_worker(config, queues, stop)]
        return workers[0]

    stop = Stop(see_off)
    keep_working(worker, stop)


def _worker(config: Config, queues: Sequence[str], stop: Stop) -> JobsWorker:
    if not config.redis_url:
        raise RedisError("no Redis is configured")
    client = queue.client_for(config.redis_url, patience=2.0, tries=2)
    worker = JobsWorker(list(queues), connection=client, serializer=queue.SERIALIZER)
    worker.stop = stop
    return worker
