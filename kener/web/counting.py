"""Counting requests by the minute, in one round trip: what is left and until when comes along."""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from flask import g, request
from limits import RateLimitItem, WindowStats
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis import ConnectionPool

from kener.web.lines import Line, command

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
    """A request that was counted: under what name, its number within the minute, of how many, and
    when the count begins anew, in seconds since 1970."""

    key: str
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

    def __init__(self, pool: ConnectionPool) -> None:
        super().__init__("redis://", connection_pool=pool)  # the address chooses the dialect
        self._line = Line(pool)

    def initialize_storage(self, uri: str) -> None:
        """Called by the library."""
        super().initialize_storage(uri)
        self._script: Any = self.get_connection().register_script(SCRIPT.encode())

    def take(
        self, key: str, seconds: int, cost: int, meanwhile: Callable[[], object]
    ) -> tuple[int, float, object]:
        """The count with this, when it ends, and what `meanwhile` gives."""
        name, given = self.prefixed_key(key), (cost, seconds * 1000)
        answer, found = self._line.ask(_command(self._script.sha, name, *given), meanwhile)
        # A server that was started anew does not know the script: the library tells it.
        number, left = answer or self._script([name], given)
        return int(number), time.time() + int(left) / 1000, found

    def close(self) -> None:
        """Hang up."""
        self._line.close()


class MemoryCounter(MemoryStorage):
    """The same within this process."""

    STORAGE_SCHEME = ["kener-memory"]  # noqa: RUF012 - what the library asks for

    def take(
        self, key: str, seconds: int, cost: int, meanwhile: Callable[[], object]
    ) -> tuple[int, float, object]:
        """The count with this, when it ends, and what `meanwhile` gives."""
        return self.incr(key, seconds, amount=cost), self.get_expiry(key), meanwhile()

    def close(self) -> None:
        """Nothing is open."""


class Minutes(FixedWindowRateLimiter):
    """A fixed window that is not asked a second time about the request it has just counted."""

    def __init__(self, storage: RedisCounter | MemoryCounter) -> None:
        super().__init__(storage)
        self._counter = storage

    def close(self) -> None:
        """Hang up, where there is a line."""
        self._counter.close()

    def take(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> Taken:
        """Count one."""
        taken, _ = self.take_while(_nothing, item, *identifiers, cost=cost)
        return taken

    def take_while(
        self,
        meanwhile: Callable[[], object],
        item: RateLimitItem,
        *identifiers: str,
        cost: int = 1,
    ) -> tuple[Taken, object]:
        """Count one, and do something else while one would wait; what that gives, too."""
        key = _key_of(item, identifiers)
        number, reset_at, found = self._counter.take(key, item.get_expiry(), cost, meanwhile)
        return Taken(key, number, item.amount, reset_at), found

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Count the request of this context, unless it was counted on its way here."""
        if "taken" not in g:
            before: Taken | None = request.environ.get(TAKEN)
            is_this = before is not None and before.key == _key_of(item, identifiers)
            g.taken = before if is_this else self.take(item, *identifiers, cost=cost)
        taken: Taken = g.taken
        return taken.is_within

    def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        """What is left, as it was when the request was counted."""
        taken: Taken | None = g.get("taken")
        if taken is None:
            return super().get_window_stats(item, *identifiers)
        return WindowStats(taken.reset_at, taken.remaining)


@lru_cache(1000)
def _key_of(item: RateLimitItem, identifiers: tuple[str, ...]) -> str:
    return item.key_for(*identifiers)


@lru_cache(1000)
def _command(sha: str, name: str, cost: int, milliseconds: int) -> bytes:
    numbers = b"%d" % cost, b"%d" % milliseconds
    return command(b"EVALSHA", sha.encode(), b"1", name.encode(), *numbers)


def _nothing() -> None:
    pass
