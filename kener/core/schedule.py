"""When is a monitor due? A rhythm that neither drifts nor piles up."""

from hashlib import sha256

from kener.core.instant import SECOND, Instant


def phase(public_id: str, interval_ms: int) -> int:
    """Where in its interval a monitor fires, 0 ≤ phase < interval, in ms.

    Hashed from the id: the same in all locations and after each restart, and spread evenly, so
    that never all fire at once.
    """
    return int.from_bytes(sha256(public_id.encode()).digest()[:8]) % interval_ms


def first_slot(public_id: str, interval_ms: int, now: Instant) -> Instant:
    """The first slot of a monitor's rhythm after `now`."""
    return next_slot(phase(public_id, interval_ms), interval_ms, now)


def next_slot(previous: Instant, interval_ms: int, now: Instant) -> Instant:
    """The first slot of the rhythm of `previous` that is later than it and later than `now`.

    Slots missed meanwhile are skipped, not made up for.
    """
    return previous + interval_ms * max(1, (now - previous) // interval_ms + 1)


def observed_until(slot: Instant, interval_ms: int, timeout_s: float) -> Instant:
    """How long the outcome of `slot` is worth anything: one missed slot is forgiven, and a probe
    may take its whole timeout and a little for being recorded."""
    return slot + max(2 * interval_ms, interval_ms + round(timeout_s * SECOND) + 10 * SECOND)
