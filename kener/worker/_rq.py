"""What our RQ workers have in common: they notice soon that Redis is gone, and leave at once."""

import logging
import os
import signal
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from redis.exceptions import RedisError
from rq.exceptions import StopRequested
from rq.worker import BaseWorker

log = logging.getLogger(__name__)

BLOCK = 5
"""Seconds for which a worker waits for a job before it shows that it lives."""
FAREWELL = 1.0
"""Seconds for RQ to take leave of Redis, which may be frozen."""


class Stop:
    """Set by SIGTERM or SIGINT. `closing` then runs in a thread of its own; the process ends soon
    after it is done, with `code`, even if the main thread hangs in a call to a frozen Redis."""

    def __init__(self, closing: Callable[[], None] = lambda: None) -> None:
        self._event = Event()
        self._left = Event()
        self._closing = closing
        self._closer: Thread | None = None
        self.code = 0

    def install(self) -> None:
        """Take the signals; RQ takes them from us while a worker works, and passes them on."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, _signum: int, _frame: object) -> None:
        self.set()

    def set(self) -> None:
        """Stop. Safe in a signal handler; further calls change nothing."""
        self._event.set()
        if self._closer is None:
            self._closer = Thread(target=self._close, name="kener-closing", daemon=True)
            self._closer.start()

    def is_set(self) -> bool:
        """Whether we were told to stop."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait for being told to, at most so long; whether we were."""
        return self._event.wait(seconds)

    def has_left(self, seconds: float) -> bool:
        """Wait for the main thread to be through, at most so long; whether it is."""
        return self._left.wait(seconds)

    def leave(self) -> None:
        """The main thread is through: wait for the closing to be so, too."""
        self._left.set()
        if self._closer is not None:
            self._closer.join()

    def _close(self) -> None:
        try:
            self._closing()
        except Exception:
            log.exception("closing failed")
        if not self.has_left(FAREWELL):
            logging.shutdown()
            os._exit(self.code)


class Hasty(BaseWorker):
    """A mixin: short timeouts, no thread for RQ's remote commands, and our own `Stop`."""

    max_connection_wait_time = 2.0
    log_job_description = False
    log_result_lifespan = False
    stop: Stop

    @property
    def dequeue_timeout(self) -> int:
        return BLOCK

    @property
    def connection_timeout(self) -> int:
        return BLOCK + 3

    def subscribe(self) -> None:
        """Nobody sends our workers commands."""

    def set_shutdown_requested_date(self) -> None:
        """Called in a signal handler: not the place to wait for Redis."""

    def handle_warm_shutdown_request(self) -> None:
        self.stop.set()

    def _install_signal_handlers(self) -> None:
        """From here on a signal interrupts RQ; one that came before must not be overheard."""
        super()._install_signal_handlers()  # type: ignore[no-untyped-call]
        if self.stop.is_set():
            self._stop_requested = True


def keep_working(make: Callable[[], Any], stop: Stop) -> None:
    """Let a worker work until told to stop. While Redis is away there is none: told once, tried
    again each second."""
    away = False
    stop.install()
    while not stop.is_set():
        try:
            worker = make()
            if away:
                log.info("Redis answers; waiting for jobs")
            away = False
            worker.work(logging_level="WARNING")
        except (SystemExit, StopRequested):
            break
        except RedisError as error:
            if not away and not stop.is_set():
                log.warning("Redis is away (%s); jobs wait until it answers", error)
            away = True
        except Exception:
            log.exception("the worker broke; a new one takes over")
        finally:
            stop.install()
        stop.wait(1.0)
    stop.leave()
