"""One DNS question and its answer, by dnspython: loaded with the first question, for it is big."""

import asyncio
from dataclasses import replace
from typing import Any

from dns import edns, exception, flags, message, name, rcode, rdata, rdataclass, rdatatype
from dns import reversename as reverse
from dns.resolver import NoResolverConfiguration, Resolver

from kener.checks._addresses import literal
from kener.checks._base import Context
from kener.checks._dns_text import Question, Reply, Server, plain, server
from kener.checks._dns_transports import Exchange, beside, by_https, by_stream, by_udp
from kener.checks._failures import Exhausted, Failure

LONGEST_CHAIN = 16
UNREADABLE = (exception.DNSException, ValueError, IndexError)
NO_SERVER = "this machine has no name server of its own"


async def ask(question: Question, context: Context) -> Reply:
    """The reply of the first server that gives one. Raises a Failure when none does."""
    query = _query(question)
    wire = query.to_wire()

    def accept(heard: bytes) -> Any:
        return _answer(heard, query)

    if question.transport == "https":
        return await _told(await by_https(wire, question, accept, context), query, context)
    *others, last = await _servers(question, context)
    for number, at in enumerate(others):
        # No server but the last may use up the time of those after it.
        patience = context.remaining() / (len(others) + 1 - number)
        try:
            async with asyncio.timeout(patience):
                exchange = await _exchange(wire, at, question, accept, context)
                return await _told(exchange, query, context)
        except (TimeoutError, OSError, Failure):
            continue
    return await _told(await _exchange(wire, last, question, accept, context), query, context)


async def _told(exchange: Exchange[Any], query: Any, context: Context) -> Reply:
    return await beside(lambda: _reply(exchange, query), exchange.size, context)


async def _exchange(
    wire: bytes, at: Server, question: Question, accept: Any, context: Context
) -> Exchange[Any]:
    if question.transport != "udp":
        return await by_stream(wire, at, question, accept, context)
    exchange = await by_udp(wire, at, accept, context)
    if not exchange.answer.flags & flags.TC:
        return exchange
    again = await by_stream(wire, at, question, accept, context)
    return replace(again, took_ms=round(exchange.took_ms + again.took_ms, 3))


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
        own = [(str(each), 53) for each in Resolver().nameservers]
    except NoResolverConfiguration as error:
        raise Exhausted(NO_SERVER) from error
    if not own:
        raise Exhausted(NO_SERVER)
    return own


def _query(question: Question) -> Any:
    """With a random number as its id (dnspython's own way), but with 0 where caches of the web
    look at it (RFC 8484)."""
    address = literal(question.name)
    asked = reverse.from_address(address) if address else name.from_text(question.name)
    query = message.make_query(asked, question.record_type, use_edns=0, want_dnssec=question.dnssec)
    if question.dnssec:
        query.flags |= flags.AD
    if question.transport == "https":
        query.id = 0
    return query


def _answer(heard: bytes, query: Any) -> Any:
    """The message, or None when it is not one that answers this very question: its id, its name
    and its type are compared."""
    try:
        seen = message.from_wire(heard)
        return seen if query.is_response(seen) else None
    except UNREADABLE:
        return None


def _reply(exchange: Exchange[Any], query: Any) -> Reply:
    seen = exchange.answer
    sets = _sets(seen.answer, query.question[0])
    values = [_value(each) for found in sets for each in found]
    return Reply(
        rcode=rcode.to_text(seen.rcode()),
        values=tuple(sorted(values)),
        ttl=int(sets[0].ttl) if sets else None,
        authentic=bool(seen.flags & flags.AD),
        authoritative=bool(seen.flags & flags.AA),
        why=_why(seen),
        server=exchange.server,
        took_ms=exchange.took_ms,
        phases=exchange.phases,
    )


def _sets(answers: Any, asked: Any) -> list[Any]:
    """What was asked for, and of the very name or of what it is an alias for."""
    owner = asked.name
    for _ in range(LONGEST_CHAIN):
        own = [each for each in answers if each.name == owner]
        found = [each for each in own if asked.rdtype in {each.rdtype, rdatatype.ANY}]
        aliases = [each for each in own if each.rdtype == rdatatype.CNAME]
        if found or not aliases:
            return found
        owner = aliases[0][0].target
    return []


def _value(seen: Any) -> str:
    if seen.rdtype == rdatatype.TXT:
        return b"".join(seen.strings).decode(errors="replace")
    return plain(seen.to_text(), rdatatype.to_text(seen.rdtype))


def _why(seen: Any) -> str:
    """The names of the extended errors; what a server says beyond them may be anything."""
    codes = [each.code for each in seen.options if isinstance(each, edns.EDEOption)]
    named = [code.name.replace("_", " ") for code in codes if hasattr(code, "name")]
    return ", ".join(named[:3]).lower().replace("dnssec", "DNSSEC")


def normal(typed: str, record_type: str) -> str:
    """An expected value in the form in which an answer's would be, if it can be read."""
    if record_type == "TXT":
        return plain(typed, record_type)
    try:
        kind = rdatatype.from_text(record_type)
        read = rdata.from_text(rdataclass.IN, kind, typed, name.root, relativize=False)
    except UNREADABLE:
        return plain(typed, record_type)
    return _value(read)
