"""Are many targets sick, or is it us? Which failures being offline would explain, and when there
are so many of them that it should be asked."""

from collections import OrderedDict
from enum import Enum
from typing import NamedTuple

from kener.core.outcome import Outcome, Reason
from kener.core.status import Status

WINDOW_S = 30.0
MONITORS = 5
HOSTS = 3

EXPLAINED = frozenset(
    {
        Reason.TIMEOUT,
        Reason.DNS_FAILED,
        Reason.REFUSED,
        Reason.UNREACHABLE,
        Reason.TLS_FAILED,
    }
)


def is_explained(outcome: Outcome) -> bool:
    """Whether a failure is one that we would see of any target while we are offline."""
    return outcome.status is Status.DOWN and outcome.reason in EXPLAINED


class Suspicion(Enum):
    """How the last outcomes look: `FEW` monitors were seen and half of them failed, or `MANY`."""

    NONE = 0
    FEW = 1
    MANY = 2


class _Seen(NamedTuple):
    at: float
    host: str
    failed: bool


class Window:
    """The newest outcome of each monitor within `WINDOW_S`, in the order of their times (seconds
    of one clock that never goes back)."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, _Seen] = OrderedDict()
        self._failed = 0

    def add(self, monitor_id: int, host: str, at: float, *, failed: bool) -> None:
        """Take in an outcome; not older than the last one."""
        before = self._seen.pop(monitor_id, None)
        if before is not None:
            self._failed -= before.failed
        self._seen[monitor_id] = _Seen(at, host, failed)
        self._failed += failed

    def suspicion(self, now: float) -> Suspicion:
        """`MANY` when at least half of the newest outcomes, however many are looked at, are
        failures of `MONITORS` and on `HOSTS` hosts at least.

        Not of all in the window: what answered before the cable was pulled says nothing of now.
        """
        self._forget(now - WINDOW_S)
        if len(self._seen) < MONITORS:
            few = self._failed and 2 * self._failed >= len(self._seen)
            return Suspicion.FEW if few else Suspicion.NONE
        return Suspicion.MANY if self._failed >= MONITORS and self._many() else Suspicion.NONE

    def _many(self) -> bool:
        failed, hosts = 0, set()
        for count, seen in enumerate(reversed(self._seen.values()), 1):
            if count > 2 * self._failed:
                return False
            if seen.failed:
                failed += 1
                hosts.add(seen.host)
                if failed >= MONITORS and 2 * failed >= count and len(hosts) >= HOSTS:
                    return True
        return False

    def _forget(self, before: float) -> None:
        while self._seen:
            monitor_id, seen = next(iter(self._seen.items()))
            if seen.at >= before:
                return
            del self._seen[monitor_id]
            self._failed -= seen.failed
