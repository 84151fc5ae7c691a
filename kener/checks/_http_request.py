"""From what a monitor wishes to ask to libcurl's options, hop by hop."""

import json
from dataclasses import dataclass, field, replace
from functools import cached_property

import pycurl

from kener import __version__
from kener.checks._curl import Option, Request
from kener.checks._dns import Family
from kener.checks._web import PRIVATE_HEADERS, Place, for_curl, name_of

USER_AGENT = f"User-Agent: Kener/{__version__}"
MOVED_AS_GET = {301, 302, 303}


@dataclass(frozen=True)
class Wish:
    """One request in our terms. `secret_headers` go to the first origin only."""

    place: Place
    method: str = "GET"
    headers: tuple[str, ...] = ()
    secret_headers: tuple[str, ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    verify: bool = True
    http2: bool = False
    family: Family = "auto"
    limit: int = 262_144
    keep: bool = False

    @cached_property
    def request(self) -> Request:
        """The same for libcurl, made once."""
        return Request(
            host=self.place.host,
            port=self.place.port,
            tls=self.place.scheme == "https",
            options=_options(self),
            family=self.family,
            limit=self.limit,
            keep=self.keep,
        )


def next_hop(wish: Wish, status: int, to: Place) -> Wish:
    """The request that a redirect asks for. Secrets never go to another origin, and neither do
    they come back when the way leads home again."""
    hop = replace(wish, place=to)
    if status in MOVED_AS_GET and wish.method not in {"GET", "HEAD"}:
        hop = replace(hop, method="GET", body=b"", content_type="")
    if to.origin == wish.place.origin:
        return hop
    public = tuple(line for line in wish.headers if name_of(line) not in PRIVATE_HEADERS)
    return replace(hop, headers=public, secret_headers=())


def _options(wish: Wish) -> tuple[Option, ...]:
    version = pycurl.CURL_HTTP_VERSION_2TLS if wish.http2 else pycurl.CURL_HTTP_VERSION_1_1
    options: list[Option] = [
        (pycurl.URL, wish.place.url),
        (pycurl.HTTPHEADER, _headers(wish)),
        (pycurl.HTTP_VERSION, version),
        (pycurl.PATH_AS_IS, 1),
    ]
    if not wish.verify:
        options += [(pycurl.SSL_VERIFYPEER, 0), (pycurl.SSL_VERIFYHOST, 0)]
    return (*options, *_method(wish))


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
    if wish.body and "content-type" not in given:
        lines.append(f"Content-Type: {wish.content_type or _guess(wish.body)}")
    if wish.body and "expect" not in given:
        lines.append("Expect:")  # or libcurl asks first when the body is long
    return lines


def _guess(body: bytes) -> str:
    try:
        json.loads(body)
    except ValueError:
        return "text/plain; charset=utf-8"
    return "application/json"
