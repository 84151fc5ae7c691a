"""TCP connections to vetted addresses, with or without TLS."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kener.checks._base import Context
from kener.checks._dns import Family
from kener.checks._failures import Failure, TlsFailed, Unreachable, of_errno

# No address but the last may use up the time of those after it.
PATIENCE_S = 3.0


@dataclass(slots=True)
class Connection:
    """An open connection; phases in ms; how many `reads` there were."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    address: str
    phases: dict[str, float]
    reads: int = 0


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom to call, and whether to believe only a valid certificate: one for `server_name`, or
    for the host."""

    host: str
    port: int
    family: Family = "auto"
    tls: bool = False
    verify: bool = True
    server_name: str = ""


@asynccontextmanager
async def connected(
    peer: Peer, context: Context, addresses: tuple[str, ...] = ()
) -> AsyncIterator[Connection]:
    """A connection to the first of the host's addresses that answers, closed at the end. The
    vetted `addresses` of who has looked them up already save doing it again.

    Raises a Failure; within it, a connection that breaks raises OSError as sockets do.
    """
    call = await calling(peer, context, addresses)
    reader, writer = await asyncio.open_connection(sock=call.socket)
    connection = Connection(reader, writer, call.address, call.phases)
    try:
        if peer.tls:
            await start_tls(connection, peer, context)
        yield connection
    finally:
        # Nobody waits for a goodbye: a peer that never says it would hold the probe.
        connection.writer.transport.abort()


@dataclass(slots=True)
class Call:
    """A connected socket that belongs to who asked for it; phases in ms."""

    socket: socket.socket
    address: str
    phases: dict[str, float]


async def calling(peer: Peer, context: Context, addresses: tuple[str, ...] = ()) -> Call:
    """A bare socket to the first of the host's addresses that answers, for a library that does
    the talking. Raises a Failure."""
    phases: dict[str, float] = {}
    context.phases = phases
    if not addresses:
        began = time.perf_counter()
        context.doing = "looking up the name"
        addresses = await context.services.resolver.resolve(peer.host, peer.family)
        phases["dns"] = ms_since(began)
    began = time.perf_counter()
    failure: Failure = Unreachable(f"{peer.host} has no address that answers")
    for number, address in enumerate(addresses, 1):
        patience = None if number == len(addresses) else PATIENCE_S
        context.doing = f"connecting to {address}"
        try:
            async with asyncio.timeout(patience):
                called = await _call(address, peer.port)
        except OSError as error:
            failure = _why(error, f"{address} port {peer.port}")
            continue
        phases["connect"] = ms_since(began)
        context.facts["address"] = address
        return Call(called, address, phases)
    raise failure


async def _call(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    called = socket.socket(family, socket.SOCK_STREAM)
    try:
        called.setblocking(False)
        await asyncio.get_running_loop().sock_connect(called, (address, port))
    except BaseException:
        called.close()
        raise
    return called


def _why(error: OSError, where: str) -> Failure:
    if error.errno is None:
        return Unreachable(f"{where} did not answer")
    return of_errno(error.errno, where)


async def start_tls(connection: Connection, peer: Peer, context: Context) -> None:
    """Go on encrypted, at once or after a STARTTLS. Raises a TlsFailed or what `ssl` raises.

    Whatever came unencrypted before is refused, or an attacker could slip it in front of what the
    server says (CVE-2011-0411).
    """
    if _has_unread(connection.reader):
        raise TlsFailed("the server sent something unencrypted before the TLS handshake")
    began = time.perf_counter()
    context.doing = "in the TLS handshake"
    services = context.services
    tls = services.tls if peer.verify else services.tls_unverified
    try:
        # asyncio's own limit must not come before the engine's, which tells what it was.
        patience = context.remaining() + 5
        await connection.writer.start_tls(
            tls, server_hostname=peer.server_name or peer.host, ssl_handshake_timeout=patience
        )
    except ConnectionError as error:
        raise TlsFailed("the TLS handshake failed: the server closed the connection") from error
    connection.phases["tls"] = ms_since(began)


def _has_unread(reader: asyncio.StreamReader) -> bool:
    """Whether something waits to be read. asyncio tells it only by not having to wait for it."""
    reading = reader.read(1)
    try:
        reading.send(None)
    except StopIteration as read:
        return bool(read.value)
    reading.close()
    return False


def ms_since(began: float) -> float:
    """Milliseconds since an instant of `perf_counter`."""
    return round((time.perf_counter() - began) * 1000, 3)
