"""How late the loop runs. A probe that timed out while we slept proves nothing."""

import asyncio

EVERY_S = 0.1
LIMIT_S = 0.5


class LagMeter:
    """Ticks ten times a second and notes when a tick came much too late."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due = loop.time() + EVERY_S
        self._lagged_at = float("-inf")
        self._timer = loop.call_at(self._due, self._tick)

    def _tick(self) -> None:
        now = self._loop.time()
        if now - self._due > LIMIT_S:
            self._lagged_at = now
        self._due = now + EVERY_S
        self._timer = self._loop.call_at(self._due, self._tick)

    def lagged_since(self, started: float) -> bool:
        """Whether the loop stood still for more than 500 ms since then (loop time), or does so
        right now: the tick that would tell may be the next to run."""
        return self._lagged_at >= started or self._loop.time() - self._due > LIMIT_S

    def stop(self) -> None:
        """No more ticks."""
        self._timer.cancel()
