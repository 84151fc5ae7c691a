"""From what a monitor wishes to ask to libcurl's options, hop by hop."""

import json
from dataclasses import dataclass, field, replace
from functools import cached_property

import pycurl

from kener import __version__
from kener.checks._curl import Option, Request
from kener.checks._dns import Family
from kener.checks._failures import Mismatch
from kener.checks._proxies import Proxy
from kener.checks._web import PUBLIC_HEADERS, Place, for_curl, name_of

USER_AGENT = f"User-Agent: Kener/{__version__}"
MOVED_AS_GET = {301, 302, 303}


@dataclass(frozen=True)
class Transport:
    """How to get there: the authorities to trust instead of the public ones, our certificate and
    key (all PEM), the proxy."""

    verify: bool = True
    http2: bool = False
    family: Family = "auto"
    ca: bytes = b""
    client: tuple[bytes, bytes] | None = field(default=None, repr=False)
    proxy: Proxy | None = None

    @property
    def trusted(self) -> object:
        """Who is between us and the server, and by what we know that it is the server."""
        return self.proxy.place if self.proxy else None, self.verify, self.ca

    def options(self) -> list[Option]:
        """For libcurl."""
        version = pycurl.CURL_HTTP_VERSION_2TLS if self.http2 else pycurl.CURL_HTTP_VERSION_1_1
        options: list[Option] = [(pycurl.HTTP_VERSION, version)]
        if not self.verify:
            options += [(pycurl.SSL_VERIFYPEER, 0), (pycurl.SSL_VERIFYHOST, 0)]
        if self.ca:
            options.append((pycurl.CAINFO_BLOB, self.ca))
        if self.client:
            # Without an answer to give, OpenSSL would ask the terminal for a passphrase.
            options += [(pycurl.SSLCERT_BLOB, self.client[0]), (pycurl.KEYPASSWD, "")]
            options.append((pycurl.SSLKEY_BLOB, self.client[1]))
        return options + (self.proxy.options() if self.proxy else [])


PLAIN = Transport()


@dataclass(frozen=True)
class Wish:
    """One request in our terms. `secret_headers` go to the first origin only; `cookies` (a jar of
    libcurl's lines) of None: none are kept."""

    place: Place
    method: str = "GET"
    headers: tuple[str, ...] = ()
    secret_headers: tuple[str, ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    transport: Transport = PLAIN
    limit: int = 262_144
    keep: bool = False
    keep_headers: bool = False
    cookies: tuple[bytes, ...] | None = field(default=None, repr=False)

    @cached_property
    def request(self) -> Request:
        """The same for libcurl, made once."""
        return Request(
            host=self.place.host,
            port=self.place.port,
            tls=self.place.scheme == "https",
            options=_options(self),
            family=self.transport.family,
            limit=self.limit,
            keep=self.keep,
            keep_headers=self.keep_headers,
            proxy=self.transport.proxy,
            cookies=self.cookies,
        )


def next_hop(wish: Wish, status: int, to: Place, cookies: tuple[bytes, ...] = ()) -> Wish:
    """The request that a redirect asks for. Nothing that may be secret goes to another origin, and
    neither does it come back when the way leads home again."""
    hop = replace(wish, place=to, cookies=None if wish.cookies is None else cookies)
    if status in MOVED_AS_GET and wish.method not in {"GET", "HEAD"}:
        hop = replace(hop, method="GET", body=b"", content_type="")
    if to.origin == wish.place.origin:
        return hop
    if hop.body and not (to.host == wish.place.host and to.scheme == "https"):
        raise Mismatch("a redirect would send the body to another server; write its address")
    public = tuple(line for line in wish.headers if name_of(line) in PUBLIC_HEADERS)
    transport = replace(wish.transport, client=None)
    return replace(hop, headers=public, secret_headers=(), transport=transport)


def _options(wish: Wish) -> tuple[Option, ...]:
    options: list[Option] = [
        (pycurl.URL, wish.place.url),
        (pycurl.HTTPHEADER, _headers(wish)),
        (pycurl.PATH_AS_IS, 1),
    ]
    if wish.keep:
        # Decode what comes compressed though we asked for no compression: all that libcurl can.
        options.append((pycurl.ACCEPT_ENCODING, ""))
    return (*options, *wish.transport.options(), *_method(wish))


def _method(wish: Wish) -> list[Option]:
    if wish.method == "HEAD":
        return [(pycurl.NOBODY, 1)]
    if wish.body or wish.method in {"POST", "PUT", "PATCH"}:
        return [(pycurl.POSTFIELDS, wish.body), (pycurl.CUSTOMREQUEST, wish.method)]
    return [] if wish.method == "GET" else [(pycurl.CUSTOMREQUEST, wish.method)]


def _headers(wish: Wish) -> list[str]:
    lines = for_curl([*wish.headers, *wish.secret_headers])
    given = {name_of(line) for line in lines}
    if "user-agent" not in given:
        lines.append(USER_AGENT)
    if "accept-encoding" not in given:
        lines.append("Accept-Encoding: identity")
    if wish.body and "content-type" not in given:
        lines.append(f"Content-Type: {wish.content_type or _guess(wish.body)}")
    if wish.body and "expect" not in given:
        lines.append("Expect:")  # or libcurl asks first when the body is long
    return lines


def _guess(body: bytes) -> str:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return "text/plain; charset=utf-8"
    return "application/json"
