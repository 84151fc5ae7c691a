"""A child process: how it is started, and how long to wait before it is started again."""

import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
GROWN_UP = 60.0
"""Seconds of life after which a death counts as the first one again."""
LEAST_LIFE = 5.0
"""Seconds between two successors of a child that keeps asking for one."""
LONGEST_FAREWELL = 120.0
"""Seconds in which one that has a successor must have ended."""


@dataclass(slots=True)
class Child:
    """`run` is called in the new process, whose exit code it returns; None is 0.

    `last` children are stopped when all others have gone: those may still need them. With `is_up`
    the children after it in the list are first started when that has said so.
    """

    name: str
    run: Callable[[], int | None]
    last: bool = False
    is_up: Callable[[], bool] | None = None
    pid: int | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    succeeded_at: float = float("-inf")
    wait: float = FIRST_WAIT

    def start(self, clock: float, prepare: Sequence[Callable[[], None]] = ()) -> None:
        """Fork. The child leads a session of its own, so that a Ctrl-C does not reach it."""
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _live(self, prepare)
        self.started_at = clock
        log.debug("started %s as process %s", self.name, self.pid)

    def died(self, clock: float, status: int) -> None:
        """Note the death, and when to start anew: later each time, unless it lived for long."""
        if clock - self.started_at >= GROWN_UP:
            self.wait = FIRST_WAIT
        code = os.waitstatus_to_exitcode(status)
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        log.warning(
            "%s (process %s) %s; starting again in %g s", self.name, self.pid, how, self.wait
        )
        self.pid, self.start_at = None, clock + self.wait
        self.wait = min(self.wait * 2, LONGEST_WAIT)

    def hand_over(self, clock: float) -> "Child":
        """The process that runs now, as one that is not started again; its successor is due at
        once, unless there was one just before."""
        leaving = replace(self, name=f"the old {self.name}", start_at=clock + LONGEST_FAREWELL)
        log.warning("%s (process %s) makes room for a new one", self.name, self.pid)
        self.pid, self.wait = None, FIRST_WAIT
        self.start_at = max(clock, self.succeeded_at + LEAST_LIFE)
        self.succeeded_at = self.start_at
        return leaving

    def send(self, number: signal.Signals) -> None:
        """Signal the child and all its own children that stayed in its group."""
        if self.pid is None:
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return
        except PermissionError:  # macOS says so of a group whose leader is a zombie
            return


def _live(child: Child, prepare: Sequence[Callable[[], None]]) -> None:
    """All of a child's life. Never returns: the parent's code after the fork is not for it."""
    code = 1
    try:
        os.setsid()
        for each in prepare:
            each()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        code = child.run() or 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - nothing may escape into the parent's copy of the stack
        traceback.print_exc()
    finally:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
