"""The smtp check, against real mail servers on loopback."""

import base64

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from checks.loops import an_smtp_server
from checks.servers import Listener, free_port, has_ipv6, silent

from kener.checks.smtp import SmtpCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

PASSWORD = "grüezi 42"
LOGIN = {"username": "kener", "password": PASSWORD}


def check(port: int, **settings) -> SmtpCheck:
    return SmtpCheck.parse({"host": "127.0.0.1", "port": port, "security": "none", **settings})


class Post:
    """Takes mail for mail.test only, and notes what it is told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.heard.append(f"EHLO {hostname}")
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        self.heard.append(f"RCPT {address}")
        if not address.endswith("@mail.test"):
            return "550 we do not relay"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_RSET(self, server, session, envelope):  # noqa: N802
        self.heard.append("RSET")
        return "250 forgotten"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.heard.append("DATA")
        return "250 sent"


def knows(server, session, envelope, mechanism, data):
    known = LoginPassword(b"kener", PASSWORD.encode())
    return AuthResult(success=data == known, handled=False)


def test_a_mail_server_is_up(probe):
    post = Post()
    with an_smtp_server(post) as port:
        outcome = probe(check(port))

    assert (outcome.status, outcome.detail) == (Status.UP, "")
    assert outcome.facts["address"] == "127.0.0.1"
    assert outcome.facts["smtp_greeting"].startswith("mail.test ")
    assert outcome.facts["smtp_code"] == 250
    assert post.heard[0] == "EHLO [127.0.0.1]"


def test_our_name_can_be_told(probe):
    post = Post()
    with an_smtp_server(post) as port:
        probe(check(port, helo_name="Status.Example"))

    assert post.heard[0] == "EHLO status.example"


def test_starttls_is_verified(probe, tls_for):
    with an_smtp_server(tls_context=tls_for("127.0.0.1")) as port:
        good = probe(check(port, security="starttls"))
    with an_smtp_server(tls_context=tls_for("other.test")) as port:
        bad = probe(check(port, security="starttls"))
        trusting = probe(check(port, security="starttls", verify_tls=False))

    assert good.status is trusting.status is Status.UP
    assert good.phases["tls"] > 0
    assert bad.reason is Reason.TLS_FAILED


def test_tls_from_the_start_is_spoken(probe, tls_for):
    with an_smtp_server(wrapped=tls_for("127.0.0.1")) as port:
        outcome = probe(check(port, security="tls"))

    assert outcome.status is Status.UP


def test_a_server_that_lost_its_starttls_is_down(probe):
    with an_smtp_server() as port:
        outcome = probe(check(port, security="starttls", **LOGIN))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TLS_FAILED
    assert outcome.detail == "the server does not offer TLS over smtp"


@pytest.mark.parametrize("excluded", [[], ["PLAIN"]], ids=["by PLAIN", "by LOGIN"])
def test_a_login_works_over_tls(probe, tls_for, excluded):
    options = {"authenticator": knows, "auth_exclude_mechanism": excluded}
    with an_smtp_server(tls_context=tls_for("127.0.0.1"), **options) as port:
        good = probe(check(port, security="starttls", **LOGIN))
        bad = probe(check(port, security="starttls", username="kener", password="no"))

    assert (good.status, good.detail) == (Status.UP, "")
    assert bad.status is Status.DOWN
    assert bad.detail == "the server does not accept user name and password (535)"


def test_a_login_without_encryption_only_when_allowed(probe):
    with pytest.raises(Invalid):
        check(25, **LOGIN)
    options = {"authenticator": knows, "auth_require_tls": False}
    with an_smtp_server(**options) as port:
        outcome = probe(check(port, allow_plain_login=True, **LOGIN))

    assert outcome.status is Status.UP


def test_a_server_without_logins_is_down_and_an_unknown_way_is_unknown(probe):
    with an_smtp_server() as port:
        none = probe(check(port, allow_plain_login=True, **LOGIN))
    with Listener(saying(b"220 hi\r\n", b"250-me\r\n250 AUTH GSSAPI NTLM\r\n")) as server:
        other = probe(check(server.port, allow_plain_login=True, **LOGIN))

    assert (none.status, none.detail) == (Status.DOWN, "the server offers no login here")
    assert other.status is Status.UNKNOWN
    assert other.detail == "the server only offers logins we cannot do: GSSAPI, NTLM"


def test_a_recipient_is_asked_for_and_nothing_is_sent(probe):
    post = Post()
    with an_smtp_server(post) as port:
        outcome = probe(check(port, mail_from="a@kener.test", rcpt_to="b@mail.test"))
        probe(check(port))  # by its end the first is over as well

    assert outcome.status is Status.UP
    assert post.heard[1] == "RCPT b@mail.test"
    assert "DATA" not in post.heard


def test_a_refused_recipient_is_down_unless_that_is_wanted(probe):
    asked = {"mail_from": "a@kener.test", "rcpt_to": "b@else.test"}
    with an_smtp_server(Post()) as port:
        refused = probe(check(port, **asked))
        no_relay = probe(check(port, accepted_codes="550, 554", **asked))
        relays = probe(check(port, accepted_codes="550", **asked | {"rcpt_to": "b@mail.test"}))

    assert refused.status is Status.DOWN
    assert refused.reason is Reason.MISMATCH
    assert refused.detail == "answered RCPT TO with 550 “we do not relay”"
    assert refused.facts["smtp_code"] == 550
    assert no_relay.status is Status.UP
    assert relays.detail == "answered RCPT TO with 250 “fine”; expected 550"


def saying(*answers: bytes):
    """A server that gives these answers whatever it hears."""

    def serve(connection):
        for number, answer in enumerate(answers):
            if number:
                connection.recv(4096)
            connection.sendall(answer)

    return serve


@pytest.mark.parametrize(
    ("answers", "detail"),
    [
        ([b"554 go away\r\n"], "the server greeted with 554 “go away”"),
        ([b"SSH-2.0-OpenSSH\r\n"], "the server said “SSH-2.0-OpenSSH”, which is no answer"),
        ([b"\r\n"], "the server said “”, which is no answer"),
        ([b"220 \x1b[31mred\x00\r\n", b"5"], "the server hung up after “5”"),
        ([b"220 hi\r\n", b"502 no\r\n"], "answered EHLO with 502 “no”"),
        ([b"220 " + b"x" * 5000 + b"\r\n"], "the server's answer has no end"),
        ([b"220-x\r\n" * 101], "the server's answer has no end"),
    ],
)
def test_a_strange_answer_is_down_and_quoted(probe, answers, detail):
    with Listener(saying(*answers)) as server:
        outcome = probe(check(server.port))

    assert outcome.status is Status.DOWN
    assert outcome.detail == detail


def test_a_server_that_echoes_the_password_does_not_get_it_into_the_detail(probe):
    secret = base64.b64encode(f"\0kener\0{PASSWORD}".encode())
    echo = secret + b" " + PASSWORD.encode()
    answers = [b"220 hi\r\n", b"250-me\r\n250 AUTH PLAIN\r\n"]
    asked = {"allow_plain_login": True, "mail_from": "a@b.test"}
    with Listener(saying(*answers, b"535 bad: " + echo + b"\r\n")) as server:
        at_once = probe(check(server.port, **asked, **LOGIN))
    with Listener(saying(*answers, b"235 in\r\n", b"550 " + echo + b"\r\n")) as server:
        later = probe(check(server.port, **asked, **LOGIN))

    assert at_once.status is later.status is Status.DOWN
    assert later.detail == "answered MAIL FROM with 550 “••• •••”"
    for outcome in (at_once, later):
        assert secret.decode() not in repr(outcome)
        assert PASSWORD not in repr(outcome)


def test_what_is_slipped_in_before_the_handshake_is_refused(probe):
    answers = [b"220 hi\r\n", b"250-me\r\n250 STARTTLS\r\n", b"220 go\r\n250 AUTH PLAIN\r\n"]
    with Listener(saying(*answers)) as server:
        outcome = probe(check(server.port, security="starttls", **LOGIN))

    assert outcome.reason is Reason.TLS_FAILED
    assert outcome.detail == "the server sent something unencrypted before the TLS handshake"


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_we_introduce_ourselves_by_an_ipv6_address(probe):
    heard = []

    def serve(connection):
        connection.sendall(b"220 hi\r\n")
        heard.append(connection.recv(100))
        connection.sendall(b"250 me\r\n")

    with Listener(serve, host="::1") as server:
        outcome = probe(check(server.port, host="::1"))

    assert outcome.status is Status.UP
    assert heard == [b"EHLO [IPv6:::1]\r\n"]


def test_closed_silent_and_refused_hosts(probe):
    refused = probe(check(free_port()))
    with silent() as port:
        timed_out = probe(check(port), 0.2)
    blocked = probe(SmtpCheck.parse({"host": "127.66.0.9"}))

    assert refused.reason is Reason.REFUSED
    assert timed_out.detail == "no answer within 0.2 s while waiting for the greeting"
    assert blocked.reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"mail_from": "a@b.test>\r\nDATA"}, "mail_from"),
        ({"mail_from": "nobody"}, "mail_from"),
        ({"rcpt_to": "a@b.test"}, "rcpt_to"),
        ({"accepted_codes": "25"}, "accepted_codes"),
        ({"helo_name": "not a name"}, "helo_name"),
        ({"security": "ssl"}, "security"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        check(25, **settings)

    assert list(refused.value.problems) == [field]


def test_a_password_is_not_to_be_told_without_the_encryption_it_was_entered_for():
    safe = check(25, security="starttls", **LOGIN)
    open_ = check(25, allow_plain_login=True, **LOGIN)

    assert safe.destination() != open_.destination()
    assert PASSWORD not in repr(safe) + safe.target()
