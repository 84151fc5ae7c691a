"""One transfer: what is asked for, libcurl's options and callbacks, and what came back."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pycurl

from kener.checks._certificates import Certificate, Server
from kener.checks._curl_errors import failure_of, proxy_failure
from kener.checks._curl_pins import Pins, bracketed, pin
from kener.checks._failures import Blocked, Failure, TlsFailed
from kener.core.instant import Instant

if TYPE_CHECKING:
    from kener.checks._dns import Family
    from kener.checks._proxies import Proxy

Option = tuple[int, Any]
WEB = pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS
HEADER_SIZE = pycurl.HEADER_SIZE
MOST_HEADERS = 65_536
TOO_MANY_HEADERS = "sent more than 64 KB of headers"

# Set on every probe: nothing of an earlier one is kept, and nothing is read from the environment.
ALWAYS: tuple[Option, ...] = (
    (pycurl.NOSIGNAL, 1),
    (pycurl.FRESH_CONNECT, 1),
    (pycurl.FORBID_REUSE, 1),
    # Libcurl never looks up a name: each is pinned anew. With a limit it would look through all
    # pins for old ones, again and again.
    (pycurl.DNS_CACHE_TIMEOUT, -1),
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
    """One hop. `options` are libcurl's, ready made; at most `limit` bytes of the body are read,
    and with `keep` they are kept. `cookies` (libcurl's lines) of None: none are taken or kept."""

    host: str
    port: int
    tls: bool
    options: tuple[Option, ...]
    family: "Family" = "auto"
    limit: int = 0
    keep: bool = False
    always_certificate: bool = False
    name: str = ""
    keep_headers: bool = False
    proxy: "Proxy | None" = None
    cookies: tuple[bytes, ...] | None = field(default=None, repr=False)

    @property
    def server(self) -> Server:
        """Whom the certificate is for: the name in the URL, if it is not the host's own."""
        return (self.name or self.host, self.port)


@dataclass(slots=True)
class Answer:
    """What came back. Phases in ms; `certificate` is the last one read of this server,
    `headers` have lower-case names and are kept when they were asked for."""

    status: int
    size: int
    body: bytes
    redirect: str | None
    address: str
    http_version: int
    content_type: str
    headers: Mapping[str, str]
    cookies: tuple[bytes, ...]
    is_cut: bool
    phases: dict[str, float]
    certificate: Certificate | None


class Route(NamedTuple):
    """Vetted addresses: whom we may call, and where the target's name leads; none for a name that
    the proxy looks up."""

    called: tuple[str, ...]
    target: tuple[str, ...]


class _Socket(socket.SocketType):
    """libcurl takes a copy of it, so this one goes quietly. It is the bare one below Python's
    own, which needs ten times as long to make."""

    __slots__ = ()

    def __del__(self) -> None:
        self.close()


class Transfer:
    """One use of an easy handle: its callbacks and what they saw."""

    __slots__ = (
        "body", "curl", "header_size", "headers", "is_cut", "pins", "problem", "request", "route",
        "size",
    )  # fmt: skip

    def __init__(self, curl: Any, request: Request, route: Route) -> None:
        self.curl = curl
        self.request = request
        self.route = route
        self.size = self.header_size = 0
        self.body = bytearray()
        self.headers: dict[str, str] = {}
        self.is_cut = False
        self.pins: dict[str, str] = {}
        self.problem: Failure | OSError | None = None

    def prepare(self, seconds: float, ca: Option, pins: Pins, *, certificate: bool) -> None:
        """Set every option there is to set: the handle is as new. `self.pins` are to be given back
        when it has ended."""
        setopt, request = self.curl.setopt, self.request
        for option, value in ALWAYS:
            setopt(option, value)
        if request.tls:
            setopt(*ca)
            for option, value in TLS:
                setopt(option, value)
            if certificate:
                setopt(pycurl.OPT_CERTINFO, 1)
        for option, value in request.options:
            setopt(option, value)
        # Only a net under the engine's own deadline, which comes first.
        setopt(pycurl.TIMEOUT_MS, int(seconds * 1000) + 1000)
        setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)
        setopt(pycurl.WRITEFUNCTION, self._write)
        if request.keep_headers:
            setopt(pycurl.HEADERFUNCTION, self._header)
        if request.cookies is not None:
            setopt(pycurl.COOKIEFILE, "")
            for line in request.cookies:
                setopt(pycurl.COOKIELIST, line)
        self._pin(pins)

    def _pin(self, pins: Pins) -> None:
        """Lead libcurl to the vetted addresses; an address in the URL leads there by itself."""
        proxy, (name, port) = self.request.proxy, self.request.server
        if proxy is not None:
            self.pins = pin(proxy.host, proxy.port, self.route.called)
            self.pins |= pin(name, port, self.route.target)
        elif name != self.route.target[0]:
            self.pins = pin(name, port, self.route.target)
            if not self.pins:
                to = f"::{bracketed(self.route.target[0])}:{port}"
                self.curl.setopt(pycurl.CONNECT_TO, [to])
        if self.pins:
            self.curl.setopt(pycurl.RESOLVE, pins.take(self.pins))

    def _open_socket(self, purpose: int, address: Any) -> Any:
        """The last guard: whatever libcurl made of the host, only a vetted address is called."""
        if address.addr[0] not in self.route.called:
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
        self.is_cut = len(part) > room
        return -1 if self.is_cut else None

    def _header(self, line: bytes) -> int | None:
        """Keep the headers of the last answer, without those of a proxy or of a 1xx before it;
        those of one name are joined."""
        self.header_size += len(line)
        if self.header_size > MOST_HEADERS:
            return -1
        if line.startswith(b"HTTP/"):
            self.headers.clear()
            return None
        name, colon, value = line.decode(errors="replace").partition(":")
        if colon:
            name, value = name.strip().lower(), value.strip()
            self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value
        return None

    def has_too_many_headers(self) -> bool:
        """Whether more came than anybody needs."""
        return self.header_size > MOST_HEADERS or self.curl.getinfo(HEADER_SIZE) > MOST_HEADERS

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
            headers=self.headers,
            cookies=self._cookies(),
            is_cut=self.is_cut,
            phases=self.phases(dns_ms),
            certificate=certificate,
        )

    def _cookies(self) -> tuple[bytes, ...]:
        if self.request.cookies is None:
            return ()
        return tuple(self.curl.getinfo_raw(pycurl.INFO_COOKIELIST))

    def address(self) -> dict[str, str]:
        """The fact of whom we reached; none when nobody, or when that was a proxy."""
        address = "" if self.request.proxy else self.curl.getinfo(pycurl.PRIMARY_IP)
        return {"address": address} if address else {}

    def phases(self, dns_ms: float) -> dict[str, float]:
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
        return code == pycurl.E_WRITE_ERROR and self.is_cut

    def failure(
        self, code: int, dns_ms: float, certificate: Certificate | None, now: Instant
    ) -> Failure:
        """What the error means, with all that was found out nevertheless."""
        if isinstance(self.problem, Failure):
            return self.problem
        proxy, address = self.request.proxy, self.curl.getinfo(pycurl.PRIMARY_IP)
        where = f"{address or self.route.called[0]} port {self.request.port}"
        if proxy is not None:
            where = f"the proxy {address or self.route.called[0]} port {proxy.port}"
        failure = (proxy_failure(code, self.curl, where) if proxy else None) or failure_of(
            code, self.curl, where, self.problem
        )
        failure.facts |= self.address()
        if isinstance(failure, TlsFailed) and certificate is not None:
            failure.facts |= certificate.facts(now)
        failure.phases = self.phases(dns_ms)
        failure.latency_ms = failure.phases["total"]
        return failure


def _text(told: bytes | None) -> str:
    """What a server wrote in a header, which need not be UTF-8."""
    return (told or b"").decode(errors="replace")
