"""A worker that is worn out: another one takes over while this one ends what it has begun."""

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)

LONGEST_S = 60.0
"""Seconds for what is in flight; what is left then is given back."""


class Farewell:
    """`replace_me` is called when it begins, and `leave` when nothing is left to be done."""

    def __init__(self, replace_me: Callable[[], None], leave: Callable[[], None]) -> None:
        self._replace_me = replace_me
        self._leave = leave
        self._until: float | None = None
        self._has_left = False

    @property
    def has_begun(self) -> bool:
        """Whether another one was asked for: nothing more is claimed, and no lease given back, as
        the next is for him."""
        return self._until is not None

    def go_on(self, now: float, *, busy: bool) -> None:
        """Begin, or leave if that is due; `now` in seconds of a clock that never jumps."""
        if self._until is None:
            log.warning("too many probes hang in threads: this worker makes room for a new one")
            self._until = now + LONGEST_S
            self._replace_me()
        if not self._has_left and (not busy or now >= self._until):
            self._has_left = True
            self._leave()
