"""The ways to ping from here: a datagram socket, a raw one, the system's program, or none."""

import asyncio
import errno
import re
import shutil
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from kener.checks._base import Context
from kener.checks._failures import EXHAUSTION, Failure, Unreachable, Unsupported, of_errno
from kener.checks._icmp import EchoSocket

WAYS = ("datagram", "raw", "program")
SOCKETS = {"datagram": socket.SOCK_DGRAM, "raw": socket.SOCK_RAW}
NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EPROTONOSUPPORT, errno.EAFNOSUPPORT}
SPACING_S = 0.2
# What the system's program needs to notice a signal and print what it has.
PROGRAM_GRACE_S = 0.4
# So long before the deadline one that goes on all the same is killed: a busy machine wakes us late.
KILL_BEFORE_S = 0.2
# The engine's deadline must not come first, or what did come back would be lost.
MARGIN_S = 0.05
MOST_SAID = 65_536
# All programs end with "3 packets transmitted, 3 received" – unless they could not send at all.
STATISTICS = re.compile(rb"\d+ packets transmitted")
TIME = re.compile(rb"time[=<]([0-9.]+) ?ms")


@dataclass(slots=True)
class Echoes:
    """Round trips in ms of the packets that came back; `refused` when a router said no way."""

    sent: int
    times: list[float] = field(default_factory=list)
    refused: str = ""


class Pinger:
    """One per engine; finds out which way is open when it is first asked for a family."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, ways: Sequence[str] | None, program: str
    ) -> None:
        self._loop = loop
        self._ways = WAYS if ways is None else tuple(ways)
        self._program = program
        self._open: dict[socket.AddressFamily, EchoSocket | str] = {}

    async def ping(self, address: str, count: int, wait_s: float, context: Context) -> Echoes:
        """Send `count` packets and wait at most `wait_s` after the last, within the deadline.

        Raises Unsupported when this machine has no way, a Failure when nothing can be sent.
        """
        way = self._way(socket.AF_INET6 if ":" in address else socket.AF_INET)
        if isinstance(way, str):
            return await by_program(way, address, count, context)
        sent: list[asyncio.Future[float]] = []
        try:
            for _ in range(count):
                if sent:
                    await asyncio.sleep(SPACING_S)
                sent.append(_send(way, address))
            patience = min(wait_s, context.remaining() - MARGIN_S)
            await asyncio.wait(sent, timeout=max(0.0, patience))
            return _counted(sent)
        finally:
            for each in sent:
                each.cancel()

    def _way(self, family: socket.AddressFamily) -> EchoSocket | str:
        known = self._open.get(family)
        if known is None:
            known = self._open[family] = self._find(family)
        return known

    def _find(self, family: socket.AddressFamily) -> EchoSocket | str:
        for way in self._ways:
            if way == "program":
                path = shutil.which(self._program)
                if path:
                    return path
                continue
            try:
                return EchoSocket(self._loop, family, SOCKETS[way])
            except OSError as error:
                if error.errno not in NOT_ALLOWED:
                    raise
        raise Unsupported("pings are not supported here: this machine does not let us send any")

    def close(self) -> None:
        """Close the sockets."""
        for way in self._open.values():
            if isinstance(way, EchoSocket):
                way.close()
        self._open.clear()


def _send(way: EchoSocket, address: str) -> asyncio.Future[float]:
    try:
        return way.send(address)
    except OSError as error:
        raise of_errno(error.errno or 0, address) from error


def _counted(sent: Sequence[asyncio.Future[float]]) -> Echoes:
    echoes = Echoes(len(sent))
    for each in sent:
        if not each.done():
            continue
        failure = each.exception()
        if isinstance(failure, Unreachable):
            echoes.refused = failure.detail
        elif failure is None:
            echoes.times.append(each.result())
    return echoes


async def by_program(path: str, address: str, count: int, context: Context) -> Echoes:
    """The same by the system's `ping`, whose output is read; only options that all have.

    One that does not end in time is killed, and what it said until then counts. Raises Unsupported
    when it may not send, and a Failure when there is no way to the address.
    """
    process = await _started(path, address, count)
    said, complaints = bytearray(), bytearray()
    ending = asyncio.ensure_future(_listen(process, said, complaints))
    killed = False
    try:
        await asyncio.wait([ending], timeout=max(0.0, context.remaining() - PROGRAM_GRACE_S))
        if not ending.done():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)  # it prints what it has and ends
            await asyncio.wait([ending], timeout=max(0.0, context.remaining() - KILL_BEFORE_S))
        if not ending.done():
            killed = True
            _kill(process)
            await asyncio.wait([ending], timeout=max(0.0, context.remaining() - MARGIN_S))
    finally:
        ending.cancel()
        _kill(process)
    echoes = Echoes(count, times_in(bytes(said))[:count])
    if not echoes.times and not killed and not STATISTICS.search(said):
        raise _unsent(bytes(complaints), address)
    return echoes


async def _started(path: str, address: str, count: int) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            path, "-n", "-c", str(count), address,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
        )  # fmt: skip
    except OSError as error:
        if error.errno in EXHAUSTION:
            raise
        raise Unsupported(f"pings are not supported here: {path} cannot be run") from error


def _unsent(complaints: bytes, address: str) -> Failure:
    """Why a `ping` ended without its statistics: it never got to send."""
    told = " ".join(complaints.decode(errors="replace").split())[:120]
    if "unreachable" in told.lower() or "no route" in told.lower():
        return of_errno(errno.ENETUNREACH, address)
    why = f"the ping program says “{told}”" if told else "the ping program sends none"
    return Unsupported(f"pings are not supported here: {why}")


def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()


async def _listen(
    process: asyncio.subprocess.Process, said: bytearray, complaints: bytearray
) -> None:
    """Take down what a program says while it says it, until it ends."""
    await asyncio.gather(_take_down(process.stdout, said), _take_down(process.stderr, complaints))
    await process.wait()


async def _take_down(stream: asyncio.StreamReader | None, into: bytearray) -> None:
    while stream and (part := await stream.read(4096)):
        into += part[: MOST_SAID - len(into)]


def times_in(output: bytes) -> list[float]:
    """The round trips (ms) in what iputils, busybox and macOS print."""
    return [float(each) for each in TIME.findall(output)]
