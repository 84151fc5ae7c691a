"""Services on loopback for `make demo`: one calm, one slow, one that breaks every minute."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable

PERIOD = 60
"""Seconds of one round: whatever flaps is broken in the last third of it."""

CALM, SLOW, FLAKY, LIMPING = 8901, 8902, 8903, 8904
Answer = Callable[[], tuple[int, float]]


def is_bad_time(offset: float = 0) -> bool:
    """The last third of each minute, moved on by some seconds."""
    return (time.time() + offset) % PERIOD > PERIOD * 2 / 3


def calm() -> tuple[int, float]:
    """Always well: the status code, and the seconds it takes."""
    return 200, 0.005


def slow() -> tuple[int, float]:
    """Well, but taking its time."""
    return 200, 0.25


def flaky() -> tuple[int, float]:
    """Fails for twenty seconds of each minute."""
    return (503 if is_bad_time() else 200), 0.01


def limping() -> tuple[int, float]:
    """Answers late for twenty seconds of each minute."""
    return 200, (0.9 if is_bad_time(30) else 0.03)


async def serve(port: int, answer: Answer) -> asyncio.Server:
    """An HTTP server that answers every request in the same way."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            code, seconds = answer()
            await asyncio.sleep(seconds)
            head = f"HTTP/1.1 {code} Demo\r\nContent-Length: 6\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + b"hello\n")
            await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", port)


async def main() -> None:
    """Serve until told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ports = {CALM: calm, SLOW: slow, FLAKY: flaky, LIMPING: limping}
    servers = [await serve(port, answer) for port, answer in ports.items()]
    await stop.wait()
    for server in servers:
        server.close()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except OSError as error:
        sys.exit(f"the demo's services can't start: {error.strerror}")
