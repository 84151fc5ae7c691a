"""How late the loop runs. A probe that timed out while we stood still, or slept, proves nothing."""

import asyncio
import time

EVERY_S = 0.1
LIMIT_S = 0.5
COUNTS_SLEEP = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_REALTIME)


def clock_in_sleep() -> float:
    """Seconds of a clock that goes on while the machine is suspended; a loop's own may not."""
    return time.clock_gettime(COUNTS_SLEEP)


class LagMeter:
    """Ticks ten times a second and notes when a tick came much too late."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due = loop.time() + EVERY_S
        self._asleep = clock_in_sleep() - loop.time()
        self._lagged_at = self._slept_at = float("-inf")
        self._timer = loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        now = self._loop.time()
        if now - self._due > LIMIT_S:
            self._lagged_at = now
        self._note_sleep(now)
        self._due = now + EVERY_S
        self._timer = self._loop.call_at(self._due, self._tick)

    def lagged_since(self, started: float) -> bool:
        """Whether the loop stood still for more than 500 ms since then (loop time), or does so
        right now: the tick that would tell may be the next to run."""
        return self._lagged_at >= started or self._loop.time() - self._due > LIMIT_S

    def slept_since(self, started: float) -> bool:
        """Whether the machine was suspended since then (loop time), or its clock jumped."""
        self._note_sleep(self._loop.time())
        return self._slept_at >= started

    def _note_sleep(self, now: float) -> None:
        asleep = clock_in_sleep() - now
        if asleep - self._asleep > LIMIT_S:
            self._slept_at = now
        self._asleep = asleep

    def stop(self) -> None:
        """No more ticks."""
        self._timer.cancel()
