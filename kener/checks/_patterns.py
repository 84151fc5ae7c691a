"""Regular expressions that people wrote, with a time bound: none can hold up the engine's loop."""

from functools import lru_cache
from typing import Any

import regex

from kener.checks._base import Context

LONGEST = 500
ON_THE_LOOP_S = 0.01
"""Nearly all patterns are done by then. One that is not goes on in a thread, which lets go of the
interpreter, so that other probes run meanwhile."""
IN_A_THREAD_S = 1.0


class TooSlow(Exception):
    """A pattern did not come to an end in time."""


@lru_cache(maxsize=4096)
def pattern(text: str) -> Any:
    """The compiled pattern; ValueError says what is wrong with it."""
    if len(text) > LONGEST:
        raise ValueError(f"a pattern has at most {LONGEST} characters")
    try:
        return regex.compile(text)
    except (regex.error, RecursionError, OverflowError, MemoryError) as error:
        raise ValueError(f"is no regular expression: {error}") from None


async def search(compiled: Any, text: str, context: Context) -> Any:
    """The first match or None; TooSlow when there is no end to it."""
    try:
        return compiled.search(text, timeout=ON_THE_LOOP_S)
    except TimeoutError:
        pass
    try:
        return await context.blocking(
            lambda: compiled.search(text, timeout=IN_A_THREAD_S, concurrent=True)
        )
    except TimeoutError:
        raise TooSlow from None
