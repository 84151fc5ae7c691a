"""How much of the watched time something was up, without flattery."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kener.core.status import Status
from kener.core.timeline import Stretch

COUNTS_AS_UP = frozenset({Status.UP, Status.DEGRADED, Status.PARTIAL})


@dataclass(frozen=True, slots=True)
class Uptime:
    """Both in ms. Maintenance and unknown are in neither."""

    up_ms: int
    down_ms: int

    def __add__(self, other: "Uptime") -> "Uptime":
        return Uptime(self.up_ms + other.up_ms, self.down_ms + other.down_ms)

    @property
    def ratio(self) -> Fraction | None:
        """Exactly, 0 to 1; None when nothing was known."""
        total = self.up_ms + self.down_ms
        return Fraction(self.up_ms, total) if total else None

    def text(self, decimals: int = 2) -> str | None:
        """In percent, cut and never rounded up: "99.99", and "100" only without one ms of down.

        None when nothing was known.
        """
        if self.down_ms == 0:
            return "100" if self.up_ms else None
        scale: int = 10**decimals
        whole, part = divmod(self.up_ms * 100 * scale // (self.up_ms + self.down_ms), scale)
        return f"{whole}.{part:0{decimals}}" if decimals else str(whole)


def uptime(stretches: Iterable[Stretch]) -> Uptime:
    """Of displayed time: up, degraded and partial on one side, down on the other."""
    up = down = 0
    for each in stretches:
        if each.status in COUNTS_AS_UP:
            up += each.length
        elif each.status is Status.DOWN:
            down += each.length
    return Uptime(up, down)


def uptime_between(stretches: Iterable[Stretch], from_at: int, to_at: int) -> Uptime:
    """The same of what of them lies in [from, to): of thousands of services, so without cutting."""
    up = down = 0
    for each in stretches:
        length = min(each.to_at, to_at) - max(each.from_at, from_at)
        if length > 0:
            if each.status in COUNTS_AS_UP:
                up += length
            elif each.status is Status.DOWN:
                down += length
    return Uptime(up, down)


def lengths(stretches: Iterable[Stretch]) -> Mapping[Status, int]:
    """How many ms there were of each status; every status has its number, perhaps 0."""
    found = dict.fromkeys(Status, 0)
    for each in stretches:
        found[each.status] += each.length
    return found


def outages(stretches: Iterable[Stretch]) -> int:
    """How many stretches of down there were, in their order; those that touch are one."""
    found, until = 0, None
    for each in stretches:
        if each.status is Status.DOWN:
            found += each.from_at != until
            until = each.to_at
    return found
