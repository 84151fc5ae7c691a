"""Tests of monitors, by a real probe, while somebody waits. Each keeps a web thread busy, so there
are only a few at once."""

from threading import BoundedSemaphore

from kener.actions.trials import Trial
from kener.checks import engine_config, probe_once
from kener.core.errors import Refused
from kener.core.outcome import Outcome
from kener.store import clock
from kener.web.address import the_config
from kener.web.database import release

AT_ONCE = 3
"""Tests that one web process runs at the same time; others are turned away, and do not wait."""
BUSY = f"{AT_ONCE} tests are running already, and that is the most at once. Try again in a moment."

_places = BoundedSemaphore(AT_ONCE)


class TooManyTests(Refused):
    """All places are taken."""


def run(trial: Trial) -> Outcome:
    """Probe now, and wait for the outcome; TooManyTests at once when too many do. Ends the
    request's transaction: nothing is locked meanwhile."""
    if not _places.acquire(blocking=False):
        raise TooManyTests(BUSY)
    try:
        release()
        return probe_once(
            trial.check,
            trial.timeout,
            engine_config(the_config(), clock.now),
            extra=trial.extra,
            degraded_over_ms=trial.degraded_over,
        )
    finally:
        _places.release()
