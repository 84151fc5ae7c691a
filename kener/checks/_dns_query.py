"""One DNS question over UDP or TCP, by dnspython: loaded with the first question, for it is big."""

import asyncio
import time
from typing import Any

from dns import asyncquery, exception, name, rcode, rdatatype, reversename
from dns import message as messages
from dns.resolver import NoResolverConfiguration, Resolver

from kener.checks._addresses import literal
from kener.checks._base import Context
from kener.checks._dns_text import Question, Reply, Server, plain, server
from kener.checks._failures import Exhausted, Mismatch, Unreachable
from kener.checks._fields import host_and_port


async def ask(question: Question, context: Context) -> Reply:
    """The reply of the first server that gives one. Raises a Failure when none does."""
    servers = await _servers(question, context)
    for number, (host, port) in enumerate(servers, 1):
        context.doing = f"asking {host_and_port(host, port)}"
        # No server but the last may use up the time of those after it.
        left = len(servers) - number
        patience = context.remaining() / (left + 1) if left else None
        began = time.perf_counter()
        try:
            async with asyncio.timeout(patience):
                message = await _exchange(question, host, port)
        except (TimeoutError, exception.Timeout, OSError):
            if not left:
                raise
            continue
        took_ms = round((time.perf_counter() - began) * 1000, 3)
        return _reply(message, question, host_and_port(host, port), took_ms)
    raise Exhausted("this machine has no name server of its own")


async def _servers(question: Question, context: Context) -> list[Server]:
    """The one we are told to ask, vetted; else the machine's own, which its owner chose."""
    if question.server is not None:
        host, port = question.server
        context.doing = "looking up the resolver"
        return [(each, port) for each in await context.services.resolver.resolve(host)]
    given = context.services.config.nameservers
    if given:
        return [server(each) for each in given]
    try:
        return [(str(each), 53) for each in Resolver().nameservers]
    except NoResolverConfiguration as error:
        raise Exhausted("this machine has no name server of its own") from error


async def _exchange(question: Question, host: str, port: int) -> messages.Message:
    address = literal(question.name)
    asked = reversename.from_address(address) if address else name.from_text(question.name)
    query = messages.make_query(asked, question.record_type, use_edns=0)
    try:
        if question.transport == "tcp":
            return await asyncquery.tcp(query, host, port=port)
        reply, _ = await asyncquery.udp_with_fallback(
            query, host, port=port, ignore_unexpected=True, ignore_errors=True
        )
    except EOFError as error:
        raise Unreachable(f"{host} port {port} closed the connection") from error
    except exception.Timeout:
        raise
    except exception.DNSException as error:
        raise Mismatch(f"{host} port {port} did not answer in DNS") from error
    return reply


def _reply(message: messages.Message, question: Question, server: str, took_ms: float) -> Reply:
    wanted = rdatatype.from_text(question.record_type)
    sets = [each for each in message.answer if each.rdtype == wanted]
    values = [_value(rdata, question.record_type) for each in sets for rdata in each]
    ttl = int(sets[0].ttl) if sets else None
    code = rcode.to_text(message.rcode())
    return Reply(code, tuple(sorted(values)), ttl, server, took_ms)


def _value(rdata: Any, record_type: str) -> str:
    if record_type == "TXT":
        return b"".join(rdata.strings).decode(errors="replace")
    return plain(rdata.to_text(), record_type)
