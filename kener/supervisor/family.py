"""The supervisor's life: start all, wait for what happens, stop all."""

import gc
import logging
import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

from kener.supervisor.children import LONGEST_FAREWELL, Child
from kener.supervisor.lifeline import ON_LINUX, Lifeline
from kener.supervisor.succession import Succession

log = logging.getLogger(__name__)

TERM_GRACE = 4.0
LAST_GRACE = 0.6
"""Seconds between TERM and KILL, for most children and for the last ones. Together under 5."""
READY_EVERY = 0.1
UP_EVERY = 0.02
UP_PATIENCE = 5.0
"""Seconds after which the others are started all the same."""


class Family:
    """The children of one supervisor. Single-threaded: a fork copies only the thread it is in."""

    def __init__(
        self,
        children: Sequence[Child],
        ours: Sequence[int] = (),
        *,
        by_kernel: bool = ON_LINUX,
        succession: Succession | None = None,
    ) -> None:
        """`ours` are descriptors that no child may keep. By `succession` children ask for a
        successor that is started before they have ended."""
        self.children = children
        self.leaving: list[Child] = []
        self.succession = succession or Succession()
        self.ours = ours
        self.lifeline = Lifeline(by_kernel=by_kernel)
        self.stopping = False
        self.patient_until = 0.0
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)

    def live(self, ready: Callable[[], bool], announce: Callable[[], None]) -> None:
        """Run until SIGINT, SIGTERM or SIGHUP; `announce` once, when `ready` first says so."""
        gc.collect()
        gc.freeze()  # what is shared with the children stays shared: no collector writes to it
        announced = False
        self.patient_until = time.monotonic() + UP_PATIENCE
        with self._signals():
            try:
                while not self.stopping:
                    self._start_due()
                    self._wait(None if announced else READY_EVERY)
                    self._replace()
                    self._bury()
                    if not announced and not self.stopping and ready():
                        announced = True
                        announce()
            finally:
                self._stop_all()
        for descriptor in (self._reader, self._writer):
            os.close(descriptor)
        self.lifeline.cut()
        self.succession.close()

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.pid is None and child.start_at <= now:
                child.start(now, (self.lifeline.hold, self._let_go))
            if child.is_up and not child.is_up() and now < self.patient_until:
                return
            child.is_up = None  # asked at the start only: later they cope without each other

    def _let_go(self) -> None:
        """In a child: the supervisor's signals are not ours to hear, nor its locks to hold."""
        signal.set_wakeup_fd(-1)
        for descriptor in (self._reader, self._writer, self.succession.reader, *self.ours):
            os.close(descriptor)

    def _wait(self, longest: float | None) -> None:
        """Sleep until a signal comes, a child is due, or so many seconds are over."""
        waits = [each.start_at - time.monotonic() for each in self.children if each.pid is None]
        waits += [each.start_at - time.monotonic() for each in self.leaving]
        waits += [] if longest is None else [longest]
        if any(each.is_up for each in self.children):
            waits = [UP_EVERY]
        heard = [self._reader, self.succession.reader]
        select.select(heard, [], [], max(0.0, min(waits)) if waits else None)
        with suppress(BlockingIOError):
            while os.read(self._reader, 512):
                pass

    def _replace(self) -> None:
        asked = self.succession.asked()
        now = time.monotonic()
        self.leaving += [each.hand_over(now) for each in self.children if each.pid in asked]
        for each in self.leaving:
            if each.start_at <= now:
                log.warning("killing %s", each.name)
                each.send(signal.SIGKILL)
                each.start_at = now + LONGEST_FAREWELL
        self.leaving = [each for each in self.leaving if not _is_gone(each)]

    def _bury(self) -> None:
        for child in self.children:
            if child.pid is None:
                continue
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if pid:
                child.send(signal.SIGKILL)  # what it left behind in its group
                child.died(time.monotonic(), status)

    def _stop_all(self) -> None:
        self.stopping = True
        first = [each for each in self.children if not each.last]
        self._stop([*first, *self.leaving], TERM_GRACE)
        self._stop([each for each in self.children if each.last], LAST_GRACE)

    def _stop(self, children: Sequence[Child], grace: float) -> None:
        deadline = time.monotonic() + grace
        alive = [each for each in children if each.pid is not None]
        for child in alive:
            child.send(signal.SIGTERM)
        while alive:
            if time.monotonic() >= deadline:
                log.warning("killing %s", ", ".join(each.name for each in alive))
                for child in alive:
                    child.send(signal.SIGKILL)
                deadline += 60
            alive = [each for each in alive if not _is_gone(each)]
            if alive:
                self._nap(deadline - time.monotonic())

    def _nap(self, longest: float) -> None:
        """A child's end wakes us; the quarter second is for one that ended before we looked."""
        select.select([self._reader], [], [], max(0.0, min(longest, 0.25)))
        with suppress(BlockingIOError):
            os.read(self._reader, 512)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGCHLD]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # by nohup
            numbers.append(signal.SIGHUP)
        before = {number: signal.signal(number, self._heard) for number in numbers}
        wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self.stopping = True


def _is_gone(child: Child) -> bool:
    if child.pid is None:
        return True
    pid, _status = os.waitpid(child.pid, os.WNOHANG)
    if not pid:
        return False
    child.send(signal.SIGKILL)  # what it left behind in its group
    child.pid = None
    return True
