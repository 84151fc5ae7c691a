"""The dns check against a real resolver, by every way and with DNSSEC."""

import dns.message
import pytest
from checks.resolvers import MESSAGE, Unbound, unbound
from checks.servers import DnsServer, HttpServer, Listener, ok

from kener.checks.dns import DnsCheck
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status


@pytest.fixture(scope="module")
def resolver(tmp_path_factory, authority):
    with unbound(tmp_path_factory.mktemp("unbound"), authority) as ports:
        yield ports


WAYS = ("udp", "tcp", "tls", "https")


def at(resolver: Unbound, transport: str) -> str:
    return {
        "tls": f"127.0.0.1:{resolver.tls}",
        "https": f"https://127.0.0.1:{resolver.https}/dns-query",
    }.get(transport, f"127.0.0.1:{resolver.plain}")


@pytest.fixture
def ask(probe, resolver):
    def ask(name: str, transport: str = "udp", timeout_s: float = 5, **settings) -> Outcome:
        where = {"resolver": at(resolver, transport), "transport": transport}
        return probe(DnsCheck.parse({"name": name} | where | settings), timeout_s)

    return ask


@pytest.mark.parametrize("transport", WAYS)
def test_a_real_resolver_is_asked_by_every_way(ask, resolver, transport):
    outcome = ask("web.good.test", transport, expected="192.0.2.1", match="exact")

    assert outcome.status is Status.UP, outcome
    assert outcome.facts["answers"] == ["192.0.2.1"]
    port = {"tls": resolver.tls, "https": resolver.https}.get(transport, resolver.plain)
    assert outcome.facts["resolver"] == f"127.0.0.1:{port}"
    assert outcome.latency_ms > 0
    assert ("tls" in outcome.phases) is (transport in {"tls", "https"})


@pytest.mark.parametrize("transport", WAYS)
def test_a_signed_answer_is_authentic(ask, transport):
    outcome = ask("www.good.test", transport, dnssec="required")

    assert outcome.status is Status.UP
    assert outcome.facts["authentic"] is True
    assert outcome.facts["answers"] == ["192.0.2.1"]


def test_that_a_name_does_not_exist_is_authentic_too(ask):
    outcome = ask("gone.good.test", expected_rcode="NXDOMAIN", dnssec="required")

    assert outcome.status is Status.UP


def test_an_unsigned_answer_is_down_only_when_it_must_be_signed(ask):
    required = ask("www.plain.test", dnssec="required")

    assert required.status is Status.DOWN
    assert required.reason is Reason.MISMATCH
    assert required.detail == "the resolver does not say that it has verified the answer by DNSSEC"
    assert ask("www.plain.test").status is Status.UP


def test_a_forged_answer_is_refused_by_the_resolver_and_we_say_why(ask):
    outcome = ask("www.bogus.test")

    assert outcome.status is Status.DOWN
    assert outcome.detail.startswith("the name server answered SERVFAIL (DNSSEC ")


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("odd.good.test", "TYPE65280", r"\# 3 0A0BFF"),
        ("svc.good.test", "https", '1 www.good.test alpn="h2"'),
        ("svc.good.test", "TYPE65", "1 www.good.test. alpn=h2"),
        ("good.test", "SOA", "ns.good.test. ADMIN.good.test 1 60 60 60 60"),
    ],
)
def test_any_type_is_asked_for_and_compared(ask, name, kind, expected):
    outcome = ask(name, record_type=kind, expected=expected, match="exact")

    assert outcome.status is Status.UP, outcome


def test_the_keys_of_a_zone_are_a_record_type_like_any_other(ask):
    outcome = ask("good.test", "tcp", record_type="DNSKEY")

    assert outcome.status is Status.UP
    assert outcome.facts["answers"][0].startswith("257 3 15 ")


@pytest.mark.parametrize("transport", ["tls", "https"])
def test_a_certificate_for_another_name_is_down_unless_told_otherwise(
    probe, tls_for, resolver, transport
):
    with (
        DnsServer({("shop.test", "A"): ["192.0.2.1"]}) as plain,
        forwarding(plain, transport, tls_for("other.test")) as server,
    ):
        where = f"127.0.0.1:{server.port}"
        where = f"https://{where}/dns-query" if transport == "https" else where
        settings = {"name": "shop.test", "resolver": where, "transport": transport}
        careful = probe(DnsCheck.parse(settings))
        trusting = probe(DnsCheck.parse(settings | {"verify_tls": False}))

    assert careful.status is Status.DOWN
    assert careful.reason is Reason.TLS_FAILED
    assert trusting.status is Status.UP, trusting


def forwarding(plain: DnsServer, transport: str, tls):
    """The same server behind TLS or HTTPS."""
    if transport == "tls":
        return Listener(plain._serve_tcp, tls=tls)
    return HttpServer(
        lambda request: ok(plain._answer(request.body, "https"), headers=MESSAGE), tls=tls
    )


def test_the_name_in_the_certificate_may_be_given(ask):
    assert ask("www.good.test", "tls", server_name="dns.test").status is Status.UP
    assert ask("www.good.test", "tls", server_name="web.test").reason is Reason.TLS_FAILED


def test_a_question_by_https_is_as_the_standard_wants_it(probe, tls_for):
    with (
        DnsServer({("shop.test", "A"): ["192.0.2.1"]}) as plain,
        forwarding(plain, "https", tls_for("127.0.0.1")) as server,
    ):
        url = f"{server.url}/dns-query{{?dns}}"
        outcome = probe(
            DnsCheck.parse({"name": "shop.test", "resolver": url, "transport": "https"})
        )

    assert outcome.status is Status.UP, outcome
    [request] = server.received
    assert (request.method, request.path) == ("POST", "/dns-query")
    assert request.headers["content-type"] == "application/dns-message"
    assert request.headers["accept"] == "application/dns-message"
    assert dns.message.from_wire(request.body).id == 0
