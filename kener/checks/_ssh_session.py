"""The exchange of keys with an SSH server, and a login, by asyncssh; nothing is read from this
machine's own SSH settings, keys or agent. Imported only when used."""

import time
from dataclasses import dataclass, field
from typing import Any

import asyncssh

from kener.checks._base import Context
from kener.checks._failures import Failure, Mismatch, Unreachable, Unsupported
from kener.checks._lines import clean, endless
from kener.checks._streams import Call, ms_since
from kener.core.outcome import Fact

HOST_KEYS = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-rsa",
]
"""Keys only, no certificates: those have no fingerprint that people know."""
NOBODY: dict[str, Any] = {
    "config": None,
    "client_version": "Kener",
    "compression_algs": None,
    "gss_host": None,
    "server_host_key_algs": HOST_KEYS,
}
"""What asyncssh would otherwise look for in the files of who runs it."""


MOST_READ = 32_768
"""Bytes. In the smallest packets, of which nobody needs one, they take a tenth of a second."""

asyncssh.set_log_level("WARNING")  # or each connection is told, with its user


@dataclass(frozen=True, slots=True)
class Login:
    """Who wants in, and with what."""

    username: str
    password: str = field(default="", repr=False)
    key: asyncssh.SSHKey | None = field(default=None, repr=False)


def read_key(text: str, passphrase: str) -> asyncssh.SSHKey:
    """A private key; takes a while when there is a passphrase. Unsupported when it is none."""
    try:
        return asyncssh.import_private_key(text.strip() + "\n", passphrase or None)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        if "bcrypt" in str(error):
            raise Unsupported(
                "a passphrase in OpenSSH's form needs bcrypt: pip install bcrypt"
            ) from None
        raise Unsupported("the private key cannot be read, or not with this passphrase") from None


class Session(asyncssh.SSHClient):
    """One connection, over the socket of `call`, which it closes. `expected` holds the
    fingerprints of good host keys; none: any is good."""

    def __init__(self, call: Call, expected: frozenset[str], facts: dict[str, Fact]) -> None:
        self.call = call
        self.expected = expected
        self.facts = facts
        self._connection: asyncssh.SSHClientConnection | None = None
        self._came = 0

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        """Asyncssh took the socket. All that comes is counted, before it is read."""
        self._connection = conn
        receive = conn.data_received

        def counted(data: bytes, datatype: int | None = None) -> None:
            self._came += len(data)
            if self._came <= MOST_READ:
                receive(data, datatype)
            else:
                conn.abort()

        conn.data_received = counted  # type: ignore[method-assign]

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        """Whether to go on with this host key; asked before anything secret is sent."""
        self._note(key)
        return not self.expected or key.get_fingerprint() in self.expected

    async def run(self, login: Login | None, context: Context) -> None:
        """Exchange keys, log in if wanted, and leave. Raises a Failure."""
        began = time.perf_counter()
        context.doing = "logging in" if login else "exchanging keys"
        try:
            await (self._log_in(login) if login else self._exchange())
        except asyncssh.HostKeyNotVerifiable:
            raise self._stranger() from None
        except asyncssh.Error as error:
            raise _failure(error, is_quotable=login is None) from None
        finally:
            self._leave()
            if self._came > MOST_READ:
                raise endless() from None
        self.call.phases["login" if login else "key_exchange"] = ms_since(began)

    async def _exchange(self) -> None:
        options = asyncssh.SSHClientConnectionOptions(
            client_factory=lambda: self,
            username="kener",
            client_keys=None,
            agent_path=None,
            **NOBODY,
        )
        key = await asyncssh.get_server_host_key(
            sock=self.call.socket,
            options=options,
            config=None,
            client_version="Kener",
            server_host_key_algs=HOST_KEYS,
        )
        if key is None:
            raise Mismatch("the server showed no host key")
        self._note(key)
        if self.expected and key.get_fingerprint() not in self.expected:
            raise self._stranger()

    async def _log_in(self, login: Login) -> None:
        await asyncssh.connect(
            sock=self.call.socket,
            client_factory=lambda: self,
            known_hosts=([], [], []),
            username=login.username,
            password=login.password or None,
            client_keys=[login.key] if login.key else None,
            agent_path=None,
            disable_trivial_auth=True,
            **NOBODY,
        )

    def _note(self, key: asyncssh.SSHKey) -> None:
        self.facts["host_key"] = key.get_fingerprint()
        self.facts["host_key_type"] = key.algorithm.decode()

    def _stranger(self) -> Failure:
        if "host_key" not in self.facts:
            return Mismatch("the server's host key cannot be read")
        shown, kind = self.facts["host_key"], self.facts["host_key_type"]
        return Mismatch(f"the host key is another one: {shown} ({kind})")

    def _leave(self) -> None:
        if self._connection is None:
            self.call.socket.close()
            return
        version = self._connection.get_extra_info("server_version", "")
        self.facts["ssh_banner"] = clean(version)
        self._connection.abort()


def _failure(error: asyncssh.Error, *, is_quotable: bool) -> Failure:
    """What went wrong. A server that heard a password is not quoted."""
    if isinstance(error, asyncssh.PermissionDenied):
        return Mismatch("the server refused the login")
    if isinstance(error, asyncssh.ConnectionLost):
        return Unreachable("the server closed the connection")
    if isinstance(error, asyncssh.KeyExchangeFailed):
        return Mismatch(f"no keys could be exchanged: {clean(error.reason)}")
    said = f": {clean(error.reason)}" if is_quotable else ""
    if isinstance(error, asyncssh.ProtocolError | asyncssh.ProtocolNotSupported):
        return Mismatch(f"the server does not speak SSH as it should{said}")
    return Unreachable(f"the server ended the connection{said}")
