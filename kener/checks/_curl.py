"""Transfers by libcurl: one multi handle on the loop, easy handles used again but never reused
dirty, connections pinned to addresses that were vetted."""

import asyncio
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pycurl

from kener.checks._addresses import literal
from kener.checks._certificates import Certificate, Certificates, Server, from_curl
from kener.checks._curl_errors import BadCertificate, doing_of, failure_of
from kener.checks._failures import Blocked, Failure, TlsFailed
from kener.core.instant import Instant

if TYPE_CHECKING:
    from kener.checks._base import Context
    from kener.checks._dns import Family, Resolver

Option = tuple[int, Any]
WEB = pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS
FREE_HANDLES = 1_000

# Set on every probe: nothing of an earlier one is kept, and nothing is read from the environment.
ALWAYS: tuple[Option, ...] = (
    (pycurl.NOSIGNAL, 1),
    (pycurl.FRESH_CONNECT, 1),
    (pycurl.FORBID_REUSE, 1),
    (pycurl.DNS_CACHE_TIMEOUT, 0),
    (pycurl.SSL_SESSIONID_CACHE, 0),
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.PROTOCOLS, WEB),
    (pycurl.REDIR_PROTOCOLS, WEB),
    (pycurl.PROXY, ""),
)
# The post-quantum key share that newer libraries send first costs a tenth of a handshake.
TLS: tuple[Option, ...] = ((pycurl.SSL_EC_CURVES, "X25519:P-256:P-384:P-521"),)


@dataclass(frozen=True, slots=True)
class Request:
    """One hop. `options` are libcurl's, ready made; `keep` bytes of the body are kept and at most
    `limit` are read."""

    host: str
    port: int
    tls: bool
    options: tuple[Option, ...]
    family: "Family" = "auto"
    limit: int = 0
    keep: bool = False
    always_certificate: bool = False
    name: str = ""

    @property
    def server(self) -> Server:
        """Whom the certificate is for: the name in the URL, if it is not the host's own."""
        return (self.name or self.host, self.port)


@dataclass(slots=True)
class Answer:
    """What came back. Phases in ms; `certificate` is the last one read of this server."""

    status: int
    size: int
    body: bytes
    redirect: str | None
    address: str
    http_version: int
    content_type: str
    phases: dict[str, float]
    certificate: Certificate | None


class Transfers:
    """Bound to one loop for life."""

    def __init__(self, loop: asyncio.AbstractEventLoop, resolver: "Resolver", ca_file: str) -> None:
        self._loop = loop
        self._resolver = resolver
        self._multi = pycurl.AsyncCurlMulti()
        self._free: list[Any] = []
        self._ca: Option = (pycurl.CAINFO, ca_file)
        self.certificates = Certificates()

    async def fetch(self, request: Request, context: "Context") -> Answer:
        """Resolve, vet, connect and transfer. Raises a Failure that says what went wrong; a bad
        certificate is read and told in its facts."""
        context.doing = "looking up the name"
        started = self._loop.time()
        addresses = await self._resolver.resolve(request.host, request.family)
        dns_ms = (self._loop.time() - started) * 1000
        read = request.tls and (
            request.always_certificate or self.certificates.is_due(request.server, context.now)
        )
        try:
            return await self._once(request, context, addresses, dns_ms, certificate=read)
        except BadCertificate:
            # Only a second handshake, told to do so, shows the certificate that was refused.
            return await self._once(request, context, addresses, dns_ms, certificate=True)

    async def _once(
        self,
        request: Request,
        context: "Context",
        addresses: tuple[str, ...],
        dns_ms: float,
        *,
        certificate: bool,
    ) -> Answer:
        transfer = _Transfer(self._take(), request, addresses)
        transfer.prepare(context.remaining(), self._ca, certificate=certificate)
        ended = False
        try:
            code = await self._perform(transfer, context)
            ended = True
            if certificate:
                self._read_certificate(transfer, context)
            known = self.certificates.get(request.server) if request.tls else None
            if code and not transfer.was_cut(code):
                if code == pycurl.E_PEER_FAILED_VERIFICATION and not certificate:
                    raise BadCertificate
                raise transfer.failure(code, dns_ms, known, context.now)
            return transfer.answer(dns_ms, known)
        finally:
            self._give_back(transfer.curl, ended=ended)

    async def _perform(self, transfer: "_Transfer", context: "Context") -> int:
        """Libcurl's error code; 0 is good."""
        try:
            await self._multi.add_handle(transfer.curl)
        except pycurl.error as error:
            return int(error.args[0])
        except asyncio.CancelledError:
            context.doing = doing_of(transfer.curl, tls=transfer.request.tls)
            raise
        return 0

    def _read_certificate(self, transfer: "_Transfer", context: "Context") -> None:
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

    async def close(self) -> None:
        """End what is in flight and free all handles."""
        await self._multi.aclose()
        for curl in self._free:
            curl.close()
        self._free.clear()


class _Socket(socket.socket):
    """libcurl takes a copy of it, so this one goes quietly."""

    def __del__(self) -> None:
        self.close()


class _Transfer:
    """One use of an easy handle: its callbacks and what they saw."""

    __slots__ = ("addresses", "body", "curl", "problem", "request", "size")

    def __init__(self, curl: Any, request: Request, addresses: tuple[str, ...]) -> None:
        self.curl = curl
        self.request = request
        self.addresses = addresses
        self.size = 0
        self.body = bytearray()
        self.problem: Blocked | OSError | None = None

    def prepare(self, seconds: float, ca: Option, *, certificate: bool) -> None:
        """Set every option there is to set: the handle is as new."""
        setopt, request = self.curl.setopt, self.request
        for option, value in ALWAYS:
            setopt(option, value)
        for option, value in request.options:
            setopt(option, value)
        # Only a net under the engine's own deadline, which comes first.
        setopt(pycurl.TIMEOUT_MS, int(seconds * 1000) + 1000)
        setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)
        setopt(pycurl.WRITEFUNCTION, self._write)
        self._pin()
        if request.tls:
            setopt(*ca)
            for option, value in TLS:
                setopt(option, value)
            if certificate:
                setopt(pycurl.OPT_CERTINFO, 1)

    def _pin(self) -> None:
        """Lead libcurl to the vetted addresses; an address in the URL leads there by itself."""
        name, port = self.request.server
        if name == self.addresses[0]:
            return
        pins = [f"[{each}]" if ":" in each else each for each in self.addresses]
        if literal(name) is None:
            self.curl.setopt(pycurl.RESOLVE, [f"{name}:{port}:{','.join(pins)}"])
        else:
            self.curl.setopt(pycurl.CONNECT_TO, [f"::{pins[0]}:{port}"])

    def _open_socket(self, purpose: int, address: Any) -> Any:
        """The last guard: whatever libcurl made of the host, only a vetted address is called."""
        if address.addr[0] not in self.addresses:
            self.problem = Blocked(f"{address.addr[0]} was not vetted for this check")
            return pycurl.SOCKET_BAD
        try:
            return _Socket(address.family, address.socktype, address.protocol)
        except OSError as error:
            self.problem = error
            return pycurl.SOCKET_BAD

    def _write(self, part: bytes) -> int | None:
        """Count, keep what is wanted, and stop at the limit (no other answer than the length
        means stop)."""
        room = self.request.limit - self.size
        self.size += min(len(part), room)
        if self.request.keep:
            self.body += part[:room]
        return None if len(part) <= room else -1

    def answer(self, dns_ms: float, certificate: Certificate | None) -> Answer:
        """All that libcurl can tell about a transfer that ended well."""
        info = self.curl.getinfo
        return Answer(
            status=info(pycurl.RESPONSE_CODE),
            size=self.size,
            body=bytes(self.body),
            redirect=_text(self.curl.getinfo_raw(pycurl.REDIRECT_URL)),
            address=info(pycurl.PRIMARY_IP),
            http_version=info(pycurl.INFO_HTTP_VERSION),
            content_type=_text(self.curl.getinfo_raw(pycurl.CONTENT_TYPE)),
            phases=self._phases(dns_ms),
            certificate=certificate,
        )

    def _phases(self, dns_ms: float) -> dict[str, float]:
        """Times of libcurl are all counted from the start; ours are the parts, in ms."""
        info = self.curl.getinfo
        connect, total = info(pycurl.CONNECT_TIME_T), info(pycurl.TOTAL_TIME_T)
        phases = {"dns": round(dns_ms, 3)}
        if connect:
            phases["connect"] = connect / 1000
            ready = connect
            if self.request.tls and (ready := info(pycurl.APPCONNECT_TIME_T)):
                phases["tls"] = (ready - connect) / 1000
            first = info(pycurl.STARTTRANSFER_TIME_T)
            if ready and first > ready:
                phases["first_byte"] = (first - ready) / 1000
        phases["total"] = round(dns_ms + total / 1000, 3)
        return phases

    def was_cut(self, code: int) -> bool:
        """Whether the error is our own doing: we had read as much as we wanted."""
        return bool(code == pycurl.E_WRITE_ERROR and self.size >= self.request.limit)

    def failure(
        self, code: int, dns_ms: float, certificate: Certificate | None, now: Instant
    ) -> Failure:
        """What the error means, with all that was found out nevertheless."""
        if isinstance(self.problem, Blocked):
            return self.problem
        address = self.curl.getinfo(pycurl.PRIMARY_IP)
        where = f"{address or self.addresses[0]} port {self.request.port}"
        failure = failure_of(code, self.curl, where, self.problem)
        if address:
            failure.facts["address"] = address
        if isinstance(failure, TlsFailed) and certificate is not None:
            failure.facts |= certificate.facts(now)
        failure.phases = self._phases(dns_ms)
        failure.latency_ms = failure.phases["total"]
        return failure


def _text(told: bytes | None) -> str:
    """What a server wrote in a header, which need not be UTF-8."""
    return (told or b"").decode(errors="replace")
