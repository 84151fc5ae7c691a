"""One reading query in PostgreSQL, by psycopg on the engine's loop."""

import asyncio
import fcntl
import json
import os
import socket
import struct
import sys
import termios
import time
from functools import cache
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection, AsyncCursor, errors
from psycopg.abc import PQGen, PQGenConn
from psycopg.adapt import AdaptersMap
from psycopg.pq import ConnStatus
from psycopg.types.string import TextLoader

from kener.checks._base import Context
from kener.checks._dsn import Dsn
from kener.checks._failures import (
    ConnectionRefused,
    Failure,
    Mismatch,
    TlsFailed,
    Unreachable,
)
from kener.checks._fields import host_and_port
from kener.checks._sql_answer import MOST_BYTES, MOST_ROWS, Answer, whole
from kener.checks._stopping import margin_s, too_long
from kener.checks._streams import PATIENCE_S

NOWHERE = "/dev/null/none"
MOST_GREETING = 65_536
BOOL, JSON_TYPES = 16, {114, 3802}
WHOLE_NUMBERS = {20, 21, 23, 26}
LATER_STATES = {"57P01", "57P02", "57P03", "53300"}
"""Shutting down, starting up, too many connections: the server itself says that it is not well."""


class Bounded(AsyncConnection[Any]):
    """A connection that ends once more than MOST_BYTES came; it looks each time it has waited."""

    came = 0

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn[Self]:
        """As psycopg connects, but counting: libpq looks through all it was told for each thing
        more that it is told."""
        connecting, came = super()._connect_gen(conninfo), 0
        try:
            wanted = next(connecting)
            while True:
                ready = yield wanted
                came = _received(wanted[0], came)
                if came > MOST_GREETING:
                    raise Mismatch("the server's greeting has no end")
                wanted = connecting.send(ready)
        except StopIteration as end:
            connected: Self = end.value
            return connected

    async def wait(self, gen: PQGen[Any], *args: Any, **options: Any) -> Any:
        """As psycopg waits, but counting."""
        return await super().wait(self._counted(gen), *args, **options)

    def _counted(self, gen: PQGen[Any]) -> PQGen[Any]:
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                self._count()
                wanted = gen.send(ready)
        except StopIteration as end:
            self._count()
            return end.value

    def _count(self) -> None:
        if self.pgconn.status == ConnStatus.OK:
            self.came = _received(self.pgconn.socket, self.came)
        if self.came > MOST_BYTES:
            raise Mismatch(f"the answer is longer than {MOST_BYTES // 1_000_000} MB")


def _received(descriptor: int, before: int) -> int:
    """Bytes that came over a connection so far: Linux counts, elsewhere we add up what waits."""
    if sys.platform != "linux":
        return before + _int(fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)), "i")
    with socket.socket(fileno=os.dup(descriptor)) as twin:
        return _int(twin.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 136)[128:], "Q")


def _int(raw: bytes, form: str) -> int:
    return int(struct.unpack(form, raw)[0])


@cache
def _as_text() -> AdaptersMap:
    """Values as the server writes them: no date that Python cannot hold is an error."""
    adapters = AdaptersMap(psycopg.adapters)
    for info in psycopg.adapters.types:
        adapters.register_loader(info.oid, TextLoader)
        if info.array_oid:
            adapters.register_loader(info.array_oid, TextLoader)
    return adapters


async def ask_postgresql(
    dsn: Dsn, addresses: tuple[str, ...], query: str, context: Context
) -> Answer:
    """The answer of the first address that takes the connection; raises a Failure."""
    began = time.perf_counter()
    connection, address = await _connected(dsn, addresses, context)
    phases = {"connect": _ms_since(began)}
    try:
        context.doing = "waiting for the answer to the query"
        began = time.perf_counter()
        value, rows = await _query(connection, query, context)
    except psycopg.Error as error:
        raise _of_query(error, dsn) from None
    finally:
        connection.pgconn.finish()
    phases["query"] = _ms_since(began)
    return Answer(value, rows, phases, address)


async def _connected(dsn: Dsn, addresses: tuple[str, ...], context: Context) -> tuple[Bounded, str]:
    failure: Failure = Unreachable(f"{dsn.host} has no address that answers")
    for number, address in enumerate(addresses, 1):
        patience = None if number == len(addresses) else PATIENCE_S
        context.doing = f"connecting to {address}"
        try:
            async with asyncio.timeout(patience):
                return await Bounded.connect(**_parameters(dsn, address, context)), address
        except TimeoutError:
            failure = Unreachable(f"{address} port {dsn.port} did not answer")
        except psycopg.Error as error:
            failure = _of_connecting(error, dsn, address)
            if not isinstance(failure, ConnectionRefused | Unreachable):
                break
    raise failure


def _parameters(dsn: Dsn, address: str, context: Context) -> dict[str, Any]:
    """All that libpq would else look for in the environment or in our home folder is given."""
    mode = dsn.options.get("sslmode", "prefer")
    verified = mode.startswith("verify")
    return {
        "host": dsn.host,
        "hostaddr": address,
        "port": dsn.port,
        "user": dsn.user or "postgres",
        "password": dsn.password,
        "dbname": dsn.database or dsn.user or "postgres",
        "passfile": NOWHERE,
        "sslmode": mode,
        "sslrootcert": context.services.ca_file if verified else NOWHERE,
        "sslcertmode": "disable",
        "sslcrl": NOWHERE,
        "gssencmode": "disable",
        "target_session_attrs": "any",
        "options": "",
        "application_name": "kener",
        "client_encoding": "utf8",
        "connect_timeout": max(2, int(context.remaining()) + 5),
        "autocommit": True,
        "prepare_threshold": None,
        "context": _as_text_context(),
    }


class _Texts:
    """What psycopg takes as a context: the adapters and nothing else."""

    connection = None

    @property
    def adapters(self) -> AdaptersMap:
        """Texts only."""
        return _as_text()


@cache
def _as_text_context() -> _Texts:
    return _Texts()


async def _query(connection: Bounded, query: str, context: Context) -> tuple[Any, int]:
    """The transaction is never committed. The server's own limit comes before ours, and ours
    cancels on the server; without an answer to that the connection is just dropped, by the
    engine's deadline: without one of ours before it psycopg would wait for 5 s more."""
    left = context.remaining()
    limit = left - margin_s(left)
    try:
        async with asyncio.timeout(limit + margin_s(left) / 2):
            await _prepare(connection, limit)
            return await _first(connection, query)
    except (TimeoutError, errors.QueryCanceled, errors.LockNotAvailable):
        raise too_long(limit) from None


async def _prepare(connection: Bounded, limit: float) -> None:
    milliseconds = max(1, int(limit * 1000))
    await connection.execute("BEGIN READ ONLY")
    await connection.execute(
        f"SET LOCAL statement_timeout = {milliseconds}; SET LOCAL lock_timeout = {milliseconds};"
        f" SET LOCAL idle_in_transaction_session_timeout = {milliseconds + 1000}"
    )


async def _first(connection: Bounded, query: str) -> tuple[Any, int]:
    """By the extended protocol, which takes one statement only; row by row."""
    rows, value = 0, None
    cursor = AsyncCursor(connection)
    stream = cursor.stream(query.encode())
    try:
        async for row in stream:
            rows += 1
            if rows == 1 and row:
                value = _value(row[0], cursor)
            if rows == MOST_ROWS:
                break
    finally:
        await stream.aclose()  # type: ignore[attr-defined]
    return value, rows


def _value(text: Any, cursor: AsyncCursor[Any]) -> Any:
    kind = cursor.pgresult.ftype(0) if cursor.pgresult else 0
    if text is None or not isinstance(text, str):
        return None if text is None else bytes(text).decode(errors="replace")
    if kind == BOOL:
        return text == "t"
    if kind in JSON_TYPES:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return whole(text) if kind in WHOLE_NUMBERS else text


def _of_query(error: psycopg.Error, dsn: Dsn) -> Failure:
    said = dsn.told(error.diag.message_primary or "")
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return Mismatch("the query wants to write, which is never done by a check")
    if error.sqlstate in LATER_STATES or error.sqlstate is None:
        return Unreachable("the server ended the connection" + (f": {said}" if said else ""))
    return Mismatch(f"the server refused the query: {said}")


def _of_connecting(error: psycopg.Error, dsn: Dsn, address: str) -> Failure:
    """Libpq tells only in words what went wrong before the server had a say."""
    text = str(error)
    where = f"{host_and_port(address, dsn.port)}"
    said = dsn.told(text.rpartition("FATAL: ")[2]) if "FATAL: " in text else ""
    if said:
        return Mismatch(f"the server refused the connection: {said}")
    if "Connection refused" in text:
        return ConnectionRefused(f"{address} port {dsn.port} refused the connection")
    if "does not match host name" in text:
        return TlsFailed(f"the certificate is not valid: it is not for {dsn.host}")
    if "certificate" in text or "SSL" in text:
        return TlsFailed(f"the TLS handshake failed: {_tls_words(text, dsn)}")
    if "authentication" in text or "password" in text:
        return Mismatch("the server asks for a password or a way to sign in that was not given")
    return Unreachable(f"{where} closed the connection or does not speak PostgreSQL")


def _tls_words(text: str, dsn: Dsn) -> str:
    line = text.strip().splitlines()[0]
    return dsn.told(line.rpartition("failed: ")[2] or line)


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 3)
