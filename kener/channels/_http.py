"""Outgoing HTTP, by requests: to vetted addresses, without redirects or proxies, bounded in time
and in bytes. Whatever goes wrong comes back as a sentence; nothing of the network is raised."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from kener import __version__
from kener.channels._addresses import (
    Blocked,
    Resolver,
    resolved,
    system_resolver,
    vetted,
    vetted_host,
)
from kener.channels._sockets import BoundedSocket, dial, hand_over, tls
from kener.config import Networks

DEADLINE = 10.0
"""Seconds for the whole exchange, from resolving the name to the end of the answer."""
READ = 64 * 1024
"""Bytes of an answer's body that are read; a receiver that sends less sees an orderly end."""
BUDGET = 4 * READ
"""Bytes that may arrive at all: status, headers, chunk lengths and body."""
LONGEST_URL = 2000
HEADERS = {
    "User-Agent": f"Kener/{__version__}",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request: a status, or an error in plain words; `took_ms` in any case."""

    status: int | None
    error: str
    took_ms: int
    body: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """How requests leave: where they may go, who resolves names, whom TLS trusts (a PEM file,
    empty for the public authorities), and the deadline in seconds."""

    private_networks: Networks = ()
    resolve: Resolver = system_resolver
    authorities: str = ""
    deadline: float = DEADLINE


def url_problem(url: str, private_networks: Networks) -> str:
    """Why we would never send to this URL, in a few words; empty when we would try.

    Names are not resolved here: what they mean can change, so that is judged on connecting.
    """
    if len(url) > LONGEST_URL:
        return f"must be at most {LONGEST_URL} characters"
    if not url.isprintable() or " " in url:
        return "must not hold spaces or control characters"
    if not url.startswith(("https://", "http://")):
        return "must begin with https:// or http://"
    try:
        parts = urlsplit(url)
        _ = parts.port
        requests.Request("POST", url).prepare()
    except ValueError:  # requests' errors about URLs are ValueErrors too
        return "is not a valid address; it should look like https://example.org/hook"
    if "@" in parts.netloc or "\\" in parts.netloc:
        return "must not hold a user name or password; the signature says who we are"
    return _host_problem(parts.hostname or "", private_networks)


def _host_problem(host: str, private_networks: Networks) -> str:
    try:
        vetted_host(host, private_networks)
    except Blocked as blocked:
        return str(blocked)
    return ""


def post(url: str, body: bytes, headers: Mapping[str, str], way: Way) -> Reply:
    """POST once. Any status is a reply without an error; what it means is the caller's."""
    return _send(requests.Request("POST", url, headers, data=body), way)


def get(url: str, way: Way) -> Reply:
    """GET once, as `post` does."""
    return _send(requests.Request("GET", url), way)


def _send(request: requests.Request, way: Way) -> Reply:
    begun = time.monotonic()
    until = begun + way.deadline
    status, text = None, ""
    try:
        status, text = _exchange(request, way, until)
        error = ""
    except (OSError, HTTPError, Blocked, ValueError) as failure:  # requests' own are OSErrors
        late = time.monotonic() >= until
        error = f"no answer within {way.deadline:g} s" if late else _plain(failure)
    return Reply(status, error, round((time.monotonic() - begun) * 1000), text)


def _exchange(request: requests.Request, way: Way, until: float) -> tuple[int, str]:
    # The URL as requests will send it, so that we connect to the host that it names.
    parts = urlsplit(str(requests.Request(request.method, request.url).prepare().url))
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    addresses = vetted(_addresses_of(host, way, until), way.private_networks)
    with _Session() as session:
        session.mount(f"{parts.scheme}://", _Adapter(dial(addresses, port, until, BUDGET), way))
        # The socket knows the time that is left; the timeout here would begin anew with each read.
        with session.request(
            str(request.method),
            str(request.url),
            data=request.data,
            headers={**HEADERS, **request.headers},
            timeout=way.deadline,
            stream=True,
        ) as answer:
            return answer.status_code, _text(answer)


def _addresses_of(host: str, way: Way, until: float) -> list[str]:
    try:
        return list(resolved(host, way.resolve, max(0.0, until - time.monotonic())))
    except TimeoutError:
        raise
    except (OSError, UnicodeError):
        raise OSError(f"the name {host} could not be resolved") from None


class _Session(requests.Session):
    """A session for one request, that takes nothing from its environment and follows nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # no proxies, no .netrc

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: even with allow_redirects=False requests would read the whole body of a 3xx."""
        return


class _Adapter(HTTPAdapter):
    """Sends over a connection that stands already. URL, Host, SNI and the certificate's name are
    the original ones; only whom we are connected to is no longer open."""

    def __init__(self, connected: BoundedSocket, way: Way) -> None:
        super().__init__(max_retries=0)
        self._connected = connected
        self._way = way
        self._pool: HTTPConnectionPool | None = None

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *_: Any, **__: Any
    ) -> HTTPConnectionPool:
        parts = urlsplit(str(request.url))
        given: dict[str, Any] = {"connected": self._connected}
        make: type[HTTPConnectionPool] = _HttpPool
        if parts.scheme == "https":
            make = _HttpsPool
            given["ssl_context"] = _context(self._way.authorities or certifi.where())
        self._pool = make(parts.hostname or "", parts.port, **given)
        return self._pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing: the context verifies, and is not to be changed for each request."""

    def close(self) -> None:
        if self._pool is not None:
            self._pool.close()
        self._connected.close()
        super().close()


class _Handed:
    """A connection that is handed its socket, and opens none."""

    def __init__(self, *given: Any, connected: BoundedSocket, **named: Any) -> None:
        super().__init__(*given, **named)
        self.connected = connected

    def _new_conn(self) -> BoundedSocket:
        return self.connected


class _Http(_Handed, HTTPConnection):
    pass


class _Https(_Handed, HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        hand_over(self.connected, self.sock)


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


@cache
def _context(authorities: str) -> ssl.SSLContext:
    return tls(authorities)


def _text(answer: requests.Response) -> str:
    """The first bytes of the body, as they came. Late or broken off, it is what there was: the
    status has said what matters, and the body is only for the log."""
    read = bytearray()
    try:
        for piece in answer.raw.stream(4096, decode_content=False):
            read += piece
            if len(read) >= READ:
                break
    except (OSError, HTTPError, ValueError):
        pass
    return read[:READ].decode(errors="replace")


def _plain(failure: Exception) -> str:
    """One sentence without the URL, which may hold a secret."""
    root = _root(failure)
    if isinstance(root, Blocked):
        return str(root)
    if isinstance(root, ssl.SSLError):
        return _plain_tls(root)
    if isinstance(root, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(root, TimeoutError):
        return "nobody took the connection in time"
    if type(root) is OSError:
        return root.strerror or str(root)
    return "the connection broke off before there was an answer"


def _plain_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate was refused: {error.verify_message}"
    reason = (error.reason or "the handshake failed").lower().replace("_", " ")
    return f"TLS failed: {reason}"


def _root(failure: BaseException) -> BaseException:
    """What the libraries have wrapped."""
    inner = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
    return failure if inner is None else _root(inner)
