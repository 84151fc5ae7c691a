"""The web server: gunicorn with threads, told everything by our own settings."""

import gc
import logging
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from kener.config import Config
from kener.supervisor.lifeline import die_with_parent

GRACE = 3
"""Seconds for requests under way when the server stops: less than the supervisor's own grace."""


PATIENCE = 15.0
"""Seconds for a request to arrive. Threads are few: those who are slow, or went away without a
word, would else take all of them for ever."""


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's threads, of which each listens to a client for so long and no longer."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._listened_until: dict[Any, float] = {}

    def enqueue_req(self, conn: Any) -> None:
        """A connection has something to say."""
        self._listened_until[conn] = time.monotonic() + PATIENCE
        super().enqueue_req(conn)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """It was answered, or waits for the next request without a thread."""
        self._listened_until.pop(conn, None)
        super().finish_request(conn, fs)

    def notify(self) -> None:
        """Called at least each second. An answer that is being made can still be sent."""
        super().notify()
        now = time.monotonic()
        for conn in [each for each, until in self._listened_until.items() if until <= now]:
            del self._listened_until[conn]
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RD)


class OurLogger(Logger):  # type: ignore[misc]
    """Gunicorn's messages go where all others go; what happens daily is no news."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn instead of making handlers of its own."""
        self.error_log = logging.getLogger("gunicorn.error")
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)


class WebServer(BaseApplication):  # type: ignore[misc]
    """`make_app` is called in the worker, so that a broken app cannot stop the arbiter's start."""

    def __init__(self, config: Config, make_app: Callable[[], Any]) -> None:
        self.config = config
        self.make_app = make_app
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        for name, value in _settings(self.config).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Called by gunicorn."""
        app = self.make_app()
        # It lives as long as we do: the collector need not look through it for each long list.
        gc.collect()
        gc.freeze()
        return app


def serve(config: Config, make_app: Callable[[], Any]) -> None:
    """Serve until stopped by SIGTERM; ends by SystemExit."""
    WebServer(config, make_app).run()


def _settings(config: Config) -> dict[str, Any]:
    host = f"[{config.host}]" if ":" in config.host else config.host
    return {
        "bind": [f"{host}:{config.port}"],
        "workers": 1,
        "worker_class": PatientWorker,
        "threads": config.web_threads,
        "graceful_timeout": GRACE,
        "timeout": 60,
        "keepalive": 5,
        "logger_class": OurLogger,
        "accesslog": None,
        "umask": _umask(),  # gunicorn's own default is 0: files for all to write
        "control_socket_disable": True,
        "forwarded_allow_ips": "",  # kener.web.address decides whom to believe
        "post_fork": lambda _arbiter, worker: die_with_parent(worker.ppid),
    }


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
