"""Names and addresses: resolved by us, vetted, and pinned, whatever a name server tries."""

import dataclasses
import ipaddress

import pytest
from checks.servers import DnsServer, HttpServer, ok, to

from kener.checks._addresses import clean_host, is_denied, literal
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
}


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


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "fe80::1",
    ],
)
def test_a_refused_network_is_recognised_in_every_disguise(address):
    denied = [ipaddress.ip_network(each) for each in ("169.254.0.0/16", "fe80::/10")]

    assert is_denied(address, denied)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "::1", "2001:db8::1"])
def test_other_addresses_are_not_refused(address):
    assert not is_denied(address, [ipaddress.ip_network("169.254.0.0/16")])
