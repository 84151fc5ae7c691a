"""Transfers by libcurl: one multi handle on the loop, easy handles used again but never reused
dirty, connections pinned to addresses that were vetted."""

import asyncio
from typing import TYPE_CHECKING, Any

import pycurl

from kener.checks._addresses import literal
from kener.checks._certificates import Certificates, from_curl
from kener.checks._curl_errors import BadCertificate, doing_of
from kener.checks._curl_multi import Multi
from kener.checks._curl_pins import Pins
from kener.checks._curl_transfer import (
    TOO_MANY_HEADERS,
    Answer,
    Option,
    Request,
    Route,
    Transfer,
)
from kener.checks._failures import Blocked, DnsFailed, Mismatch

if TYPE_CHECKING:
    from kener.checks._base import Context
    from kener.checks._dns import Resolver

__all__ = ["Answer", "Option", "Request", "Transfers"]

FREE_HANDLES = 1_000


class Transfers:
    """Bound to one loop for life."""

    def __init__(self, loop: asyncio.AbstractEventLoop, resolver: "Resolver", ca_file: str) -> None:
        self._loop = loop
        self._resolver = resolver
        self._multi = Multi(loop)
        self._pins = Pins()
        self._free: list[Any] = []
        self._ca: Option = (pycurl.CAINFO, ca_file)
        self.certificates = Certificates()

    async def fetch(self, request: Request, context: "Context") -> Answer:
        """Resolve, vet, connect and transfer. Raises a Failure that says what went wrong; a bad
        certificate is read and told in its facts."""
        context.doing = "looking up the name"
        started = self._loop.time()
        route = await self._route(request)
        dns_ms = (self._loop.time() - started) * 1000
        read = request.tls and (
            request.always_certificate or self.certificates.is_due(request.server, context.now)
        )
        try:
            return await self._once(request, context, route, dns_ms, certificate=read)
        except BadCertificate:
            # Only a second handshake, told to do so, shows the certificate that was refused.
            return await self._once(request, context, route, dns_ms, certificate=True)

    async def _route(self, request: Request) -> Route:
        """Whom to call, and what the target's name means. A name that the proxy looks up is
        vetted by nobody, but an address is."""
        proxy = request.proxy
        if proxy is None:
            addresses = await self._resolver.resolve(request.host, request.family)
            return Route(addresses, addresses)
        target: tuple[str, ...] = ()
        if not proxy.looks_up or literal(request.host) is not None:
            target = await self._resolver.resolve(request.host, request.family)
        try:
            return Route(await self._resolver.resolve(proxy.host), target)
        except (Blocked, DnsFailed) as failure:
            raise type(failure)(f"the proxy cannot be used: {failure.detail}") from None

    async def _once(
        self,
        request: Request,
        context: "Context",
        route: Route,
        dns_ms: float,
        *,
        certificate: bool,
    ) -> Answer:
        if stale := self._pins.stale():
            self._multi.drop(stale)
        transfer = Transfer(self._take(), request, route)
        ended = False
        try:
            transfer.prepare(context.remaining(), self._ca, self._pins, certificate=certificate)
            code = await self._perform(transfer, context, dns_ms)
            ended = True
            if certificate:
                self._read_certificate(transfer, context)
            if transfer.has_too_many_headers():
                raise Mismatch(TOO_MANY_HEADERS)
            known = self.certificates.get(request.server) if request.tls else None
            if code and not transfer.was_cut(code):
                if code == pycurl.E_PEER_FAILED_VERIFICATION and not certificate:
                    raise BadCertificate
                raise transfer.failure(code, dns_ms, known, context.now)
            return transfer.answer(dns_ms, known)
        finally:
            self._pins.give_back(transfer.pins)
            # A reset keeps cookies, so a handle that had some is not used again.
            self._give_back(transfer.curl, ended=ended and request.cookies is None)

    async def _perform(self, transfer: Transfer, context: "Context", dns_ms: float) -> int:
        """Libcurl's error code; 0 is good."""
        try:
            return await self._multi.perform(transfer.curl)
        except asyncio.CancelledError:
            context.doing = doing_of(transfer.curl, tls=transfer.request.tls)
            context.facts |= transfer.address()
            context.phases = transfer.phases(dns_ms)
            del context.phases["total"]  # that is the timeout
            raise

    def _read_certificate(self, transfer: Transfer, context: "Context") -> None:
        seen = from_curl(transfer.curl.getinfo(pycurl.INFO_CERTINFO))
        if seen is not None:
            self.certificates.put(transfer.request.server, seen, context.now)

    def _take(self) -> Any:
        return self._free.pop() if self._free else pycurl.Curl()

    def _give_back(self, curl: Any, *, ended: bool) -> None:
        """Every option goes at once, so that no secret waits in a free handle; one that was
        interrupted is thrown away."""
        if ended and len(self._free) < FREE_HANDLES:
            curl.reset()
            self._free.append(curl)
        else:
            curl.close()

    def close(self) -> None:
        """End what is in flight and free all handles."""
        self._multi.close()
        for curl in self._free:
            curl.close()
        self._free.clear()
