"""Whether this machine is online: does anybody of those who always answer take a connection?"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kener.checks._failures import Blocked, Exhausted, Failure, Offline, of_errno

if TYPE_CHECKING:
    from kener.checks._dns import Resolver

Server = tuple[str, int]


class Canaries:
    """Lives on the engine's loop; addresses are resolved and vetted as those of probes are."""

    def __init__(self, resolver: "Resolver") -> None:
        self._resolver = resolver
        self._asking: set[asyncio.Task[Any]] = set()

    async def any_answers(self, servers: Iterable[Server], patience_s: float) -> bool | None:
        """Call all at once: True as soon as one takes the connection, False when none does in
        time, None when not one could be called (refused by the address policy, no files left).
        To be run as a task of its own."""
        task = asyncio.current_task()
        calls = {asyncio.create_task(self._answers(*each)) for each in servers}
        if task is not None:
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)
        try:
            return await _first_true(calls, patience_s)
        finally:
            await _end(calls)

    async def _answers(self, host: str, port: int) -> bool | None:
        try:
            addresses = await self._resolver.resolve(host)
        except Failure as failure:
            return _meaning(failure)
        meaning: bool | None = None
        for each in addresses:
            meaning = await _takes_connections(each, port)
            if meaning:
                break
        return meaning

    async def close(self) -> None:
        """Ask no more."""
        await _end(self._asking.copy())


async def _takes_connections(address: str, port: int) -> bool | None:
    try:
        _, writer = await asyncio.open_connection(address, port)
    except OSError as error:
        return _meaning(of_errno(error.errno or 0, address))
    writer.transport.abort()
    return True


def _meaning(failure: Failure) -> bool | None:
    """That we may not call or have no files left says nothing of our connection."""
    if isinstance(failure, Offline):
        return False
    return None if isinstance(failure, (Blocked, Exhausted)) else False


async def _first_true(tasks: set[asyncio.Task[bool | None]], patience_s: float) -> bool | None:
    answers: list[bool | None] = []
    try:
        async with asyncio.timeout(patience_s):
            for each in asyncio.as_completed(tasks):
                answers.append(await each)
                if answers[-1]:
                    return True
    except TimeoutError:
        return False
    return False if False in answers else None


async def _end(tasks: set[asyncio.Task[Any]]) -> None:
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
