"""The engine: one thread with one asyncio loop that keeps many probes in flight, and the one
place where a probe may fail."""

import asyncio
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Event, Lock, Thread
from typing import Any

from kener.checks._base import Check, Context
from kener.checks._failures import bugs, outcome_of, server_of
from kener.checks._hiding import without
from kener.checks._lag import LagMeter
from kener.checks._lanes import Lanes
from kener.checks._limits import raise_open_files
from kener.checks._services import EngineConfig, Services
from kener.core.offline import is_explained
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status

log = logging.getLogger(__name__)

BUSY = Outcome(
    Status.UNKNOWN, Reason.INTERNAL_ERROR, "this machine was too busy to tell whether it answers"
)
BROKEN = Outcome(Status.UNKNOWN, Reason.INTERNAL_ERROR, "the engine itself failed; see the log")


MOST_WAITING = 1_000
"""Probes that may wait for one server; a worker's memory is not for what will never be done."""
LONGEST_WAIT_S = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class ProbeJob:
    """One probe to do: `timeout_s` in seconds, the limit in ms; `extra` holds what the check's
    `needs` name; `tag` is the caller's own."""

    check: Check
    timeout_s: float
    extra: Mapping[str, Any] = field(default_factory=dict)
    degraded_over_ms: float | None = None
    tag: Any = None


Done = Callable[[ProbeJob, Outcome], None]
Key = tuple[str, int] | None
Waiting = tuple[ProbeJob, Done, float]


class Engine:
    """`start`, `submit`, `in_flight`, `waiting` and `stop` are for any thread; the rest is the
    loop's. Of the probes of one server (host and port) so many run at once; the others wait, and
    neither their deadline nor their latency has begun."""

    def __init__(self, config: EngineConfig) -> None:
        self.config = config
        self._pid = os.getpid()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._inbox: deque[tuple[ProbeJob, Done]] = deque()
        self._woken = False
        self._lock = Lock()
        self._submitted = self._finished = 0
        self._tasks: dict[asyncio.Task[None], ProbeJob] = {}
        self._lanes: Lanes[Waiting] = Lanes(config.probes_per_host, MOST_WAITING)
        self._services: Services
        self._lag: LagMeter

    def start(self) -> None:
        """Begin to take jobs; returns when the loop runs, RuntimeError if it does not. To be called
        after any fork."""
        if self._thread is not None:
            raise RuntimeError("this engine was started before")
        raise_open_files()
        self._pid = os.getpid()
        ready = Event()
        self._thread = Thread(target=self._main, args=(ready,), name="kener-engine", daemon=True)
        self._thread.start()
        ready.wait()
        if self._loop is None:
            raise RuntimeError("the engine could not start; see the log")

    def submit(self, job: ProbeJob, done: Done) -> None:
        """Probe soon, and call `done(job, outcome)` in the engine's thread: it must be quick.

        Jobs still in flight when the engine stops are returned by `stop` instead.
        """
        loop = self._loop
        if loop is None or self._pid != os.getpid():
            raise RuntimeError("this process has not started the engine")
        with self._lock:
            self._submitted += 1
        self._inbox.append((job, done))
        if not self._woken:
            self._woken = True
            loop.call_soon_threadsafe(self._take)

    @property
    def in_flight(self) -> int:
        """How many jobs were submitted, are not done, and do not wait for their server's others."""
        return self._submitted - self._finished - self._lanes.waiting

    @property
    def waiting(self) -> int:
        """How many wait until others of the same server are done, or for the loop to look at
        them: a busy one may find that all of them have to wait."""
        return self._lanes.waiting + len(self._inbox)

    @property
    def is_worn(self) -> bool:
        """Whether so many threads hang that a new process should take over."""
        return self._loop is not None and self._services.blocking.is_worn

    def any_answers(
        self, servers: Iterable[tuple[str, int]], seconds: float
    ) -> Future[bool | None]:
        """Whether one of these hosts and ports takes a connection within so many seconds; None
        when not one could be called. For any thread; cancelled when the engine stops."""
        if self._loop is None:
            raise RuntimeError("this process has not started the engine")
        asking = self._services.canaries.any_answers(servers, seconds)
        return asyncio.run_coroutine_threadsafe(asking, self._loop)

    def stop(self, grace: float = 2.0) -> list[ProbeJob]:
        """Give what is in flight `grace` seconds, end the thread, and return the jobs that were
        not probed. A second call returns none."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            return []
        left = asyncio.run_coroutine_threadsafe(self._drain(grace), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        self._loop = None
        return left

    async def run(self, job: ProbeJob) -> Outcome:
        """Probe once, under the deadline. Never raises but when it is cancelled itself: a future
        of some library that was cancelled is a failure like any other.

        A probe that timed out while the loop itself stood still is repeated, not believed; so is
        one that failed to reach its target while the machine was suspended.
        """
        try:
            for _ in range(2):
                started = self._services.loop.time()
                outcome = await self._attempt(job, started)
                if not is_explained(outcome) or not self._is_doubtful(outcome, started):
                    return outcome
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            kind = job.check.kind
            bugs.tell(kind, error, f"a {kind} check was cancelled from within")
            return BROKEN
        except Exception as error:  # noqa: BLE001 - nothing may end the engine
            bugs.tell(job.check.kind, error, f"the engine failed at a {job.check.kind} check")
            return BROKEN
        return BUSY

    def _is_doubtful(self, outcome: Outcome, started: float) -> bool:
        lagged = outcome.reason is Reason.TIMEOUT and self._lag.lagged_since(started)
        return lagged or self._lag.slept_since(started)

    async def _attempt(self, job: ProbeJob, started: float) -> Outcome:
        loop, check = self._services.loop, job.check
        now = self.config.clock()
        context = Context(self._services, now, started + job.timeout_s, job.extra)
        try:
            async with asyncio.timeout_at(context.deadline):
                seen = await check.probe(context)
        except TimeoutError as error:
            outcome = _as_far_as(_timed_out(error, job, context), context)
        except Exception as error:  # noqa: BLE001 - the one place where a probe may fail
            outcome = _as_far_as(outcome_of(error, check.kind), context)
        else:
            outcome = seen if isinstance(seen, Outcome) else Outcome(Status.UP, facts=seen)
        if check.hidden:
            outcome = without(outcome, check.hidden)
        if outcome.latency_ms is None and check.has_latency:
            outcome = replace(outcome, latency_ms=round((loop.time() - started) * 1000, 3))
        return _slow(outcome, job.degraded_over_ms)

    def _main(self, ready: Event) -> None:
        try:
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            self._services = Services(self.config, loop)
            self._lag = LagMeter(loop)
        except Exception:
            log.exception("the engine could not start")
            ready.set()
            return
        self._loop = loop
        loop.call_soon(ready.set)
        try:
            loop.run_forever()
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    def _take(self) -> None:
        self._woken = False
        while self._inbox:
            job, done = self._inbox.popleft()
            key = server_of(job.check)
            if key is None or self._lanes.enter(key):
                self._begin(job, done, key)
            elif not self._lanes.wait(key, (job, done, self._services.loop.time())):
                self._finish(job, done, _crowded(key, self.config.probes_per_host))

    def _begin(self, job: ProbeJob, done: Done, key: Key) -> None:
        task = self._services.loop.create_task(self._serve(job, done, key))
        self._tasks[task] = job

    async def _serve(self, job: ProbeJob, done: Done, key: Key) -> None:
        try:
            self._finish(job, done, await self.run(job))
        finally:
            self._forget(asyncio.current_task())
            if key is not None:
                self._next(key)

    def _next(self, key: tuple[str, int]) -> None:
        """Let the next one of a server begin; who waited for too long hears so instead."""
        while following := self._lanes.leave(key):
            job, done, since = following
            if self._services.loop.time() - since <= LONGEST_WAIT_S:
                self._begin(job, done, key)
                return
            self._finish(job, done, _crowded(key, self.config.probes_per_host))

    def _finish(self, job: ProbeJob, done: Done, outcome: Outcome) -> None:
        try:
            done(job, outcome)
        except Exception as error:  # noqa: BLE001 - the caller's bug is not the next probe's
            kind = job.check.kind
            bugs.tell(kind, error, f"an outcome of the {kind} check was not taken")
        finally:
            with self._lock:
                self._finished += 1

    def _forget(self, task: asyncio.Task[None] | None) -> None:
        if task is not None:
            self._tasks.pop(task, None)

    async def _drain(self, grace: float) -> list[ProbeJob]:
        waiting = [job for job, _, _ in self._lanes.clear()]
        if self._tasks and grace > 0:
            await asyncio.wait(list(self._tasks), timeout=grace)
        left = {task: job for task, job in self._tasks.items() if not task.done()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self._lag.stop()
        await self._services.close()
        return [*left.values(), *waiting, *(job for job, _ in self._inbox)]


def _crowded(key: tuple[str, int], width: int) -> Outcome:
    where = f"{key[0]} port {key[1]}" if key[1] else key[0]
    detail = f"too many checks wait for {where}, of which {width} run at once"
    return Outcome(Status.UNKNOWN, Reason.INTERNAL_ERROR, f"{detail} (KENER_PROBES_PER_HOST)")


def _timed_out(error: TimeoutError, job: ProbeJob, context: Context) -> Outcome:
    """Whose time was up: the probe's whole deadline, or a socket's own patience? Of a target that
    was never asked, as no thread was free, nothing is known."""
    if context.remaining() > 0.01:
        return outcome_of(error, job.check.kind)
    if context.in_queue:
        detail = f"no thread of this machine was free for it within {job.timeout_s:g} s"
        return Outcome(Status.UNKNOWN, Reason.INTERNAL_ERROR, detail)
    while_doing = f" while {context.doing}" if context.doing else ""
    detail = f"no answer within {job.timeout_s:g} s{while_doing}"
    return Outcome(Status.DOWN, Reason.TIMEOUT, detail)


def _as_far_as(outcome: Outcome, context: Context) -> Outcome:
    """How far a probe came that failed, where it does not say so itself."""
    facts = {**context.facts, **outcome.facts}
    return replace(outcome, facts=facts, phases=outcome.phases or context.phases)


def _slow(outcome: Outcome, limit_ms: float | None) -> Outcome:
    """An answer that came too late for its owner's taste is degraded."""
    latency = outcome.latency_ms
    if outcome.status is not Status.UP or limit_ms is None or latency is None:
        return outcome
    if latency <= limit_ms:
        return outcome
    detail = f"took {latency:.0f} ms; more than {limit_ms:g} ms is too slow"
    return replace(outcome, status=Status.DEGRADED, reason=Reason.SLOW, detail=detail)
