"""Waiting for what another process does."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(found: Callable[[], T | None], what: str, patience: float, every: float = 0.1) -> T:
    """The first answer that is more than nothing; TimeoutError after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not (answer := found()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {patience:.0f} s")
        time.sleep(every)  # no process tells another about this: it has to be looked at again
    return answer
