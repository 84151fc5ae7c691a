"""Ways to carry a DNS message to a server and its answer back: UDP, TCP, TLS and HTTPS."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import pycurl

from kener.checks._base import Context
from kener.checks._curl import Request
from kener.checks._datagrams import Accept, ask
from kener.checks._dns_text import Question, Server
from kener.checks._failures import Mismatch, Unreachable
from kener.checks._fields import host_and_port
from kener.checks._streams import Peer, connected

T = TypeVar("T")
LARGEST = 65_535
LONG = 4_096
"""Bytes of an answer that is taken apart beside the loop: thousands of records take a second."""
MEDIA_TYPE = "application/dns-message"
HEADERS = (f"Content-Type: {MEDIA_TYPE}", f"Accept: {MEDIA_TYPE}", "Expect:")


@dataclass(frozen=True, slots=True)
class Exchange(Generic[T]):
    """An answer, who gave it, how long it all took, in ms, and how many bytes it had."""

    answer: T
    server: str
    took_ms: float
    phases: dict[str, float]
    size: int = 0


async def beside(work: Callable[[], T], size: int, context: Context) -> T:
    """The result of work on an answer of so many bytes."""
    return work() if size <= LONG else await context.blocking(work)


async def by_udp(wire: bytes, at: Server, accept: Accept[T], context: Context) -> Exchange[T]:
    """One datagram each way; we tell servers that we take no long ones."""
    heard = await ask(*at, wire, lambda told: accept(told) if len(told) <= LONG else None, context)
    return Exchange(heard.answer, host_and_port(*at), heard.took_ms, {"query": heard.took_ms})


async def by_stream(
    wire: bytes, at: Server, question: Question, accept: Accept[T], context: Context
) -> Exchange[T]:
    """Over TCP (RFC 7766), or TLS (RFC 7858), on a connection of its own."""
    address, port = at
    named = question.server[0] if question.server else address
    tls = question.transport == "tls"
    peer = Peer(named, port, "auto", tls, question.verify, question.server_name)
    began = time.perf_counter()
    async with connected(peer, context, (address,)) as connection:
        context.doing = f"asking {host_and_port(*at)}"
        asked = time.perf_counter()
        connection.writer.write(len(wire).to_bytes(2, "big") + wire)
        try:
            length = int.from_bytes(await connection.reader.readexactly(2), "big")
            heard = await connection.reader.readexactly(length)
        except EOFError as error:
            raise Unreachable(f"{address} port {port} closed the connection") from error
        ended = time.perf_counter()
    answer = await beside(lambda: accept(heard), len(heard), context)
    if answer is None:
        raise Mismatch(f"{address} port {port} did not answer the question in DNS")
    phases = connection.phases | {"query": round((ended - asked) * 1000, 3)}
    took_ms = round((ended - began) * 1000, 3)
    return Exchange(answer, host_and_port(*at), took_ms, phases, length)


async def by_https(
    wire: bytes, question: Question, accept: Accept[T], context: Context
) -> Exchange[T]:
    """As the body of a POST (RFC 8484), over HTTP/2 where the server has it. Redirects are not
    followed: the resolver we are told to ask is the one we ask."""
    seen = await context.services.transfers.fetch(_request(wire, question), context)
    where = urlsplit(question.url).netloc
    if seen.status != 200:
        raise Mismatch(f"{where} answered HTTP {seen.status}, not a DNS message")
    if seen.content_type.partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise Mismatch(f"{where} answered with another media type than {MEDIA_TYPE}")
    answer = await beside(lambda: accept(seen.body), seen.size, context)
    if answer is None:
        raise Mismatch(f"{where} did not answer the question in DNS")
    took_ms = round(seen.phases["total"] - seen.phases.get("dns", 0.0), 3)
    at = host_and_port(seen.address, (question.server or ("", 443))[1])
    return Exchange(answer, at, took_ms, seen.phases, seen.size)


def _request(wire: bytes, question: Question) -> Request:
    options = [
        (pycurl.URL, question.url),
        (pycurl.HTTPHEADER, list(HEADERS)),
        (pycurl.POSTFIELDS, wire),
        (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
    ]
    if not question.verify:
        options += [(pycurl.SSL_VERIFYPEER, 0), (pycurl.SSL_VERIFYHOST, 0)]
    host, port = question.server or ("", 0)
    return Request(host=host, port=port, tls=True, options=tuple(options), limit=LARGEST, keep=True)
