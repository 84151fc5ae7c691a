"""The tls check, against real servers on loopback."""

import datetime as dt
import re
import ssl
import threading
from pathlib import Path

import pytest
import trustme
from checks.servers import Listener, free_port, has_ipv6, silent

from kener.checks.tls import TlsCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

OPEN_FILES = Path("/proc/self/fd")


def in_days(days: float) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(days=days, minutes=10)


def check(port: int, host: str = "127.0.0.1", **settings) -> TlsCheck:
    return TlsCheck.parse({"host": host, "port": port, **settings})


@pytest.fixture
def server(tls_for):
    """A server that speaks TLS and nothing else, with a certificate of its own."""
    opened = []

    def start(*names: str, **options) -> Listener:
        opened.append(Listener(lambda c: c.recv(100), tls=tls_for(*names, **options)))
        return opened[-1]

    yield start
    for listener in opened:
        listener.close()


def test_a_good_certificate_is_up_with_its_days(probe, server):
    outcome = probe(check(server("127.0.0.1", not_after=in_days(60)).port))

    assert outcome.status is Status.UP
    assert outcome.facts["tls_days"] == 60
    assert outcome.facts["address"] == "127.0.0.1"
    assert outcome.phases["tls"] > 0
    assert outcome.latency_ms == outcome.phases["total"]


@pytest.mark.parametrize(
    ("days", "settings", "expected"),
    [
        (13, {}, (Status.DEGRADED, "the certificate ends in 13 days")),
        (14, {}, (Status.UP, "")),
        (13, {"degraded_days": 0}, (Status.UP, "")),
        (6, {"down_days": 7}, (Status.DOWN, "the certificate ends in 6 days; 7 are needed")),
        (7, {"down_days": 7}, (Status.DEGRADED, "the certificate ends in 7 days")),
    ],
)
def test_days_left_decide(probe, server, days, settings, expected):
    outcome = probe(check(server("127.0.0.1", not_after=in_days(days)).port, **settings))

    assert (outcome.status, outcome.detail) == expected
    assert outcome.reason is (None if expected[0] is Status.UP else Reason.EXPIRING)
    assert outcome.facts["tls_days"] == days


def test_an_expired_certificate_is_down_and_shown(probe, server):
    port = server("127.0.0.1", not_after=in_days(-3)).port
    careful = probe(check(port))
    trusting = probe(check(port, verify_tls=False))

    assert careful.status is Status.DOWN
    assert careful.reason is Reason.TLS_FAILED
    assert careful.detail == "the certificate is not valid: it has expired"
    assert careful.facts["tls_days"] == -3
    assert trusting.status is Status.DOWN
    assert trusting.reason is Reason.EXPIRING
    assert trusting.detail == "the certificate ended 3 days ago"


@pytest.mark.parametrize(
    ("name", "issuer", "why"),
    [("other.test", None, "another address"), ("127.0.0.1", trustme.CA(), "issuer is unknown")],
)
def test_chain_and_name_are_verified(probe, server, name, issuer, why):
    port = server(name, issuer=issuer).port
    careful = probe(check(port))
    trusting = probe(check(port, verify_tls=False))

    assert careful.status is Status.DOWN
    assert careful.reason is Reason.TLS_FAILED
    assert why in careful.detail
    assert "tls_expires_at" in careful.facts
    assert trusting.status is Status.UP


def test_all_that_a_certificate_says_is_shown_also_when_it_is_refused(probe, authority):
    child = authority.create_child_ca()
    issued = child.issue_cert("a.test", "*.b.test", "192.0.2.7", common_name="a.test")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    with Listener(lambda c: c.recv(100), tls=context) as server:
        good = probe(check(server.port, server_name="x.b.test"))
        bad = probe(check(server.port, server_name="b.test"))

    assert good.status is Status.UP
    assert bad.reason is Reason.TLS_FAILED
    for facts in (good.facts, bad.facts):
        assert facts["tls_subject"] == "a.test"
        assert facts["tls_names"] == ["a.test", "*.b.test", "192.0.2.7"]
        assert facts["tls_chain"] == 2
        assert facts["tls_version"] == "TLS 1.3"
        assert facts["tls_cipher"].startswith("TLS_")
        assert re.fullmatch("[0-9a-f]{64}", facts["tls_fingerprint"])
        assert re.fullmatch("[0-9a-f]+", facts["tls_serial"])
        assert facts["tls_starts_at"] < facts["tls_expires_at"]


def test_a_self_signed_certificate_is_named_as_such(probe, authority):
    alone = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with alone.private_key_pem.tempfile() as key, alone.cert_pem.tempfile() as certificate:
        context.load_cert_chain(certificate, key)
    with Listener(lambda c: c.recv(100), tls=context) as server:
        outcome = probe(check(server.port))

    assert outcome.reason is Reason.TLS_FAILED
    assert outcome.detail == "the certificate is not valid: it is self-signed"
    assert outcome.facts["tls_chain"] == 1
    assert outcome.facts["tls_names"] == []


def test_the_name_is_told_to_the_server_and_an_address_is_not(probe, tls_for):
    asked = []
    context = tls_for("localhost", "127.0.0.1")
    context.sni_callback = lambda socket, name, context: asked.append(name)
    with Listener(lambda c: c.recv(100), tls=context) as server:
        by_name = probe(check(server.port, "localhost", ip_version="ipv4"))
        by_address = probe(check(server.port))

    assert by_name.status is by_address.status is Status.UP
    assert asked == ["localhost", None]


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_an_ipv6_address_is_verified(probe, tls_for):
    with Listener(lambda c: c.recv(100), host="::1", tls=tls_for("::1")) as server:
        outcome = probe(check(server.port, "[::1]"))

    assert (outcome.status, outcome.detail) == (Status.UP, "")


def test_an_old_version_is_down_when_a_newer_one_is_wanted(probe, tls_for):
    context = tls_for("127.0.0.1")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with Listener(lambda c: c.recv(100), tls=context) as server:
        fine = probe(check(server.port))
        wanted = probe(check(server.port, minimum_version="1.3"))

    assert fine.status is Status.UP
    assert wanted.status is Status.DOWN
    assert wanted.reason is Reason.MISMATCH
    assert wanted.detail == "the server speaks TLS 1.2; TLS 1.3 is wanted"


def test_a_server_that_shows_its_certificate_only_once_is_down_all_the_same(probe, tls_for):
    context, shown = tls_for("other.test"), []

    def serve(connection):
        if not shown:
            shown.append(1)
            context.wrap_socket(connection, server_side=True)

    with Listener(serve) as server:
        outcome = probe(check(server.port))

    assert outcome.reason is Reason.TLS_FAILED
    assert outcome.detail == "the certificate is not valid: it is for another address"


def test_a_second_handshake_that_hangs_does_not_hide_the_first(probe, tls_for):
    context, gone, shown = tls_for("other.test"), threading.Event(), []

    def serve(connection):
        if shown:
            gone.wait(5)
        shown.append(1)
        context.wrap_socket(connection, server_side=True)

    with Listener(serve) as server:
        outcome = probe(check(server.port), 0.5)
        gone.set()

    assert outcome.reason is Reason.TLS_FAILED
    assert outcome.detail == "the certificate is not valid: it is for another address"


def test_another_server_name_is_asked_for_at_the_given_host(probe, server):
    port = server("shop.test").port

    assert probe(check(port, server_name="shop.test")).status is Status.UP
    assert probe(check(port, server_name="mail.test")).reason is Reason.TLS_FAILED


def test_a_server_name_can_be_an_address(probe, server):
    port = server("192.0.2.7").port

    assert probe(check(port, server_name="192.0.2.7")).status is Status.UP


def test_a_renewed_certificate_is_seen_at_once(probe, tls_for):
    with Listener(lambda c: c.recv(9), tls=tls_for("127.0.0.1", not_after=in_days(5))) as old:
        before = probe(check(old.port))
    renewed = tls_for("127.0.0.1", not_after=in_days(90))
    with Listener(lambda c: c.recv(9), tls=renewed, port=old.port):
        after = probe(check(old.port))

    assert before.status is Status.DEGRADED
    assert after.status is Status.UP


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="this system does not list open files")
def test_connections_do_not_stay_open(probe, server):
    port = server("127.0.0.1").port
    probe(check(port))
    before = len(list(OPEN_FILES.iterdir()))
    for _ in range(30):
        probe(check(port))

    assert len(list(OPEN_FILES.iterdir())) < before + 15


def test_a_port_without_tls_is_down(probe):
    with Listener(lambda c: (c.recv(100), c.sendall(b"220 hello\r\n"))) as plain:
        outcome = probe(check(plain.port))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TLS_FAILED


def test_a_closed_port_refuses_and_a_silent_one_times_out(probe):
    refused = probe(check(free_port()))
    with silent() as port:
        timed_out = probe(check(port), 0.3)

    assert refused.reason is Reason.REFUSED
    assert timed_out.reason is Reason.TIMEOUT


def test_a_refused_network_is_not_probed(probe):
    assert probe(check(443, "169.254.169.254")).reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "host"),
        ({"host": "a.test", "server_name": "not a name"}, "server_name"),
        ({"host": "a.test", "degraded_days": 7, "down_days": 10}, "down_days"),
        ({"host": "a.test", "degraded_days": -1}, "degraded_days"),
        ({"host": "a.test", "starttls": "ldap"}, "starttls"),
        ({"host": "a.test", "minimum_version": "1.1"}, "minimum_version"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        TlsCheck.parse(settings)

    assert list(refused.value.problems) == [field]
