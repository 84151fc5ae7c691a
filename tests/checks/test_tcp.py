"""The tcp check, against real servers on loopback."""

from datetime import UTC, datetime, timedelta

import pytest
import trustme
from checks.conftest import NOW
from checks.servers import Listener, free_port, has_ipv6, silent

from kener.checks._payload import payload, shown, unescape
from kener.checks.tcp import TcpCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status


def check(port: int, host: str = "127.0.0.1", **settings) -> TcpCheck:
    return TcpCheck.parse({"host": host, "port": port, **settings})


def greet(connection):
    connection.sendall(b"220 mail.test ESMTP\r\n")
    if connection.recv(100) == b"EHLO me\r\n":
        connection.sendall(b"250-mail.test\r\n250 8BITMIME\r\n")
        connection.recv(100)


def test_an_open_port_is_up(probe):
    with silent() as port:
        outcome = probe(check(port))

    assert outcome.status is Status.UP
    assert outcome.facts == {"address": "127.0.0.1"}
    assert set(outcome.phases) == {"dns", "connect"}
    assert outcome.latency_ms > 0


def test_a_closed_port_is_down(probe):
    port = free_port()
    outcome = probe(check(port))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.REFUSED
    assert outcome.detail == f"127.0.0.1 port {port} refused the connection"


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_the_next_address_is_tried_when_the_first_refuses(probe):
    # localhost is ::1 and 127.0.0.1 in the resolver's own table, whatever the hosts file says.
    for host in ("127.0.0.1", "::1"):
        with Listener(greet, host=host) as server:
            outcome = probe(check(server.port, "localhost"))

        assert outcome.status is Status.UP
        assert outcome.facts["address"] == host


def test_an_expected_greeting_is_up(probe):
    with Listener(greet) as server:
        outcome = probe(check(server.port, expect="ESMTP"))

    assert outcome.status is Status.UP


def test_an_answer_to_what_was_sent_is_awaited(probe):
    with Listener(greet) as server:
        outcome = probe(check(server.port, send=r"EHLO me\r\n", expect=r"250 8BITMIME\r\n"))

    assert outcome.status is Status.UP


def test_another_answer_is_down_and_quoted(probe):
    with Listener(lambda c: c.sendall(b"554 go away\r\n")) as server:
        outcome = probe(check(server.port, expect="220"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH
    assert outcome.detail == "expected “220”, got “554 go away”"


def test_bytes_may_be_written_in_hex(probe):
    def echo(connection):
        connection.sendall(connection.recv(100))

    with Listener(echo) as server:
        up = probe(check(server.port, encoding="hex", send="00ff:0a 41", expect="FF 0A"))
        down = probe(check(server.port, encoding="hex", send="00ff", expect="0a"))

    assert up.status is Status.UP
    assert up.phases["answer"] > 0
    assert down.detail == "expected “0a”, got “00 ff”"
    assert down.phases["connect"] > 0


def test_endless_chatter_is_not_read_forever(probe):
    def chatter(connection):
        while True:
            connection.sendall(b"x" * 4096)

    with Listener(chatter) as server:
        outcome = probe(check(server.port, expect="220"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH


def test_silence_times_out(probe):
    with silent() as port:
        outcome = probe(check(port, expect="220"), 0.3)

    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail == "no answer within 0.3 s while waiting for the expected answer"
    assert outcome.facts == {"address": "127.0.0.1"}
    assert set(outcome.phases) == {"dns", "connect"}


def test_tls_that_fails_shows_how_far_it_came(probe, tls_for):
    with Listener(greet, tls=tls_for("other.test")) as server:
        outcome = probe(check(server.port, "localhost", tls=True))

    assert outcome.reason is Reason.TLS_FAILED
    assert outcome.facts["address"] in {"127.0.0.1", "::1"}
    assert set(outcome.phases) == {"dns", "connect"}


def test_tls_is_spoken_and_verified(probe, tls_for):
    with Listener(greet, tls=tls_for("localhost")) as server:
        outcome = probe(check(server.port, "localhost", tls=True, expect="220"))

    assert outcome.status is Status.UP
    assert outcome.phases["tls"] > 0


@pytest.mark.parametrize(
    ("name", "issuer", "why"),
    [
        ("other.test", None, "it is for another name"),
        ("localhost", trustme.CA(), "its issuer is unknown or missing from the chain"),
    ],
)
def test_a_bad_certificate_is_down_unless_told_otherwise(probe, tls_for, name, issuer, why):
    with Listener(greet, tls=tls_for(name, issuer=issuer)) as server:
        careful = probe(check(server.port, "localhost", tls=True))
        trusting = probe(check(server.port, "localhost", tls=True, verify_tls=False))

    assert careful.status is Status.DOWN
    assert careful.reason is Reason.TLS_FAILED
    assert careful.detail == f"the certificate is not valid: {why}"
    assert trusting.status is Status.UP


def test_the_certificate_is_shown_and_its_days_are_counted(probe, tls_for):
    expires = datetime.fromtimestamp(NOW / 1000, UTC) + timedelta(days=10, hours=1)
    with Listener(greet, tls=tls_for("localhost", not_after=expires)) as server:
        up = probe(check(server.port, "localhost", tls=True, certificate_days=10))
        late = probe(check(server.port, "localhost", tls=True, certificate_days=11))

    assert up.status is Status.UP
    assert up.facts["tls_days"] == 10
    assert up.facts["tls_issuer"]
    assert late.status is Status.DEGRADED
    assert late.reason is Reason.EXPIRING
    assert late.detail == "the certificate ends in 10 days"
    assert late.facts == up.facts


def test_an_unverified_certificate_is_shown_and_counted_as_well(probe, tls_for):
    expired = datetime.fromtimestamp(NOW / 1000, UTC) - timedelta(days=2, hours=1)
    with Listener(greet, tls=tls_for("other.test", not_after=expired)) as server:
        up = probe(check(server.port, tls=True, verify_tls=False))
        late = probe(check(server.port, tls=True, verify_tls=False, certificate_days=1))

    assert up.status is Status.UP
    assert up.facts["tls_days"] == -3
    assert late.status is Status.DEGRADED
    assert late.detail == "the certificate ended 3 days ago"


def test_the_server_is_asked_for_the_name_it_is_to_have(probe, tls_for):
    asked = []
    tls = tls_for("mail.test")
    tls.sni_callback = lambda _, name, __: asked.append(name)
    with Listener(greet, tls=tls) as server:
        outcome = probe(check(server.port, tls=True, server_name="mail.test"))
        other = probe(check(server.port, tls=True, server_name="web.test"))

    assert outcome.status is Status.UP
    assert other.reason is Reason.TLS_FAILED
    assert asked == ["mail.test", "web.test"]


def test_a_port_without_tls_fails_the_handshake(probe):
    with Listener(greet) as server:
        outcome = probe(check(server.port, tls=True))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TLS_FAILED


def test_a_server_that_hangs_up_in_the_handshake_is_down(probe):
    with Listener(lambda c: c.recv(10)) as server:
        outcome = probe(check(server.port, tls=True))

    assert outcome.status is Status.DOWN
    assert outcome.reason in {Reason.TLS_FAILED, Reason.UNREACHABLE}


def test_a_refused_network_is_not_probed(probe):
    outcome = probe(check(80, "127.66.0.9"))

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (r"a\r\nb", b"a\r\nb"),
        (r"\x00\xff\0\t", b"\x00\xff\x00\t"),
        (r"C:\\dir \q", b"C:\\dir \\q"),
        ("grüezi", "grüezi".encode()),
    ],
)
def test_escapes_stand_for_bytes(text, meant):
    assert unescape(text) == meant


@pytest.mark.parametrize("typed", ["0aff00", "0a ff 00", "0A:FF:00", " 0a\nff\n00\n"])
def test_hex_digits_may_be_grouped(typed):
    assert payload(typed, "hex") == b"\x0a\xff\x00"


def test_what_came_is_shown_on_one_line_at_a_sane_length():
    assert shown(b"a\r\n\x1b[31mb" + b"x" * 1000, "text") == "“a   [31mb" + "x" * 71 + "”"
    assert shown(bytes(1000), "hex") == "“" + " ".join(["00"] * 40) + "”"
    assert shown(b"", "hex") == shown(b"\r\n", "text") == "nothing"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"host": "a.test"}, "port"),
        ({"host": "a.test", "port": 0}, "port"),
        ({"host": "a.test", "port": 70000}, "port"),
        ({"host": "", "port": 1}, "host"),
        ({"host": "http://a.test", "port": 1}, "host"),
        ({"host": "-a.test", "port": 1}, "host"),
        ({"host": "127.1", "port": 1}, "host"),
        ({"host": "fe80::1%eth0", "port": 1}, "host"),
        ({"host": "a.test", "port": 1, "encoding": "hex", "send": "abc"}, "send"),
        ({"host": "a.test", "port": 1, "encoding": "hex", "expect": "xx"}, "expect"),
        ({"host": "a.test", "port": 1, "server_name": "a b"}, "server_name"),
        ({"host": "a.test", "port": 1, "certificate_days": 9}, "certificate_days"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        TcpCheck.parse(settings)

    assert list(refused.value.problems) == [field]


def test_the_target_is_host_and_port():
    assert check(443, "Example.ORG.").target() == "example.org:443"
    assert check(443, "[::1]").target() == "[::1]:443"
