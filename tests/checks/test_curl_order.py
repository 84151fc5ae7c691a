"""Libcurl does not begin transfers in the order in which they were added."""

import asyncio
import contextlib
from types import SimpleNamespace

import pycurl
from checks.proxies import SocksProxy
from checks.servers import free_port

from kener.checks import _curl_pins
from kener.checks._base import Context
from kener.checks._curl import Request, Transfers
from kener.checks._failures import Failure
from kener.checks._proxies import proxy

VETTED = "127.0.0.2"
ROUNDS = 400
"""Enough for libcurl to begin the last of a round before the first, several times."""


class Names:
    """Where names lead; it answers at once."""

    async def resolve(self, name, _family="auto"):
        return (VETTED,) if name.endswith(".localhost") else (name,)


def test_a_name_is_not_dropped_while_a_transfer_waits_for_its_proxy(monkeypatch):
    monkeypatch.setattr(_curl_pins, "MOST_STALE", 1)

    async def main(through):
        loop = asyncio.get_running_loop()
        transfers, services = Transfers(loop, Names(), ""), SimpleNamespace(loop=loop)

        async def fetch(name, port, through=None):
            options = [
                (pycurl.URL, f"http://{name}:{port}/"),
                *(through.options() if through else ()),
            ]
            request = Request(name, port, tls=False, options=tuple(options), proxy=through)
            with contextlib.suppress(Failure):
                await transfers.fetch(request, Context(services, 0, loop.time() + 5, {}))

        port = free_port()
        for _ in range(ROUNDS):
            await fetch("shop.localhost", port, through)
            await asyncio.gather(
                fetch("mail.localhost", port), fetch("shop.localhost", port, through)
            )
        transfers.close()

    with SocksProxy() as socks:
        asyncio.run(main(proxy(f"socks5://{socks.address}")))

    assert {host for host, _ in socks.asked} == {VETTED}
