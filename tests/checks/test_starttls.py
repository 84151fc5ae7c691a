"""The tls check where TLS must be asked for: real servers of each protocol, and hostile ones."""

import contextlib
import socket

import pytest
from checks.daemons import Pem, a_dovecot, a_prosody, a_vsftpd
from checks.loops import an_smtp_server
from checks.servers import Listener, silent

from kener.checks.tls import TlsCheck
from kener.core.outcome import Reason
from kener.core.status import Status

CHAT = "chat.test"


def check(protocol: str, port: int, **settings) -> TlsCheck:
    return TlsCheck.parse({"host": "127.0.0.1", "port": port, "starttls": protocol, **settings})


@pytest.fixture(scope="session")
def pem(authority, tmp_path_factory) -> Pem:
    issued = authority.issue_cert("127.0.0.1", CHAT, common_name="127.0.0.1")
    return Pem(tmp_path_factory.mktemp("pem"), issued)


def postgres(tls, answer=b"S"):
    """PostgreSQL's SSLRequest: the wheel that other tests use is built without TLS."""

    def serve(connection):
        asked = connection.recv(8)
        connection.sendall(answer if asked == b"\0\0\0\x08\x04\xd2\x16\x2f" else b"E")
        if answer == b"S":
            with tls.wrap_socket(connection, server_side=True) as encrypted:
                encrypted.recv(1)

    return Listener(serve)


@pytest.fixture(scope="session")
def ports(pem, tls_for):
    """A server of each protocol that offers TLS when asked."""
    with contextlib.ExitStack() as stack:
        ports = dict(stack.enter_context(a_dovecot(pem)))
        ports["xmpp"] = stack.enter_context(a_prosody(pem, CHAT))
        ports["ftp"] = stack.enter_context(a_vsftpd(pem))
        ports["smtp"] = stack.enter_context(an_smtp_server(tls_context=tls_for("127.0.0.1")))
        ports["postgres"] = stack.enter_context(postgres(tls_for("127.0.0.1"))).port
        yield ports


@pytest.mark.parametrize("protocol", ["smtp", "imap", "pop3", "ftp", "postgres", "xmpp"])
def test_a_good_certificate_is_up_in_each_protocol(probe, ports, protocol):
    name = CHAT if protocol == "xmpp" else ""
    outcome = probe(check(protocol, ports[protocol], server_name=name))

    assert (outcome.status, outcome.detail) == (Status.UP, "")
    assert outcome.facts["tls_version"] in {"TLS 1.2", "TLS 1.3"}
    assert outcome.facts["tls_days"] > 14
    assert set(outcome.phases) == {"dns", "connect", "starttls", "tls", "total"}


@pytest.mark.parametrize("protocol", ["smtp", "imap", "pop3", "ftp", "postgres", "xmpp"])
def test_a_certificate_for_another_name_is_down_and_shown(probe, ports, protocol):
    outcome = probe(check(protocol, ports[protocol], server_name="mail.test"))

    assert outcome.status is Status.DOWN
    if protocol == "xmpp":  # prosody does not even begin with a domain that is not its own
        assert outcome.detail.startswith("the server does not talk: “host-unknown ")
    else:
        assert outcome.reason is Reason.TLS_FAILED
        assert outcome.detail == "the certificate is not valid: it is for another name"
        assert "127.0.0.1" in outcome.facts["tls_names"]


NO_TLS = {
    "smtp": b"220 hi\r\n|250-me\r\n250 SIZE 1\r\n",
    "imap": b"* OK hi\r\n|* CAPABILITY IMAP4rev1\r\na1 BAD what?\r\n",
    "pop3": b"+OK hi\r\n|-ERR what?\r\n",
    "ftp": b"220-one\r\n 220 two\r\n220 three\r\n|502 what?\r\n",
    "postgres": b"|N",
    "xmpp": b"|<?xml version='1.0'?><stream:stream><stream:features><register/></stream:features>",
}


def scripted(script: bytes) -> Listener:
    """A server that says the parts of `script` between what it hears."""

    def serve(connection: socket.socket) -> None:
        for number, part in enumerate(script.split(b"|")):
            if number:
                connection.recv(4096)
            connection.sendall(part)
        connection.recv(4096)

    return Listener(serve)


@pytest.mark.parametrize("protocol", NO_TLS)
def test_a_server_without_tls_is_down(probe, protocol):
    with scripted(NO_TLS[protocol]) as server:
        outcome = probe(check(protocol, server.port))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TLS_FAILED
    assert "does not offer TLS" in outcome.detail or "refused to start TLS" in outcome.detail


INJECTED = {
    "smtp": b"220 hi\r\n|250-me\r\n250 STARTTLS\r\n|220 go\r\n250 evil\r\n",
    "imap": b"* OK hi\r\n|a1 OK go\r\na2 OK evil\r\n",
    "pop3": b"+OK hi\r\n|+OK go\r\n+OK evil\r\n",
    "ftp": b"220 hi\r\n|234 go\r\n230 evil\r\n",
    "postgres": b"|SE",
    "xmpp": b"|<stream:stream><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    b"</stream:features>|<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><evil/>",
}


@pytest.mark.parametrize("protocol", INJECTED)
def test_what_is_slipped_in_before_the_handshake_is_refused(probe, protocol):
    with scripted(INJECTED[protocol]) as server:
        outcome = probe(check(protocol, server.port))

    assert outcome.reason is Reason.TLS_FAILED
    assert outcome.detail == "the server sent something unencrypted before the TLS handshake"


@pytest.mark.parametrize("protocol", ["smtp", "imap", "pop3", "ftp", "xmpp"])
@pytest.mark.parametrize("chatter", [b"x" * 4096, b"220-more\r\n" * 400, b"* OK\r\n" * 700])
def test_chatter_without_end_is_down(probe, protocol, chatter):
    def serve(connection):
        while True:
            connection.sendall(chatter)

    with Listener(serve) as server:
        outcome = probe(check(protocol, server.port))

    assert outcome.status is Status.DOWN
    assert outcome.reason in {Reason.MISMATCH, Reason.TLS_FAILED}


@pytest.mark.parametrize("protocol", INJECTED)
def test_silence_times_out_and_says_where(probe, protocol):
    with silent() as port:
        outcome = probe(check(protocol, port), 0.2)

    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail == f"no answer within 0.2 s while asking for TLS over {protocol}"


@pytest.mark.parametrize("protocol", INJECTED)
def test_a_server_that_hangs_up_is_down(probe, protocol):
    with Listener(lambda c: None) as server:
        outcome = probe(check(protocol, server.port))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.UNREACHABLE
