"""Servers that live on an asyncio loop of their own, in a thread: SMTP by aiosmtpd."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from aiosmtpd.smtp import SMTP


@contextmanager
def a_loop() -> Iterator[Callable[[Awaitable], object]]:
    """Runs a coroutine on the loop and returns its result; at the end all tasks are cancelled."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(10)

    async def end():
        tasks = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(3):  # what is being closed is closed in the loop's next rounds
            await asyncio.sleep(0)

    try:
        yield run
    finally:
        run(end())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Closing(SMTP):
    """The library's, but whose connections are closed: it forgets those that end in a handshake."""

    async def _handle_client(self):
        try:
            await super()._handle_client()
        finally:
            if self.transport is not None:
                self.transport.close()


@contextmanager
def an_smtp_server(handler=None, *, wrapped=None, **options) -> Iterator[int]:
    """Its port. `wrapped` is a context for TLS from the start; `tls_context` offers STARTTLS."""

    async def start():
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: Closing(handler or object(), hostname="mail.test", loop=loop, **options),
            "127.0.0.1",
            0,
            ssl=wrapped,
        )

    async def stop(server):
        server.close()
        await server.wait_closed()

    with a_loop() as run:
        server = run(start())
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            run(stop(server))
