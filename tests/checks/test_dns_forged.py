"""The dns check, against servers that lie, answer another question or none."""

from dataclasses import replace

import dns.flags
import dns.message
import dns.rrset
import pytest
from checks.resolvers import MESSAGE
from checks.servers import DnsServer, HttpServer, Listener, UdpServer, has_ipv6, ok, silent
from hypothesis import given
from hypothesis import strategies as st

from kener.checks import _dns_query
from kener.checks._dns_text import RECORD_TYPES, Question
from kener.checks._dns_transports import Exchange
from kener.checks.dns import DnsCheck
from kener.core.outcome import Reason
from kener.core.status import Status


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (ok("no", status="403 Forbidden"), "answered HTTP 403, not a DNS message"),
        (
            ok("", status="302 Found", headers="Location: https://127.0.0.1:1/\r\n"),
            "answered HTTP 302, not a DNS message",
        ),
        (ok("<html>"), "answered with another media type than application/dns-message"),
        (ok("rubbish", headers=MESSAGE), "did not answer the question in DNS"),
        (ok(bytes(70_000), headers=MESSAGE), "did not answer the question in DNS"),
    ],
)
def test_an_answer_by_https_that_is_none_is_down(probe, tls_for, answer, detail):
    with HttpServer(answer, tls=tls_for("127.0.0.1")) as server:
        settings = {"name": "shop.test", "resolver": server.url, "transport": "https"}
        outcome = probe(DnsCheck.parse(settings))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH
    assert outcome.detail == f"127.0.0.1:{server.port} {detail}"
    assert len(server.received) == 1


def forged(how: str):
    """An answer that is not to the question."""

    def answer(wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        reply = dns.message.make_response(query)
        if how == "another question":
            reply = dns.message.make_response(dns.message.make_query("evil.test", "A"))
            reply.id = query.id
        if how == "another id":
            reply.id = query.id ^ 1
        if how == "no reply":
            reply.flags &= ~dns.flags.QR
        name = reply.question[0].name
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "192.0.2.66"))
        return b"rubbish" if how == "rubbish" else reply.to_wire()

    return answer


HOWS = ("another question", "another id", "no reply", "rubbish")


@pytest.mark.parametrize("how", HOWS)
def test_an_answer_to_another_question_is_not_believed(probe, how):
    with UdpServer(forged(how)) as server:
        check = DnsCheck.parse({"name": "shop.test", "resolver": f"127.0.0.1:{server.port}"})
        outcome = probe(check, 0.2)

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail.endswith("which answered something else")


@pytest.mark.parametrize("how", HOWS)
def test_an_answer_to_another_question_is_not_believed_by_tcp_either(probe, how):
    def serve(connection):
        length = int.from_bytes(connection.recv(2), "big")
        answer = forged(how)(connection.recv(length))
        connection.sendall(len(answer).to_bytes(2, "big") + answer)

    with Listener(serve) as server:
        settings = {"resolver": f"127.0.0.1:{server.port}", "transport": "tcp"}
        outcome = probe(DnsCheck.parse({"name": "shop.test"} | settings))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH
    assert outcome.detail.endswith("did not answer the question in DNS")


def test_a_record_of_another_name_is_no_answer(probe):
    def answer(wire: bytes) -> bytes:
        reply = dns.message.make_response(dns.message.from_wire(wire))
        reply.answer.append(dns.rrset.from_text("evil.test.", 60, "IN", "A", "192.0.2.66"))
        return reply.to_wire()

    with UdpServer(answer) as server:
        check = DnsCheck.parse({"name": "shop.test", "resolver": f"127.0.0.1:{server.port}"})
        outcome = probe(check)

    assert outcome.status is Status.DOWN
    assert outcome.detail == "shop.test has no A record"


def test_each_question_has_an_id_of_its_own(probe):
    with UdpServer(forged("")) as server:
        check = DnsCheck.parse({"name": "shop.test", "resolver": f"127.0.0.1:{server.port}"})
        for _ in range(4):
            probe(check)

    assert len({packet[:2] for packet in server.received}) > 1


def test_nobody_else_is_asked_when_the_resolver_is_silent(config, with_engine):
    """The machine's own name server would know."""
    with DnsServer({("shop.test", "A"): ["192.0.2.1"]}) as own, UdpServer(lambda _: None) as told:
        probe = with_engine(replace(config, nameservers=(own.address,)))
        settings = {"name": "shop.test", "resolver": f"127.0.0.1:{told.port}"}
        outcome = probe(DnsCheck.parse(settings), 0.2)
        by_itself = probe(DnsCheck.parse({"name": "shop.test"}))

        assert outcome.reason is Reason.TIMEOUT
        assert by_itself.status is Status.UP
        assert len(own.asked) == 1
        assert len(told.received) == 1


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_the_next_address_of_a_resolver_is_asked_when_the_first_refuses(probe, transport):
    # localhost is ::1 and 127.0.0.1 in the resolver's own table, whatever the hosts file says.
    with DnsServer({("shop.test", "A"): ["192.0.2.1"]}) as server:
        where = server.address.replace("127.0.0.1", "localhost")
        settings = {"name": "shop.test", "resolver": where, "transport": transport}
        outcome = probe(DnsCheck.parse(settings))

    assert outcome.status is Status.UP
    assert outcome.facts["resolver"] == server.address


@pytest.mark.parametrize("transport", ["tls", "https"])
def test_a_silent_resolver_is_down_when_its_time_is_up(probe, transport):
    with silent() as port:
        where = f"https://127.0.0.1:{port}/q" if transport == "https" else f"127.0.0.1:{port}"
        settings = {"name": "shop.test", "resolver": where, "transport": transport}
        outcome = probe(DnsCheck.parse(settings), 0.3)

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TIMEOUT
    assert "TLS handshake" in outcome.detail


ANSWER = dns.message.make_response(dns.message.make_query("a.test", "ANY", use_edns=0))
ANSWER.id = 7


for kind, text in [
    ("A", "192.0.2.1"),
    ("TXT", '"a" "b"'),
    ("HTTPS", "1 . alpn=h2"),
    ("CNAME", "b.test."),
]:
    ANSWER.answer.append(dns.rrset.from_text("a.test.", 60, "IN", kind, text))


WIRE = ANSWER.to_wire()


@given(st.integers(0, len(WIRE) - 1), st.binary(min_size=1, max_size=8), st.booleans())
def test_any_answer_can_be_read(at, other, cut):
    question = Question("a.test", "ANY", None)
    query = _dns_query._query(question)
    query.id = 7
    wire = WIRE[:at] + other + (b"" if cut else WIRE[at + len(other) :])
    seen = _dns_query._answer(wire, query)
    if seen is not None:
        reply = _dns_query._reply(Exchange(seen, "", 0.0, {}), query)
        assert all(isinstance(each, str) for each in (*reply.values, reply.rcode, reply.why))


@given(st.text(max_size=60), st.sampled_from(sorted(RECORD_TYPES)))
def test_any_expected_value_can_be_typed(typed, kind):
    assert isinstance(_dns_query.normal(typed, kind), str)
