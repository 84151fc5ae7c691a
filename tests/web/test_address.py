"""Who is asking? Forwarded headers are believed only from proxies we were told of."""

from ipaddress import ip_network

import pytest
from flask import Flask

from kener.web.address import client_address, decide, network_of

PROXIES = tuple(map(ip_network, ("10.0.0.0/8", "192.168.1.5/32", "fd00::/8")))
CLIENT, PROXY = "203.0.113.9", "10.0.0.1"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        # no proxy before us: whatever is claimed is a lie
        (CLIENT, "", CLIENT),
        (CLIENT, "198.51.100.1", CLIENT),
        (CLIENT, "10.0.0.1", CLIENT),
        (CLIENT, "127.0.0.1, 10.0.0.1", CLIENT),
        # our proxy says who came to it
        (PROXY, CLIENT, CLIENT),
        (PROXY, "", PROXY),
        # what stands before the client's own address was written by the client
        (PROXY, f"198.51.100.1, {CLIENT}", CLIENT),
        (PROXY, f"10.0.0.7, {CLIENT}", CLIENT),
        (PROXY, f"127.0.0.1,::1,{CLIENT}", CLIENT),
        # a chain of our proxies is walked to its beginning
        (PROXY, f"{CLIENT}, 10.9.9.9, 192.168.1.5", CLIENT),
        (PROXY, f"198.51.100.1, {CLIENT}, 10.9.9.9", CLIENT),
        (PROXY, "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        # a neighbour of our proxy is not our proxy
        ("192.168.1.6", CLIENT, "192.168.1.6"),
        # nonsense ends the walk at the last hop that was ours
        (PROXY, "nonsense", PROXY),
        (PROXY, f"{CLIENT}, nonsense", PROXY),
        (PROXY, f"{CLIENT}, 10.0.0.2, <script>, 10.0.0.3", "10.0.0.3"),
        (PROXY, f"{CLIENT}:4711", PROXY),
        (PROXY, ",,,", PROXY),
        (PROXY, "1.2.3.4.5", PROXY),
        (PROXY, "0x7f.1", PROXY),
        # IPv6, and IPv4 inside it
        ("fd00::1", "2001:db8::9", "2001:db8::9"),
        ("::ffff:10.0.0.1", CLIENT, CLIENT),
        (PROXY, f"::ffff:{CLIENT}", CLIENT),
        ("::ffff:203.0.113.1", CLIENT, "203.0.113.1"),
        # a unix socket has no peer, and is no proxy we know
        ("", CLIENT, ""),
    ],
)
def test_forwarded_headers_are_believed_only_as_far_as_our_proxies_go(peer, forwarded, client):
    assert decide(peer, forwarded, PROXIES) == client


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_who_has_a_whole_network_is_counted_as_one(address, network):
    assert network_of(address) == network


def test_a_server_for_both_families_tells_ipv4_clients_apart():
    one, other = (decide(f"::ffff:203.0.113.{n}", "", ()) for n in (1, 2))

    assert network_of(one) != network_of(other)


def test_without_trusted_proxies_no_header_is_believed():
    assert decide(PROXY, CLIENT, ()) == PROXY


@pytest.fixture
def asked(config):
    """What a request with these headers is taken for."""

    def ask(peer, headers, trusted=()):
        app = Flask("asked")
        app.extensions["kener"] = config.model_copy(update={"trusted_proxies": trusted})
        with app.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": peer}):
            return client_address()

    return ask


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_header_sent_twice_is_read_as_one_list(asked):
    twice = [("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-For", f"{CLIENT}, 10.0.0.2")]

    assert asked(PROXY, twice, PROXIES) == CLIENT


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "name", ["X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"]
)
def test_no_other_header_is_believed_at_all(asked, name):
    assert asked(PROXY, [(name, "198.51.100.1")], PROXIES) == PROXY
