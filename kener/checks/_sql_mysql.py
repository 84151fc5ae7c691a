"""One reading query in MySQL or MariaDB, by PyMySQL in a thread."""

import contextlib
import ssl
import time
from dataclasses import replace
from typing import Any

import pymysql
from pymysql.constants import CR, ER, FIELD_TYPE

from kener.checks._base import Context
from kener.checks._dsn import Dsn
from kener.checks._failures import (
    Failure,
    Mismatch,
    TimedOut,
    TlsFailed,
    Unreachable,
    refused_certificate,
)
from kener.checks._mysql_connection import CLEAR, NO_TLS, Bounded, Task, TooMuch, connected
from kener.checks._sql_answer import MOST_BYTES, MOST_ROWS, Answer, whole
from kener.checks._stopping import margin_s, too_long

STOPPED = {ER.QUERY_INTERRUPTED, 1969, 3024, 1205}
"""Killed; over MariaDB's max_statement_time; over MySQL's max_execution_time; waited for a lock."""
READ_ONLY = 1792
REFUSALS = {1040, 1044, 1045, 1049, 1130, 1698, CLEAR}
GONE = {CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST, CR.CR_CONN_HOST_ERROR}
NONSENSE = (ValueError, LookupError, AssertionError, TypeError, RuntimeError)
"""What the library makes of it; the last when a server asks for a file of ours (LOAD LOCAL)."""
KILLING_S = 1.0
STOPPED_EARLY_S = 0.05
WHOLE_NUMBERS = {
    FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.INT24, FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG,
}  # fmt: skip


async def ask_mysql(dsn: Dsn, addresses: tuple[str, ...], query: str, context: Context) -> Answer:
    """The answer of the first address that takes the connection; raises a Failure."""
    mode = dsn.options.get("ssl-mode", "preferred")
    tls = None
    if mode != "disabled":
        services = context.services
        tls = services.tls if mode == "verify_identity" else services.tls_unverified
    left = context.remaining()
    task = Task(dsn, addresses, query, time.monotonic() + left - margin_s(left), tls)
    context.doing = "waiting for the database"
    try:
        return await context.blocking(lambda: _ask(task))
    finally:
        task.lines.cut()


def _ask(task: Task) -> Answer:
    began = time.perf_counter()
    try:
        with connected(task) as (connection, address):
            phases = {"connect": _ms_since(began)}
            began = time.perf_counter()
            value, rows = _query(connection, task)
            phases["query"] = _ms_since(began)
            return Answer(value, rows, phases, address)
    except TooMuch:
        raise Mismatch(f"the answer is longer than {MOST_BYTES // 1_000_000} MB") from None
    except pymysql.Error as error:
        raise _failure(error, task) from None
    except NONSENSE as error:
        raise Unreachable("the server does not speak the MySQL protocol") from error


def _query(connection: Bounded, task: Task) -> tuple[Any, int]:
    """In a transaction that can only read and is never committed. The server's own limit comes
    before ours; if it does not keep to it, the query is killed by a second connection."""
    limit = connection._read_timeout = task.left()  # noqa: SLF001
    try:
        _prepare(connection, limit)
        answer = _first(connection, task.query)
    except pymysql.Error as error:
        code = error.args[0] if error.args else 0
        if code in STOPPED:
            raise too_long(limit) from None
        if code in GONE and time.monotonic() >= task.until - 0.02:
            _kill(connection, task)
            raise too_long(limit) from None
        raise
    if time.monotonic() >= task.until - STOPPED_EARLY_S:
        # MySQL's SLEEP() ends in time, and does not call that an error.
        raise too_long(limit)
    return answer


def _prepare(connection: Bounded, limit: float) -> None:
    is_mariadb = "mariadb" in connection.server_version.lower()
    with connection.cursor(pymysql.cursors.Cursor) as cursor:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
        if is_mariadb:
            cursor.execute(
                f"SET SESSION max_statement_time = {max(0.05, limit - STOPPED_EARLY_S):.3f}"
            )
        else:
            cursor.execute(
                f"SET SESSION max_execution_time = {max(50, int((limit - STOPPED_EARLY_S) * 1000))}"
            )
        cursor.execute(f"SET SESSION lock_wait_timeout = {max(1, int(limit))}")
        cursor.execute("START TRANSACTION READ ONLY")


def _first(connection: Bounded, query: str) -> tuple[Any, int]:
    rows, value = 0, None
    cursor: Any = connection.cursor()
    try:
        cursor.execute(query)
        while rows < MOST_ROWS and (row := cursor.fetchone()) is not None:
            rows += 1
            if rows == 1:
                value = _value(row[0], cursor.description[0][1])
    finally:
        _forget(connection, cursor)
    return value, rows


def _forget(connection: Any, cursor: Any) -> None:
    """Else the library would read all that is left before it lets go."""
    for result in (connection._result, cursor._result):  # noqa: SLF001
        if result is not None:
            result.unbuffered_active = False
    cursor.connection = None


def _value(raw: Any, kind: int) -> Any:
    if isinstance(raw, bytes):
        return raw.hex()
    return whole(raw) if isinstance(raw, str) and kind in WHOLE_NUMBERS else raw


def _kill(connection: Bounded, task: Task) -> None:
    """As well as we can: the server may be gone."""
    later = replace(task, until=time.monotonic() + KILLING_S)
    with (
        contextlib.suppress(pymysql.Error, Failure, TooMuch, OSError),
        connected(later) as (
            second,
            _,
        ),
    ):
        second.query(f"KILL QUERY {int(connection.server_thread_id[0])}")


def _failure(error: pymysql.Error, task: Task) -> Failure:
    code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if code in GONE or not code:
        return _broken(error, task)
    if code == NO_TLS:
        return TlsFailed("the server does not offer TLS")
    if code == READ_ONLY:
        return Mismatch("the query wants to write, which is never done by a check")
    said = task.dsn.told(str(error.args[1])) if len(error.args) > 1 else ""
    what = "the connection" if code in REFUSALS else "the query"
    return Mismatch(f"the server refused {what}: {said}")


def _broken(error: pymysql.Error, task: Task) -> Failure:
    """The connection ended, by a certificate we do not believe, our patience, or the server."""
    cause = getattr(error, "original_exception", None)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return refused_certificate(cause)
    if isinstance(cause, ssl.SSLError):
        return TlsFailed(f"the TLS handshake failed: {cause.reason or 'the connection ended'}")
    if time.monotonic() >= task.until - 0.02:
        return TimedOut("the server took the connection and did not answer in time")
    return Unreachable("the server ended the connection")


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 3)
