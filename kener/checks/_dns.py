"""Names to vetted addresses, by a resolver of our own: c-ares, which also reads /etc/hosts."""

import asyncio
import socket
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import pycares.errno as ares
from aiodns import DNSResolver
from aiodns.error import DNSError
from pycares import AddrInfoResult

from kener.checks._addresses import Policy, any_route, literal
from kener.checks._failures import NO_NETWORK, Blocked, DnsFailed, Exhausted, Offline

Family = Literal["auto", "ipv4", "ipv6"]
FAMILIES = {"auto": socket.AF_UNSPEC, "ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
WORDS = {"auto": "address", "ipv4": "IPv4 address", "ipv6": "IPv6 address"}

# Many monitors of one host in the same seconds share an answer; each minute's probe asks anew.
SHARED_S = 10.0
REMEMBERED = 20_000
MOST = 64
"""Addresses of one name that are looked at; a hostile name server may give thousands."""


class Resolver:
    """Lives on the engine's loop. `nameservers` replaces the system's (tests do that)."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        policy: Policy,
        nameservers: Sequence[str] = (),
    ) -> None:
        self._loop = loop
        self._refusal = lru_cache(REMEMBERED)(policy.refusal)
        self._nameservers = list(nameservers)
        self._channel: DNSResolver | None = None
        self._known: dict[tuple[str, Family], tuple[float, tuple[str, ...]]] = {}
        self._asked: dict[tuple[str, Family], asyncio.Future[AddrInfoResult]] = {}

    async def resolve(self, host: str, family: Family = "auto") -> tuple[str, ...]:
        """The host's addresses that may be probed, best first; never none.

        Raises DnsFailed, Blocked when every address is refused, Exhausted without a network.
        """
        key = (host, family)
        known = self._known.get(key)
        if known is not None and known[0] > self._loop.time():
            return known[1]
        address = literal(host)
        if address is not None:
            if (family == "ipv6") != (":" in address) and family != "auto":
                raise DnsFailed(f"{host} is no {WORDS[family]}")
            return self._remember(key, self._vetted(host, [address]), float("inf"))
        answer = await self._ask(key)
        addresses = [_text(node.addr[0]) for node in answer.nodes[:MOST]]
        shared = min((node.ttl for node in answer.nodes), default=0)
        return self._remember(key, self._vetted(host, addresses), min(max(shared, 1), SHARED_S))

    def _vetted(self, host: str, addresses: Sequence[str]) -> tuple[str, ...]:
        if not addresses:
            raise DnsFailed(f"{host} has no address")
        refusals = {each: self._refusal(each) for each in addresses}
        allowed = tuple(each for each, refusal in refusals.items() if not refusal)
        if not allowed:
            first = addresses[0]
            where = host if host == first else f"{host} ({first})"
            raise Blocked(f"{where} {refusals[first]}")
        return allowed

    def _remember(
        self, key: tuple[str, Family], addresses: tuple[str, ...], seconds: float
    ) -> tuple[str, ...]:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key] = (self._loop.time() + seconds, addresses)
        return addresses

    async def _ask(self, key: tuple[str, Family]) -> AddrInfoResult:
        """One question for all who ask the same at once; who gives up does not end it."""
        host, family = key
        asked = self._asked.get(key)
        if asked is None:
            asked = self._open().getaddrinfo(host, FAMILIES[family], type=socket.SOCK_STREAM)
            self._asked[key] = asked
            asked.add_done_callback(lambda done: self._answered(key, done))
        try:
            return await asyncio.shield(asked)
        except DNSError as error:
            raise _failure(host, family, error.args[0]) from error

    def _answered(self, key: tuple[str, Family], asked: asyncio.Future[AddrInfoResult]) -> None:
        self._asked.pop(key, None)
        if not asked.cancelled():
            asked.exception()  # nobody may be left to see it, and that is fine

    def _open(self) -> DNSResolver:
        if self._channel is None:
            # Two tries of 2 and 4 s: the answer "no name server" comes before most deadlines.
            self._channel = DNSResolver(self._nameservers or None, self._loop, timeout=2.0, tries=2)
        return self._channel

    async def close(self) -> None:
        """Forget everything and end the resolver's own thread."""
        if self._channel is not None:
            await self._channel.close()
            self._channel = None


def _text(address: bytes | str) -> str:
    return address.decode() if isinstance(address, bytes) else address


def _failure(host: str, family: Family, code: int) -> DnsFailed | Exhausted:
    if code == ares.ARES_ENOTFOUND:
        return DnsFailed(f"there is no host named {host}")
    if code == ares.ARES_ENODATA:
        return DnsFailed(f"{host} has no {WORDS[family]}")
    if code in {ares.ARES_ESERVFAIL, ares.ARES_EREFUSED, ares.ARES_EFORMERR, ares.ARES_EBADRESP}:
        return DnsFailed(f"the name server could not answer for {host}")
    if code in {ares.ARES_EBADNAME, ares.ARES_EBADQUERY}:
        return DnsFailed(f"{host} is not a valid host name")
    if code == ares.ARES_ENOMEM:
        return Exhausted("this machine is out of memory")
    # What is left means that no name server could be asked: is that the world's fault or ours?
    return DnsFailed(f"no name server answered for {host}") if any_route() else Offline(NO_NETWORK)
