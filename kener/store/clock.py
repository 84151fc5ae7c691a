"""The clock. Only doors, jobs and programs read it; everything else is told the time."""

import time

from kener.core.instant import Instant


def now() -> Instant:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000
