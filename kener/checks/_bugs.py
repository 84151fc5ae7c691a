"""Bugs of ours in the log: each once, with its traceback. A probe repeats it every minute."""

import logging
from collections import OrderedDict
from threading import Lock
from traceback import walk_tb
from types import TracebackType

log = logging.getLogger(__name__)

REMEMBERED = 256
"""Different bugs that are remembered; the one unseen for longest is forgotten, and told anew."""
OURS = "kener."

Bug = tuple[str, type[BaseException], tuple[str, int], tuple[str, int]]


class Bugs:
    """Which bugs were told in this process. For any thread."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._told: OrderedDict[Bug, None] = OrderedDict()
        self._lock = Lock()

    def tell(self, kind: str, error: BaseException, message: str) -> None:
        """Log the error of a kind of check, unless the same one, from the same place, was told."""
        if self._is_new((kind, type(error), *_places(error.__traceback__))):
            log.error("%s (this is logged once)", message, exc_info=error)

    def _is_new(self, bug: Bug) -> bool:
        with self._lock:
            known = bug in self._told
            self._told[bug] = None
            self._told.move_to_end(bug)
            if len(self._told) > self._most:
                self._told.popitem(last=False)
        return not known


def _places(traceback: TracebackType | None) -> tuple[tuple[str, int], tuple[str, int]]:
    """Where it was raised, and the last line of ours before that: a library's own line says
    little of whose call broke it."""
    raised = ours = ("", 0)
    for frame, line in walk_tb(traceback):
        raised = (frame.f_code.co_filename, line)
        if frame.f_globals.get("__name__", "").startswith(OURS):
            ours = raised
    return raised, ours
