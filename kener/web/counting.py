"""Counting requests by the minute, in one round trip: what is left and until when comes along."""

import time
from typing import Any, NamedTuple

from flask import g, request
from limits import RateLimitItem, WindowStats
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

TAKEN = "kener.taken"
"""Where in a request's environment stands that it was counted."""
SCRIPT = """
local count = redis.call("incrby", KEYS[1], ARGV[1])
local left = redis.call("pttl", KEYS[1])
if left < 0 then
  left = tonumber(ARGV[2])
  redis.call("pexpire", KEYS[1], left)
end
return {count, left}
"""


class Taken(NamedTuple):
    """A request that was counted: its number within the minute, of how many, and when the count
    begins anew, in seconds since 1970."""

    number: int
    amount: int
    reset_at: float

    @property
    def is_within(self) -> bool:
        """Whether it may pass."""
        return self.number <= self.amount

    @property
    def remaining(self) -> int:
        """How many more may come."""
        return max(0, self.amount - self.number)


class RedisCounter(RedisStorage):
    """Counts and looks at the clock at once."""

    # One of its own, as the library keeps a table of all storages by their schemes.
    STORAGE_SCHEME = ["kener-redis"]  # noqa: RUF012 - what the library asks for

    def initialize_storage(self, uri: str) -> None:
        """Called by the library."""
        super().initialize_storage(uri)
        self._script: Any = self.get_connection().register_script(SCRIPT.encode())

    def take(self, key: str, seconds: int, cost: int) -> tuple[int, float]:
        """The count with this, and when it ends."""
        count, left = self._script([self.prefixed_key(key)], [cost, seconds * 1000])
        return int(count), time.time() + int(left) / 1000


class MemoryCounter(MemoryStorage):
    """The same within this process."""

    STORAGE_SCHEME = ["kener-memory"]  # noqa: RUF012 - what the library asks for

    def take(self, key: str, seconds: int, cost: int) -> tuple[int, float]:
        """The count with this, and when it ends."""
        return self.incr(key, seconds, amount=cost), self.get_expiry(key)


class Minutes(FixedWindowRateLimiter):
    """A fixed window that is not asked a second time about the request it has just counted."""

    def __init__(self, storage: RedisCounter | MemoryCounter) -> None:
        super().__init__(storage)
        self._counter = storage

    def take(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> Taken:
        """Count one."""
        key = item.key_for(*identifiers)
        count, reset_at = self._counter.take(key, item.get_expiry(), cost)
        return Taken(count, item.amount, reset_at)

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Count the request of this context, unless it was counted on its way here."""
        if "taken" not in g:
            already = request.environ.pop(TAKEN, None)
            g.taken = already or self.take(item, *identifiers, cost=cost)
        taken: Taken = g.taken
        return taken.is_within

    def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        """What is left, as it was when the request was counted."""
        taken: Taken | None = g.get("taken")
        if taken is None:
            return super().get_window_stats(item, *identifiers)
        return WindowStats(taken.reset_at, taken.remaining)
