"""When a request is sent again, and after which wait."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from kener_client.errors import IdempotencyConflict, KenerError, NetworkError, Untrusted


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a request is sent again at most, and how long one waits: `first` seconds, then
    twice as long each time up to `longest`, half of it left to chance. When Retry-After asks for
    more than `patience` seconds, the error is raised at once. `chance` gives 0 up to 1, `now` the
    seconds since 1970."""

    most: int = 3
    first: float = 0.5
    longest: float = 8.0
    patience: float = 60.0
    chance: Callable[[], float] = random.random
    now: Callable[[], float] = time.time

    def wait_after(self, error: KenerError, attempt: int) -> float | None:
        """Seconds to wait after so many attempts before the next one; None: there is none."""
        if attempt > self.most or not may_pass(error):
            return None
        asked = error.retry_after
        if asked is None:
            step = min(self.first * 2.0 ** min(attempt - 1, 60), self.longest)
            return step * (0.5 + self.chance() / 2)
        # A little later, so that not all come back at the same moment.
        return None if asked > self.patience else asked + self.chance() * self.first


def may_pass(error: KenerError) -> bool:
    """May the same request go well another time?"""
    if error.status is None:
        return isinstance(error, NetworkError) and not isinstance(error, Untrusted)
    is_at_work = isinstance(error, IdempotencyConflict) and error.retry_after is not None
    return error.status == 429 or error.status >= 500 or is_at_work


def retry_after(text: str | None, now: float) -> float | None:
    """Seconds in a Retry-After header, which holds a number of them or a date; None: neither."""
    if not text:
        return None
    try:
        seconds = float(text) if text.strip().isdecimal() else _until(text, now)
    except (ValueError, OverflowError):
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(text: str, now: float) -> float:
    return parsedate_to_datetime(text).timestamp() - now
