"""Names and addresses: resolved by us, vetted, and pinned, whatever a name server tries."""

import asyncio
import dataclasses
import ipaddress

import pytest
from checks.servers import DnsServer, HttpServer, ok, to

from kener.checks._addresses import Policy, clean_host, literal
from kener.checks.http import HttpCheck
from kener.checks.tcp import TcpCheck
from kener.core.outcome import Reason
from kener.core.status import Status

ZONE = {
    ("web.test", "A"): ["127.0.0.1"],
    ("many.test", "A"): ["127.66.0.1", "127.0.0.1"],
    ("inner.test", "A"): ["127.66.0.1"],
    ("meta.test", "A"): ["169.254.169.254"],
    ("four.test", "A"): ["127.0.0.1"],
    ("fail.test", "A"): ["127.0.0.1"],
    ("rebind.test", "A"): ["127.0.0.1"],
    ("both.test", "A"): ["127.0.0.1", "127.0.0.2"],
    ("other.test", "A"): ["127.0.0.2"],
}
NETWORKS = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))


@pytest.fixture
def names():
    with DnsServer(ZONE.copy(), rcodes={"fail.test": "SERVFAIL"}, ttl=0) as server:
        yield server


@pytest.fixture
def probe_by(names, config, with_engine):
    return with_engine(dataclasses.replace(config, nameservers=(names.address,)))


def test_a_name_is_resolved_pinned_and_sent_as_host(probe_by):
    with HttpServer(ok()) as server:
        outcome = probe_by(HttpCheck.parse({"url": f"http://WEB.test:{server.port}/"}))

    assert outcome.status is Status.UP
    assert outcome.facts["address"] == "127.0.0.1"
    assert server.received[0].headers["host"] == f"web.test:{server.port}"


def test_a_refused_address_among_good_ones_is_left_out(probe_by):
    with HttpServer(ok()) as server:
        outcome = probe_by(HttpCheck.parse({"url": f"http://many.test:{server.port}/"}))

    assert outcome.status is Status.UP
    assert outcome.facts["address"] == "127.0.0.1"


@pytest.mark.parametrize("name", ["inner.test", "meta.test"])
def test_a_name_that_leads_into_a_refused_network_is_blocked(probe_by, name):
    for check in (
        HttpCheck.parse({"url": f"http://{name}/"}),
        TcpCheck.parse({"host": name, "port": 80}),
    ):
        outcome = probe_by(check)

        assert outcome.status is Status.UNKNOWN
        assert outcome.reason is Reason.BLOCKED


def test_a_redirect_to_such_a_name_is_blocked(probe_by):
    with HttpServer(to("http://meta.test/latest/")) as server:
        outcome = probe_by(HttpCheck.parse({"url": server.url}))

    assert outcome.reason is Reason.BLOCKED
    assert "169.254.169.254" in outcome.detail


@pytest.mark.parametrize(
    ("name", "version", "detail"),
    [
        ("gone.test", "auto", "there is no host named gone.test"),
        ("four.test", "ipv6", "four.test has no IPv6 address"),
        ("fail.test", "auto", "the name server could not answer for fail.test"),
    ],
)
def test_a_name_without_an_address_is_down(probe_by, name, version, detail):
    outcome = probe_by(HttpCheck.parse({"url": f"http://{name}/", "ip_version": version}))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.DNS_FAILED
    assert outcome.detail == detail


def test_of_very_many_addresses_only_some_are_looked_at(probe_by, names):
    names.zone["flood.test", "A"] = [f"127.1.{n // 200}.{n % 200}" for n in range(2000)]
    names.truncated.add("flood.test")
    engine = probe_by.engine
    resolving = engine._services.resolver.resolve("flood.test")
    addresses = asyncio.run_coroutine_threadsafe(resolving, engine._loop).result(5)

    assert len(addresses) == 64


def test_probes_of_one_name_at_once_ask_only_once(probe_by, names):
    with HttpServer(ok()) as server:
        check = HttpCheck.parse({"url": f"http://web.test:{server.port}/", "ip_version": "ipv4"})
        outcomes = probe_by.all([_job(check) for _ in range(50)])

    assert {outcome.status for outcome in outcomes} == {Status.UP}
    assert len([each for each in names.asked if each[0] == "web.test"]) == 1


def test_a_tls_name_is_verified_though_the_address_is_pinned(probe_by, tls_for):
    with HttpServer(ok(), tls=tls_for("web.test")) as server:
        good = probe_by(HttpCheck.parse({"url": f"https://web.test:{server.port}/"}))
        bad = probe_by(HttpCheck.parse({"url": f"https://four.test:{server.port}/"}))

    assert good.status is Status.UP
    assert bad.reason is Reason.TLS_FAILED
    assert bad.detail == "the certificate is not valid: it is for another name"


def _job(check):
    from kener.checks import ProbeJob  # noqa: PLC0415

    return ProbeJob(check, 10.0)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("example.org", None),
        ("127.1", None),
        ("2852039166", None),
    ],
)
def test_literal_addresses_are_known_in_one_form(host, address):
    assert literal(host) == address


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (" Example.ORG. ", "example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("_dmarc.example.org", "_dmarc.example.org"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("3com.com", "3com.com"),
    ],
)
def test_hosts_are_brought_into_one_form(typed, meant):
    assert clean_host(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "a b", "-a", "a..b", "127.1", "0x7f000001", "017700000001", "x" * 64, "a/b", "é" * 80],
)
def test_what_is_no_host_is_refused(typed):
    with pytest.raises(ValueError, match=r"must be|write the|is not"):
        clean_host(typed)


METADATA = [
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fe80::5efe:a9fe:a9fe",
    "2001:db8::5efe:a9fe:a9fe",
    "fe80::1",
    "fd00:ec2::254",
    "100.100.100.200",
]


@pytest.mark.parametrize("address", METADATA)
@pytest.mark.parametrize("policy", [Policy(), Policy(private=NETWORKS), Policy(private=())])
def test_metadata_and_link_local_are_refused_in_every_disguise_whatever_is_set(policy, address):
    assert "metadata" in policy.refusal(address)


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"]
)
def test_more_networks_can_be_refused(address):
    policy = Policy(denied=(ipaddress.ip_network("10.0.0.0/8"),))

    assert "KENER_PROBE_DENIED_NETWORKS" in policy.refusal(address)
    assert not policy.refusal("11.0.0.1")


PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "127.0.0.1",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fd12:3456::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]
PUBLIC = ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_allowed_unless_they_are_denied(address):
    assert not Policy().refusal(address)
    assert "KENER_PRIVATE_TARGETS" in Policy(private=()).refusal(address)


@pytest.mark.parametrize("private", [None, (), NETWORKS])
@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed_whatever_is_set(address, private):
    assert not Policy(private=private).refusal(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "fd12::1"])
def test_private_networks_that_are_listed_are_allowed_and_no_others(address):
    policy = Policy(private=NETWORKS)

    assert not policy.refusal(address)
    assert policy.refusal("192.168.1.1")
    assert policy.refusal("fe80::1")


@pytest.fixture
def probe_public_only(names, config, with_engine):
    """As with KENER_PRIVATE_TARGETS=deny."""
    return with_engine(
        dataclasses.replace(config, nameservers=(names.address,), private_networks=())
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "web.test", "[::ffff:127.0.0.1]"])
def test_a_denied_private_target_is_blocked_by_address_and_by_name(probe_public_only, host):
    outcome = probe_public_only(HttpCheck.parse({"url": f"http://{host}/"}))

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.BLOCKED)
    assert "KENER_PRIVATE_TARGETS" in outcome.detail


def test_of_a_name_with_allowed_and_denied_addresses_only_the_allowed_is_called(
    names, config, with_engine
):
    listed = (ipaddress.ip_network("127.0.0.2/32"),)
    probe = with_engine(
        dataclasses.replace(config, nameservers=(names.address,), private_networks=listed)
    )
    with HttpServer(ok()) as denied, HttpServer(ok(), host="127.0.0.2", port=denied.port):
        outcome = probe(HttpCheck.parse({"url": f"http://both.test:{denied.port}/"}))

    assert outcome.facts["address"] == "127.0.0.2"
    assert denied.connections == 0


def test_a_redirect_from_a_listed_network_into_another_is_blocked(names, config, with_engine):
    listed = (ipaddress.ip_network("127.0.0.1/32"),)
    probe = with_engine(
        dataclasses.replace(config, nameservers=(names.address,), private_networks=listed)
    )
    with HttpServer(ok(), host="127.0.0.2") as inner:
        for place in (f"http://127.0.0.2:{inner.port}/", f"http://other.test:{inner.port}/"):
            with HttpServer(to(place)) as server:
                outcome = probe(HttpCheck.parse({"url": server.url}))

            assert outcome.reason is Reason.BLOCKED
            assert "127.0.0.2" in outcome.detail
    assert inner.connections == 0


def test_a_name_server_that_never_answers_is_under_the_deadline(config, with_engine):
    with DnsServer({}, deaf={"deaf.test"}) as deaf:
        probe = with_engine(dataclasses.replace(config, nameservers=(deaf.address,)))
        outcome = probe(HttpCheck.parse({"url": "http://deaf.test/"}), 0.3)

    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail == "no answer within 0.3 s while looking up the name"
