"""Threads for libraries that block: a bounded number, and one that hangs is written off."""

import asyncio
from collections.abc import Callable
from threading import Lock, Thread
from typing import Any, TypeVar

from kener.checks._failures import Exhausted

T = TypeVar("T")


class Blocking:
    """At most `width` at work; at most `lost` more that were given up and have not ended yet."""

    def __init__(self, width: int = 16, lost: int = 64) -> None:
        self._free = asyncio.Semaphore(width)
        self._lock = Lock()
        self._lost = 0
        self._most_lost = lost

    @property
    def lost(self) -> int:
        """Threads that were written off and still run."""
        return self._lost

    async def run(self, work: Callable[[], T], begun: Callable[[], None] = lambda: None) -> T:
        """The result of `work()`, or what it raised; cancelling writes its thread off. `begun` is
        called when there is a thread for it.

        Raises Exhausted when too many threads hang already.
        """
        async with self._free:
            if self._lost >= self._most_lost:
                raise Exhausted("too many probes hang in threads of this machine")
            begun()
            job = _Job(self, work)
            try:
                result: T = await job.start()
                return result
            finally:
                job.leave()

    @property
    def is_worn(self) -> bool:
        """Whether so many threads hang that this process had better be replaced: a quarter of
        what it may lose is left for the probes that are still to end."""
        return 4 * self._lost >= 3 * self._most_lost

    def _count(self, change: int) -> None:
        with self._lock:
            self._lost += change


class _Job:
    """One piece of work in one thread of its own."""

    def __init__(self, pool: Blocking, work: Callable[[], Any]) -> None:
        self._pool = pool
        self._work = work
        self._loop = asyncio.get_running_loop()
        self._result: asyncio.Future[Any] = self._loop.create_future()
        self._lock = Lock()
        self._ended = self._left = False

    def start(self) -> asyncio.Future[Any]:
        """A future of the result. The thread never keeps the program from ending."""
        try:
            Thread(target=self._run, name="kener-blocking", daemon=True).start()
        except RuntimeError as error:
            self._ended = True
            raise Exhausted("this machine is out of threads") from error
        return self._result

    def leave(self) -> None:
        """Nobody waits any more: a thread still at work is lost until it ends."""
        with self._lock:
            self._left = True
            if not self._ended:
                self._pool._count(1)  # noqa: SLF001 - the two classes are one piece

    def _run(self) -> None:
        try:
            done, value = self._result.set_result, self._work()
        except BaseException as error:  # noqa: BLE001 - handed to the one who waits
            done, value = self._result.set_exception, error
        with self._lock:
            self._ended = True
            if self._left:
                self._pool._count(-1)  # noqa: SLF001
                return
            self._loop.call_soon_threadsafe(self._hand_over, done, value)

    def _hand_over(self, done: Callable[[Any], None], value: Any) -> None:
        if not self._result.done():
            done(value)
