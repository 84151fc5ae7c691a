"""The dns check, against a real name server on loopback."""

import pytest
from checks.servers import DnsServer, free_port

from kener.checks.dns import DnsCheck
from kener.core.errors import Invalid
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
        assert outcome.detail.startswith("answered 192.0.2.1, 192.0.2.2; expected ")
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


def test_a_resolver_in_a_refused_network_is_not_asked(probe):
    outcome = probe(DnsCheck.parse({"name": "shop.test", "resolver": "169.254.169.253"}))

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "name"),
        ({"name": "not a name"}, "name"),
        ({"name": "192.0.2.1", "record_type": "A"}, "record_type"),
        ({"name": "a.test", "record_type": "XYZ"}, "record_type"),
        ({"name": "a.test", "resolver": "1.2.3.4:99999"}, "resolver"),
        ({"name": "a.test", "resolver": "1.2.3.4:x"}, "resolver"),
        ({"name": "a.test", "match": "some"}, "match"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        DnsCheck.parse(settings)

    assert list(refused.value.problems) == [field]


def test_the_target_names_type_name_and_resolver():
    check = DnsCheck.parse({"name": "Shop.Test.", "record_type": "MX", "resolver": "[::1]:5353"})

    assert check.target() == "MX shop.test at [::1]:5353"
