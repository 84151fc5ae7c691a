"""The ssh check, against OpenSSH's server and asyncssh's on loopback."""

import contextlib
import getpass
import sys

import asyncssh
import pytest
from checks.daemons import an_sshd
from checks.loops import a_loop
from checks.servers import Listener, free_port, silent

from kener.checks.ssh import SshCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")
USER_KEY = asyncssh.generate_private_key("ssh-ed25519")
FINGERPRINT = HOST_KEY.get_fingerprint()
OTHER = USER_KEY.get_fingerprint()
PASSWORD = "grüezi 42"


def check(port: int, **settings) -> SshCheck:
    return SshCheck.parse({"host": "127.0.0.1", "port": port, **settings})


def text_of(key: asyncssh.SSHKey, **options) -> str:
    return key.export_private_key(**options).decode()


@pytest.fixture(scope="session")
def sshd():
    certificate = USER_KEY.generate_host_certificate(HOST_KEY, "host").export_certificate()
    authorized = USER_KEY.export_public_key()
    with an_sshd(HOST_KEY.export_private_key(), certificate, authorized) as (port, folder):
        yield port, folder


@pytest.fixture
def port(sshd) -> int:
    return sshd[0]


class Door(asyncssh.SSHServer):
    """Lets `kener` in with a password, and notes the passwords that it hears."""

    heard: list[str] = []  # noqa: RUF012 - emptied by each server

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self.heard.append(password)
        return (username, password) == ("kener", PASSWORD)


@contextlib.contextmanager
def a_server(door=Door, **options):
    """The port of a server by asyncssh."""
    Door.heard.clear()

    async def start():
        return await asyncssh.create_server(
            door, "127.0.0.1", 0, server_host_keys=[HOST_KEY], **options
        )

    async def stop(server):
        server.close()
        await server.wait_closed()

    with a_loop() as run:
        server = run(start())
        try:
            yield server.get_port()
        finally:
            run(stop(server))


def test_a_banner_is_up(probe, port):
    outcome = probe(check(port, banner="OpenSSH"))

    assert (outcome.status, outcome.detail) == (Status.UP, "")
    assert outcome.facts["ssh_banner"].startswith("SSH-2.0-OpenSSH_")
    assert set(outcome.phases) == {"dns", "connect"}


def test_another_banner_is_down_and_quoted(probe, port):
    for depth in ("banner", "host_key"):
        outcome = probe(check(port, banner="dropbear", depth=depth))

        assert outcome.status is Status.DOWN
        assert outcome.detail.startswith("expected “dropbear” in the banner, got “SSH-2.0-OpenSSH")


@pytest.mark.parametrize(
    "fingerprints",
    ["", FINGERPRINT, f"{OTHER}\n\n256 {FINGERPRINT} root@mail (ED25519)\n", f"{FINGERPRINT}="],
    ids=["any", "this one", "one of several", "padded"],
)
def test_an_expected_host_key_is_up(probe, port, fingerprints):
    outcome = probe(check(port, depth="host_key", fingerprints=fingerprints))

    assert (outcome.status, outcome.detail) == (Status.UP, "")
    assert outcome.facts["host_key"] == FINGERPRINT
    assert outcome.facts["host_key_type"] == "ssh-ed25519"
    assert outcome.facts["ssh_banner"].startswith("SSH-2.0-OpenSSH_")
    assert outcome.phases["key_exchange"] > 0


def test_another_host_key_is_down_and_shown(probe, port):
    outcome = probe(check(port, depth="host_key", fingerprints=OTHER))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH
    assert outcome.detail == f"the host key is another one: {FINGERPRINT} (ssh-ed25519)"
    assert outcome.facts["host_key"] == FINGERPRINT


@pytest.mark.parametrize("passphrase", ["", "open sesame"])
def test_a_login_by_key_is_up_and_executes_nothing(probe, sshd, passphrase):
    port, folder = sshd
    options = {"format_name": "pkcs8-pem", "passphrase": passphrase} if passphrase else {}
    login = {"username": getpass.getuser(), "private_key": text_of(USER_KEY, **options)}
    checked = check(port, depth="login", passphrase=passphrase, **login)
    outcomes = [probe(checked) for _ in range(2)]

    for outcome in outcomes:
        assert (outcome.status, outcome.detail) == (Status.UP, "")
        assert outcome.phases["login"] > 0
    assert not (folder / "executed").exists()


def test_a_key_that_the_server_does_not_know_is_down(probe, port):
    login = {"username": getpass.getuser(), "private_key": text_of(HOST_KEY)}
    outcome = probe(check(port, depth="login", **login))

    assert outcome.status is Status.DOWN
    assert outcome.detail == "the server refused the login"


@pytest.mark.parametrize(
    ("key", "passphrase"), [("no key", ""), ("locked", "wrong"), ("locked", "")]
)
def test_a_key_that_cannot_be_read_is_unknown(probe, port, key, passphrase):
    if key == "locked":
        key = text_of(USER_KEY, format_name="pkcs8-pem", passphrase="right")
    login = {"username": "a", "private_key": key, "passphrase": passphrase}
    outcome = probe(check(port, depth="login", **login))

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.NOT_SUPPORTED
    assert outcome.detail == "the private key cannot be read, or not with this passphrase"


def login(password: str = PASSWORD, fingerprints: str = FINGERPRINT) -> dict[str, str]:
    return {
        "depth": "login",
        "username": "kener",
        "password": password,
        "fingerprints": fingerprints,
    }


def test_a_login_by_password_is_up_and_a_wrong_one_is_down(probe):
    with a_server() as port:
        good = probe(check(port, **login()))
        bad = probe(check(port, **login("no")))

    assert (good.status, good.detail) == (Status.UP, "")
    assert bad.status is Status.DOWN
    assert bad.detail == "the server refused the login"


def test_a_password_is_never_sent_to_another_host_key(probe):
    with a_server() as port:
        outcome = probe(check(port, **login(fingerprints=OTHER)))

        assert outcome.status is Status.DOWN
        assert outcome.detail.startswith("the host key is another one: ")
        assert Door.heard == []


def test_a_server_that_lets_everybody_in_is_no_login(probe):
    class Open(Door):
        def begin_auth(self, username: str) -> bool:
            return False

    with a_server(Open) as port:
        outcome = probe(check(port, **login("any")))

    assert outcome.status is Status.DOWN


def test_nothing_in_common_is_down(probe):
    with a_server(kex_algs=["diffie-hellman-group1-sha1"]) as port:
        outcome = probe(check(port, depth="host_key"))

    assert outcome.status is Status.DOWN
    # Both sides find out at once, and it depends on who is the first to say so.
    assert outcome.reason in {Reason.MISMATCH, Reason.UNREACHABLE}


def test_without_the_library_a_banner_is_read_and_a_key_is_unknown(probe, port, monkeypatch):
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    monkeypatch.delitem(sys.modules, "kener.checks._ssh_session", raising=False)
    banner = probe(check(port))
    key = probe(check(port, depth="host_key"))

    assert banner.status is Status.UP
    assert key.status is Status.UNKNOWN
    assert key.reason is Reason.NOT_SUPPORTED
    assert "run make extras" in key.detail


@pytest.mark.parametrize("depth", ["banner", "host_key"])
@pytest.mark.parametrize(
    "said",
    [b"220 mail.test\r\n", b"SSH-1.5-old\r\n", b"x" * 10_000, b"hello\r\n" * 2000, b""],
    ids=["mail", "old", "long", "many", "nothing"],
)
def test_a_server_of_another_kind_is_down(probe, depth, said):
    with Listener(lambda c: c.sendall(said)) as server:
        outcome = probe(check(server.port, depth=depth))

    assert outcome.status is Status.DOWN
    assert outcome.reason in {Reason.MISMATCH, Reason.UNREACHABLE}


def test_closed_silent_and_refused_hosts(probe):
    for depth in ("banner", "host_key"):
        refused = probe(check(free_port(), depth=depth))
        with silent() as port:
            timed_out = probe(check(port, depth=depth), 0.3)
        blocked = probe(SshCheck.parse({"host": "127.66.0.9", "depth": depth}))

        assert refused.reason is Reason.REFUSED
        assert timed_out.reason is Reason.TIMEOUT
        assert blocked.reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"fingerprints": "MD5:00:11", "depth": "host_key"}, "fingerprints"),
        ({"fingerprints": f"{FINGERPRINT}x", "depth": "host_key"}, "fingerprints"),
        ({"fingerprints": FINGERPRINT}, "settings"),
        ({"depth": "login"}, "settings"),
        ({"depth": "login", "username": "a"}, "settings"),
        ({"depth": "login", "username": "a", "password": "b"}, "settings"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        check(22, **settings)

    assert list(refused.value.problems) == [field]


def test_a_secret_belongs_to_the_host_keys_it_was_entered_for():
    one, other = check(22, **login()), check(22, **login(fingerprints=OTHER))

    assert one.destination() != other.destination()
    assert PASSWORD not in repr(one) + one.target()


@pytest.mark.parametrize("depth", ["host_key", "login"])
def test_a_flood_before_the_keys_are_exchanged_ends_at_once(probe, depth):
    ignored = (12).to_bytes(4, "big") + bytes([4, 2, 0, 0, 0, 2]) + bytes(6)

    def serve(connection):
        connection.sendall(b"SSH-2.0-Flood\r\n")
        while True:
            connection.sendall(ignored * 10_000)

    login = {"username": "kener", "private_key": text_of(USER_KEY)} if depth == "login" else {}
    with Listener(serve) as server:
        outcome = probe(check(server.port, depth=depth, **login))

    assert (outcome.reason, outcome.detail) == (
        Reason.MISMATCH,
        "the server's answer has no end",
    )
