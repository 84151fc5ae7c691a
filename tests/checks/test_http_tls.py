"""TLS and HTTP/2 of the http check."""

import datetime as dt

import pytest
import trustme
from checks.of_http import check
from checks.servers import HttpServer, Listener, ok

from kener.core.outcome import Reason
from kener.core.status import Status

SOON = dt.datetime.now(dt.UTC) + dt.timedelta(days=8, hours=12)
PAST = dt.datetime(2020, 1, 2, tzinfo=dt.UTC)


def test_verification_is_on_again_after_a_probe_without_it(probe, tls_for):
    stranger = trustme.CA()
    with HttpServer(ok(), tls=tls_for("localhost", "127.0.0.1", issuer=stranger)) as server:
        trusting = probe(check(server.url, verify_tls=False))
        careful = probe(check(server.url))

    assert trusting.status is Status.UP
    assert careful.status is Status.DOWN
    assert careful.reason is Reason.TLS_FAILED


def test_tls_is_verified_and_its_end_is_known(probe, tls_for):
    with HttpServer(ok(), tls=tls_for("127.0.0.1", not_after=SOON)) as server:
        first = probe(check(server.url))
        again = probe(check(server.url))

    assert first.status is Status.UP
    assert first.facts["tls_expires_at"] == SOON.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert first.facts["tls_days"] == 8
    assert again.facts["tls_days"] == 8
    assert "tls" in first.phases


def test_a_certificate_near_its_end_is_degraded_when_asked_for(probe, tls_for):
    with HttpServer(ok(), tls=tls_for("127.0.0.1", not_after=SOON)) as server:
        outcome = probe(check(server.url, certificate_days=14))

    assert outcome.status is Status.DEGRADED
    assert outcome.reason is Reason.EXPIRING
    assert outcome.detail == "the certificate ends in 8 days"


def test_an_expired_certificate_is_accepted_without_verification(probe, tls_for):
    with HttpServer(ok(), tls=tls_for("127.0.0.1", not_after=PAST)) as server:
        trusting = probe(check(server.url, verify_tls=False))
        warned = probe(check(server.url, verify_tls=False, certificate_days=14))
        limited = check(server.url, verify_tls=False, certificate_days=14, certificate_down_days=7)
        limited = probe(limited)

    assert (trusting.status, trusting.detail) == (Status.UP, "")
    assert trusting.facts["tls_days"] < 0
    assert warned.status is Status.DEGRADED
    assert limited.status is Status.DOWN
    assert warned.detail == limited.detail
    assert warned.detail.startswith("the certificate ended ")


@pytest.mark.parametrize(
    ("names", "options", "why"),
    [
        (("127.0.0.1",), {"not_after": PAST}, "it has expired"),
        (("other.test",), {}, "it is for another"),
        (("127.0.0.1",), {"issuer": trustme.CA()}, "its issuer is unknown"),
    ],
)
def test_a_bad_certificate_is_down_and_shown(probe, tls_for, names, options, why):
    with HttpServer(ok(), tls=tls_for(*names, **options)) as server:
        outcome = probe(check(server.url))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TLS_FAILED
    assert why in outcome.detail
    assert "tls_expires_at" in outcome.facts
    if "not_after" in options:
        assert outcome.facts["tls_expires_at"] == "2020-01-02T00:00:00Z"


def test_a_port_without_tls_fails_the_handshake(probe):
    with Listener(lambda c: (c.recv(1000), c.sendall(ok("what?", "400 Bad")))) as server:
        outcome = probe(check(f"https://127.0.0.1:{server.port}/"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TLS_FAILED
    assert outcome.detail.startswith("the TLS handshake failed: ")


def speak_http2(connection):
    """The least a server must say: its settings, an acknowledgement, and status 200."""
    assert connection.selected_alpn_protocol() == "h2"
    connection.recv(4096)
    frame = b"\0\0%c%c%c\0\0\0%c"
    connection.sendall(frame % (0, 4, 0, 0) + frame % (0, 4, 1, 0))
    connection.sendall(frame % (1, 1, 5, 1) + b"\x88")
    connection.recv(4096)


def test_http2_is_spoken_when_offered_and_chosen(probe, tls_for):
    tls = tls_for("127.0.0.1")
    tls.set_alpn_protocols(["h2", "http/1.1"])
    with Listener(speak_http2, tls=tls) as server:
        look = [
            {"source": "http_version", "value": "2"},
            {"source": "header:server", "op": "exists", "value": False},
        ]
        url = f"https://127.0.0.1:{server.port}/"
        outcome = probe(check(url, http2=True, assertions=look))

    assert outcome.status is Status.UP
    assert outcome.facts["http_version"] == "2"


def test_http2_is_not_offered_otherwise(probe, tls_for):
    tls = tls_for("127.0.0.1")
    tls.set_alpn_protocols(["h2", "http/1.1"])
    with HttpServer(ok(), tls=tls) as server:
        outcome = probe(check(server.url))

    assert outcome.status is Status.UP
    assert outcome.facts["http_version"] == "1.1"
