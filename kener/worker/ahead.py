"""Claims taken a little before they are due: one transaction takes more of them, and yet each probe
begins on time."""

import time
from collections.abc import Iterable

from kener.core.instant import Instant
from kener.store.claims import LATE, Claim


def dated(claims: Iterable[Claim], now: Instant) -> list[Claim]:
    """Claims that are to be probed now; a slot of long ago is dated anew, as it is when it is
    claimed too late."""
    return [each if now - each.slot_at <= LATE else each._replace(slot_at=now) for each in claims]


class Ahead:
    """Holds claims until they are due, by a clock that never jumps."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[float, Claim]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, claims: Iterable[Claim], now: Instant) -> None:
        """Take claims in. Two of a monitor become one, the earlier, as the monitor is now: it was
        changed meanwhile, or somebody wants to know at once."""
        clock = time.monotonic()
        for each in claims:
            at, claim = clock + (each.slot_at - now) / 1000, each
            held = self._held.get(each.monitor_id)
            if held is not None and held[0] < at:
                at, claim = held[0], each._replace(slot_at=held[1].slot_at)
            self._held[each.monitor_id] = (at, claim)

    def due(self, now: Instant) -> list[Claim]:
        """Let go of what is due, `dated` to now if that was long ago: the machine may sleep."""
        clock = time.monotonic()
        due = [each for at, each in self._held.values() if at <= clock]
        for each in due:
            del self._held[each.monitor_id]
        return dated(due, now)

    def all(self) -> list[Claim]:
        """Let go of everything."""
        held = [each for _, each in self._held.values()]
        self._held.clear()
        return held
