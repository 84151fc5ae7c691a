"""Which addresses we send to."""

import time
from ipaddress import ip_address, ip_network
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kener.channels._addresses import Blocked, resolved, system_resolver, vetted, vetted_host

NETWORKS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a00:1::1",
        "2606:4700::5efe:10.0.0.1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_address_that_is_not_public_is_refused(address):
    with pytest.raises(Blocked, match="KENER_PRIVATE_NETWORKS"):
        vetted([address], ())


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "172.15.0.1",
        "172.32.0.1",
        "100.128.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
        "2002:101:101::1",
    ],
)
def test_a_public_address_is_allowed(address):
    assert [str(each) for each in vetted([address], ())] == [str(ip_address(address))]


@pytest.mark.parametrize("address", ["10.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "fd12::1"])
def test_a_private_network_that_is_named_is_allowed(address):
    assert vetted([address], NETWORKS)


def test_one_bad_address_spoils_all():
    with pytest.raises(Blocked, match=r"^192\.168\.0\.1 is not a public address"):
        vetted(["1.1.1.1", "192.168.0.1"], NETWORKS)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_in_ipv6_opens_no_door(address):
    bare = _is_refused(str(address))
    number = int(address)

    assert _is_refused(f"::ffff:{address}") == bare
    assert _is_refused(f"64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}") == bare
    assert _is_refused(f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1") == bare


@given(st.ip_addresses(v=4))
def test_what_python_calls_private_is_refused(address):
    if address.is_private or address.is_reserved or address.is_multicast:
        assert _is_refused(str(address))


def _is_refused(address):
    try:
        vetted([address], ())
    except Blocked:
        return True
    return False


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "LOCALHOST.", "a.localhost"])
def test_a_private_host_is_refused_before_any_name_is_resolved(host):
    with pytest.raises(Blocked):
        vetted_host(host, ())


@pytest.mark.parametrize("host", ["example.org", "notlocalhost", "localhost.example", "1.1.1.1"])
def test_a_host_that_may_be_public_waits_for_its_addresses(host):
    vetted_host(host, ())


def test_the_system_knows_localhost():
    assert set(system_resolver("localhost")) <= {"127.0.0.1", "::1"}


def test_a_resolver_that_hangs_is_left_behind():
    end, begun = Event(), time.monotonic()
    with pytest.raises(TimeoutError):
        resolved("slow.test", lambda _: [end.wait(10) and "1.1.1.1"], 0.1)
    end.set()

    assert time.monotonic() - begun < 2


def test_what_a_resolver_raises_arrives():
    with pytest.raises(OSError, match="reserved name"):
        resolved("nowhere.invalid", system_resolver, 5)
