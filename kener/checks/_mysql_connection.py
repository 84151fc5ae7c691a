"""Connections to MySQL and MariaDB that are bounded, pinned to a vetted address, and can be cut."""

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import pymysql
from pymysql.constants import CR
from pymysql.cursors import SSCursor

from kener.checks._dsn import Dsn
from kener.checks._failures import Failure, TimedOut, Unreachable, of_errno
from kener.checks._sql_answer import MOST_BYTES
from kener.checks._streams import PATIENCE_S

CLEAR = 2059
ASKS_FOR_KEY = {b"\1", b"\2"}
"""What sha256_password and caching_sha2_password send to get the server's public key."""
NO_TLS = CR.CR_SSL_CONNECTION_ERROR


class Lines:
    """The sockets of a probe, to be cut from another thread: a server that sends one byte now and
    then would else hold ours for ever."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_cut = False
        self._held: list[socket.socket] = []

    def hold(self, opened: socket.socket) -> None:
        """Remember one; a twin of it, for TLS takes the socket's number away."""
        with self._lock:
            if self._is_cut:
                opened.close()
                raise TimedOut("no answer in time")
            self._held.append(opened.dup())

    def cut(self) -> None:
        """End all connections, now and later."""
        with self._lock:
            self._is_cut = True
            for each in self._held:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
            self._held.clear()


@dataclass(frozen=True, slots=True)
class Task:
    """Whom to ask what, until when (monotonic seconds)."""

    dsn: Dsn
    addresses: tuple[str, ...]
    query: str
    until: float
    tls: ssl.SSLContext | None = field(repr=False)
    lines: Lines = field(default_factory=Lines, repr=False)

    def left(self) -> float:
        """Seconds, never none: sockets would wait for ever."""
        return max(0.05, self.until - time.monotonic())


class TooMuch(Exception):
    """The answer is longer than we read."""


class Bounded(pymysql.Connection):
    """A connection that takes no more than MOST_BYTES."""

    _read_timeout: float
    server_version: str
    server_thread_id: tuple[int]
    came = 0
    is_verified = False
    _secure: bool

    def _read_bytes(self, num_bytes: int) -> Any:
        self.came += num_bytes
        if self.came > MOST_BYTES:
            raise TooMuch
        return super()._read_bytes(num_bytes)  # type: ignore[misc]

    def write_packet(self, payload: bytes) -> None:
        """Without TLS the password is not encrypted with a key that just anybody sent."""
        if payload in ASKS_FOR_KEY and not self._secure:
            raise pymysql.OperationalError(
                CLEAR, "the server wants a password that only TLS can protect; use ssl-mode"
            )
        super().write_packet(payload)

    def _process_auth(self, plugin_name: bytes, *others: Any) -> Any:
        """A server we did not verify is never sent the password itself."""
        if plugin_name == b"mysql_clear_password" and not self.is_verified:
            raise pymysql.OperationalError(CLEAR, "the server asks for the password in plain text")
        return super()._process_auth(plugin_name, *others)  # type: ignore[misc]


@contextlib.contextmanager
def connected(task: Task) -> Iterator[tuple[Bounded, str]]:
    """Closed at the end without a goodbye that could block."""
    opened, address = _dialled(task)
    connection = None
    try:
        try:
            connection = _greeted(task, opened)
        except pymysql.OperationalError as error:
            if error.args[:1] != (NO_TLS,) or task.dsn.options.get("ssl-mode", "preferred") != (
                "preferred"
            ):
                raise
            opened.close()
            opened, address = _dialled(task)
            connection = _greeted(replace(task, tls=None), opened)
        yield connection, address
    finally:
        if connection is not None:
            connection._force_close()  # type: ignore[attr-defined]  # noqa: SLF001 - close() says goodbye
        opened.close()


def _dialled(task: Task) -> tuple[socket.socket, str]:
    """A TCP connection to the first vetted address that takes it."""
    failure: Failure = Unreachable(f"{task.dsn.host} has no address that answers")
    for number, address in enumerate(task.addresses, 1):
        patience = task.left() if number == len(task.addresses) else min(PATIENCE_S, task.left())
        try:
            opened = socket.create_connection((address, task.dsn.port), patience)
        except TimeoutError:
            failure = Unreachable(f"{address} port {task.dsn.port} did not answer")
        except OSError as error:
            failure = of_errno(error.errno or 0, f"{address} port {task.dsn.port}")
        else:
            task.lines.hold(opened)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return opened, address
    raise failure


def _greeted(task: Task, opened: socket.socket) -> Bounded:
    dsn = task.dsn
    connection = Bounded(
        host=dsn.host,
        port=dsn.port,
        user=dsn.user or "root",
        password=dsn.password.encode(),
        database=dsn.database or None,
        charset="utf8mb4",
        conv={},
        cursorclass=SSCursor,
        ssl=task.tls,
        ssl_disabled=task.tls is None,
        read_timeout=task.left(),
        write_timeout=task.left(),
        program_name="kener",
        autocommit=None,
        defer_connect=True,
    )
    connection.is_verified = task.tls is not None and task.tls.check_hostname
    connection.connect(sock=opened)
    return connection
