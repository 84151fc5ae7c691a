"""The dns check, against a real name server on loopback."""

import asyncio
import threading

import pytest
from checks.conftest import NOW
from checks.servers import DnsServer, free_port

from kener.checks import Context
from kener.checks._dns_transports import beside
from kener.checks.dns import DnsCheck
from kener.core.outcome import Reason
from kener.core.status import Status

ZONE = {
    ("shop.test", "A"): ["192.0.2.1", "192.0.2.2"],
    ("shop.test", "AAAA"): ["2001:db8::1"],
    ("shop.test", "MX"): ["10 Mail.shop.test.", "20 mail2.shop.test."],
    ("shop.test", "TXT"): ['"v=spf1 -all"', '"a long " "text in two"'],
    ("www.shop.test", "CNAME"): ["shop.test."],
    ("1.2.0.192.in-addr.arpa", "PTR"): ["shop.test."],
    ("big.test", "TXT"): ['"' + "x" * 200 + '"'],
    ("odd.test", "TXT"): ['"a\\010b\\027c' + "x" * 200 + '" "' + "x" * 200 + '"'],
    ("broken.test", "A"): ["192.0.2.9"],
    ("deaf.test", "A"): ["192.0.2.9"],
}


@pytest.fixture(scope="module")
def server():
    with DnsServer(
        ZONE, rcodes={"broken.test": "SERVFAIL"}, deaf={"deaf.test"}, truncated={"big.test"}
    ) as server:
        yield server


@pytest.fixture
def ask(probe, server):
    def ask(name: str, kind: str = "A", expected: str = "", timeout_s: float = 5, **settings):
        check = DnsCheck.parse(
            {
                "name": name, "record_type": kind, "expected": expected,
                "resolver": server.address, **settings,
            }
        )  # fmt: skip
        return probe(check, timeout_s)

    return ask


def test_any_answer_is_up_when_none_is_expected(ask, server):
    outcome = ask("shop.test")

    assert outcome.status is Status.UP
    assert outcome.facts == {
        "response_code": "NOERROR",
        "answers": ["192.0.2.1", "192.0.2.2"],
        "resolver": server.address,
        "authentic": False,
        "authoritative": False,
        "ttl_s": 60,
    }
    assert outcome.latency_ms == outcome.phases["query"] > 0


@pytest.mark.parametrize(
    ("match", "expected", "status"),
    [
        ("any", "192.0.2.2\n192.0.2.7", Status.UP),
        ("any", "192.0.2.7", Status.DOWN),
        ("all", "192.0.2.2", Status.UP),
        ("all", "192.0.2.2\n192.0.2.7", Status.DOWN),
        ("exact", "192.0.2.2\n192.0.2.1\n", Status.UP),
        ("exact", "192.0.2.2", Status.DOWN),
    ],
)
def test_expected_values_decide(ask, match, expected, status):
    outcome = ask("shop.test", "A", expected, match=match)

    assert outcome.status is status
    if status is Status.DOWN:
        assert outcome.reason is Reason.MISMATCH
        told = {"any": "any of", "all": "all of", "exact": "exactly"}[match]
        wanted = f"expected {told} {', '.join(expected.splitlines())}"
        assert outcome.detail == f"answered 192.0.2.1, 192.0.2.2; {wanted}"
        assert outcome.facts["answers"] == ["192.0.2.1", "192.0.2.2"]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("shop.test", "AAAA", "2001:0DB8:0:0::1"),
        ("shop.test", "MX", "10 mail.SHOP.test"),
        ("shop.test", "TXT", "v=spf1 -all"),
        ("shop.test", "TXT", '"a long text in two"'),
        ("www.shop.test", "CNAME", "shop.test."),
        ("192.0.2.1", "PTR", "shop.test"),
    ],
)
def test_values_are_compared_by_meaning(ask, name, kind, expected):
    assert ask(name, kind, expected).status is Status.UP


def test_a_name_that_does_not_exist_is_down_or_just_what_is_wanted(ask):
    down = ask("gone.test")
    wanted = ask("gone.test", expected_rcode="NXDOMAIN")

    assert down.status is Status.DOWN
    assert down.reason is Reason.MISMATCH
    assert down.detail == "the name server answered NXDOMAIN; expected NOERROR"
    assert wanted.status is Status.UP


def test_a_server_failure_is_down(ask):
    outcome = ask("broken.test")

    assert outcome.status is Status.DOWN
    assert outcome.facts["response_code"] == "SERVFAIL"


def test_a_name_without_such_a_record_is_down(ask):
    outcome = ask("www.shop.test", "AAAA")

    assert outcome.status is Status.DOWN
    assert outcome.detail == "www.shop.test has no AAAA record"


def test_a_cut_answer_is_fetched_again_by_tcp(ask, server):
    outcome = ask("big.test", "TXT")

    assert outcome.status is Status.UP
    assert [each[2] for each in server.asked if each[0] == "big.test"] == ["udp", "tcp"]


def test_tcp_is_spoken_when_chosen(ask, server):
    server.asked.clear()
    outcome = ask("shop.test", "A", transport="tcp")

    assert outcome.status is Status.UP
    assert {each[2] for each in server.asked} == {"tcp"}


def test_any_response_code_may_be_fine_or_the_one_that_is_wanted(ask):
    assert ask("gone.test", expected_rcode="any").status is Status.UP
    assert ask("www.shop.test", "AAAA", expected_rcode="any").status is Status.UP
    assert ask("broken.test", expected_rcode="SERVFAIL").status is Status.UP
    wanting = ask("gone.test", expected="192.0.2.1", expected_rcode="any")
    assert wanting.detail == "gone.test has no A record"


def test_without_dnssec_at_the_resolver_a_required_proof_is_missing(ask):
    outcome = ask("shop.test", dnssec="required")

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH
    assert "DNSSEC" in outcome.detail


TRUE = [
    ("dns_rcode", "equals", "NOERROR"),
    ("dns_answers", "contains", "192.0.2.2"),
    ("dns_answers", "equals", ["192.0.2.1", "192.0.2.2"]),
    ("dns_answers", "matches", r"192\.0\.2\."),
    ("dns_ttl", "<=", 60),
    ("dns_authentic", "equals", False),
    ("dns_authoritative", "equals", "false"),
    ("latency", "<", 5000),
]


def test_assertions_that_are_true_are_up(ask):
    assertions = [{"source": s, "op": op, "value": value} for s, op, value in TRUE]
    outcome = ask("shop.test", assertions=assertions)

    assert outcome.status is Status.UP, outcome


@pytest.mark.parametrize(
    ("assertion", "status", "detail"),
    [
        (("dns_ttl", ">", 300, "degraded"), Status.DEGRADED, "expected dns_ttl > 300, got 60"),
        (
            ("dns_authentic", "equals", True, "down"),
            Status.DOWN,
            "expected dns_authentic equals true, got false",
        ),
        (
            ("dns_answers", "not_contains", "192.0.2.1", "down"),
            Status.DOWN,
            'expected dns_answers not_contains “192.0.2.1”, got ["192.0.2.1", "192.0.2.2"]',
        ),
    ],
)
def test_an_assertion_that_fails_is_named_with_what_was_seen(ask, assertion, status, detail):
    keys = ("source", "op", "value", "severity")
    outcome = ask("shop.test", assertions=[dict(zip(keys, assertion, strict=True))])

    assert outcome.status is status
    assert outcome.detail == detail
    assert outcome.facts["answers"] == ["192.0.2.1", "192.0.2.2"]
    assert len(outcome.facts["failed_assertions"]) == 1
    assert outcome.latency_ms > 0


def test_of_no_answer_there_is_no_age(ask):
    assertions = [{"source": "dns_ttl", "op": "exists", "value": False}]

    assert ask("gone.test", expected_rcode="any", assertions=assertions).status is Status.UP


def test_what_a_server_says_is_shown_on_one_line_at_a_sane_length(ask):
    outcome = ask("odd.test", "TXT", "nothing")

    assert outcome.facts["answers"] == ["a b c" + "x" * 294 + "…"]
    assert outcome.detail.startswith("answered a b cxxx")
    assert outcome.detail.isprintable()


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_resolver_that_does_not_answer_times_out(ask, server, transport):
    outcome = ask("deaf.test", timeout_s=0.3, transport=transport)

    assert outcome.status is Status.DOWN
    assert outcome.reason in {Reason.TIMEOUT, Reason.UNREACHABLE}
    if transport == "udp":
        assert outcome.detail == f"no answer within 0.3 s while asking {server.address}"


def test_a_resolver_that_is_not_there_is_down(probe):
    check = DnsCheck.parse(
        {"name": "shop.test", "resolver": f"127.0.0.1:{free_port()}", "transport": "tcp"}
    )
    outcome = probe(check)

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.REFUSED


def test_a_long_answer_is_taken_apart_beside_the_loop(probe):
    values = [f'"{n:04}"' for n in range(2000)]
    with DnsServer({("long.test", "TXT"): values}) as server:
        settings = {"resolver": server.address, "transport": "tcp", "expected": "1999"}
        outcome = probe(DnsCheck.parse({"name": "long.test", "record_type": "TXT", **settings}))

    async def where(size):
        loop = probe.engine._loop
        context = Context(probe.engine._services, NOW, loop.time() + 5, {})
        return await beside(lambda: threading.current_thread().name, size, context)

    def asked(size):
        return asyncio.run_coroutine_threadsafe(where(size), probe.engine._loop).result(5)

    assert outcome.status is Status.UP, outcome.detail
    assert (asked(4096), asked(4097)) == ("kener-engine", "kener-blocking")
