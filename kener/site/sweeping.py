"""Python's search for rings of dead objects, while a page is built."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

RARELY = (100_000, 100, 1_000)
"""New objects until the young are searched, and how often until those that are older."""


@contextmanager
def swept_rarely() -> Iterator[None]:
    """Search only among what is new: a build makes hundreds of thousands of objects that live until
    its end, and to go through all of them again and again is a fifth of its time. Not never:
    what a template leaves behind are rings, and of thousands of pages they fill the memory."""
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
