"""UDP questions and answers, by sockets that are connected to a vetted address: the system then
drops what anybody else sends, and tells when a router or the host says that nobody is there."""

import asyncio
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kener.checks._base import Context
from kener.checks._failures import ConnectionRefused, Failure, of_errno
from kener.checks._fields import host_and_port

T = TypeVar("T")
LARGEST = 65_535
# No address but the last may use up the time of those after it.
PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True)
class Datagram(Generic[T]):
    """An answer, by whom, and the round trip in ms."""

    answer: T
    address: str
    took_ms: float


Accept = Callable[[bytes], T | None]
"""What an answer means; None when it is none to our question, and we listen on."""


async def first_answer(
    addresses: Sequence[str], port: int, question: bytes, accept: Accept[T], context: Context
) -> Datagram[T]:
    """The answer of the first address that gives one. Raises the Failure of the last."""
    *others, last = addresses
    for address in others:
        patience = min(PATIENCE_S, context.remaining() / 2)
        try:
            async with asyncio.timeout(patience):
                return await ask(address, port, question, accept, context)
        except (TimeoutError, Failure):
            continue
    return await ask(last, port, question, accept, context)


async def ask(
    address: str, port: int, question: bytes, accept: Accept[T], context: Context
) -> Datagram[T]:
    """Send one datagram and wait for its answer, until somebody's patience ends. Raises a Failure
    when it cannot be sent or is refused."""
    where = host_and_port(address, port)
    context.doing = f"asking {where}"
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as talk:
            talk.setblocking(False)
            talk.connect((address, port))
            began = time.perf_counter()
            talk.send(question)
            while True:
                heard = await context.services.loop.sock_recv(talk, LARGEST)
                took_ms = round((time.perf_counter() - began) * 1000, 3)
                answer = accept(heard)
                if answer is not None:
                    return Datagram(answer, address, took_ms)
                context.doing = f"asking {where}, which answered something else"
                # What waits already is read without a wait: a flood of it would be for ever.
                await asyncio.sleep(0)
    except ConnectionRefusedError as error:
        raise ConnectionRefused(f"{address} says that nobody listens on port {port}") from error
    except OSError as error:
        if error.errno is None:
            raise
        raise of_errno(error.errno, f"{address} port {port}") from error
