"""A lane for each server: so many run in it at once, and the others wait in its queue."""

from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lanes(Generic[T]):
    """At most `width` at once in the lane of a key, and at most `most` waiting for each. Not
    thread-safe, but for `waiting`."""

    def __init__(self, width: int, most: int) -> None:
        self._width = width
        self._most = most
        self._running: dict[Hashable, int] = {}
        self._queues: dict[Hashable, deque[T]] = {}
        self.waiting = 0

    def enter(self, key: Hashable) -> bool:
        """Take a place if there is one; it is given back by `leave`."""
        running = self._running.get(key, 0)
        if running >= self._width:
            return False
        self._running[key] = running + 1
        return True

    def wait(self, key: Hashable, item: T) -> bool:
        """Stand in the queue of a full lane; False when that is full as well."""
        queue = self._queues.setdefault(key, deque())
        if len(queue) >= self._most:
            return False
        queue.append(item)
        self.waiting += 1
        return True

    def leave(self, key: Hashable) -> T | None:
        """Give a place back; to whom, if somebody waited: he has it then."""
        queue = self._queues.get(key)
        if queue:
            self.waiting -= 1
            item = queue.popleft()
            if not queue:
                del self._queues[key]
            return item
        running = self._running[key] - 1
        if running:
            self._running[key] = running
        else:
            del self._running[key]
        return None

    def clear(self) -> list[T]:
        """Send away all who wait."""
        left = [item for queue in self._queues.values() for item in queue]
        self._queues.clear()
        self.waiting = 0
        return left
