"""Does an SSH server answer, with the right host key, and let us in?"""

import re
from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from kener.checks._base import Check, Context
from kener.checks._failures import Failure, Mismatch, Unsupported
from kener.checks._fields import ADVANCED, MAY_REFER, TEXTAREA, Host, IpVersion, Port, host_and_port
from kener.checks._lines import MOST_LINES, clean, line, shown
from kener.checks._streams import Connection, Peer, calling, connected
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

NO_SECRET = SecretStr("")
FINGERPRINT = re.compile(r"\bSHA256:([A-Za-z0-9+/]{43})=?(?![A-Za-z0-9+/])")
IDENTIFICATION = b"SSH-2.0-Kener\r\n"


class SshCheck(Check):
    """The server's banner, its host key, a login. Nothing is ever executed."""

    kind: ClassVar[str] = "ssh"
    label: ClassVar[str] = "SSH server"
    description: ClassVar[str] = "Reads an SSH server's banner; can verify its key and log in"

    host: Host = Field(title="Host", description="A name or an address")
    port: Port = Field(22, title="Port")
    depth: Literal["banner", "host_key", "login"] = Field(
        "banner",
        title="Go as far as",
        description="The banner; the exchange of keys as well; a login as well",
    )
    banner: str = Field(
        "",
        title="Banner",
        description="What it must contain, like OpenSSH",
        max_length=200,
        json_schema_extra=ADVANCED,
    )
    fingerprints: str = Field(
        "",
        title="Host keys",
        description="Fingerprints like SHA256:…, one a line; empty: any key is accepted",
        max_length=4000,
        json_schema_extra=TEXTAREA,
    )
    username: str = Field("", title="User name", max_length=200, json_schema_extra=MAY_REFER)
    password: SecretStr = Field(
        NO_SECRET,
        title="Password",
        description="Only sent to a server with one of the host keys above",
        max_length=1000,
    )
    private_key: SecretStr = Field(
        NO_SECRET,
        title="Private key",
        description="In OpenSSH's or PEM form",
        max_length=20_000,
        json_schema_extra=TEXTAREA,
    )
    passphrase: SecretStr = Field(
        NO_SECRET,
        title="Passphrase of the key",
        max_length=1000,
        json_schema_extra=ADVANCED,
    )
    ip_version: IpVersion = "auto"

    @field_validator("fingerprints")
    @classmethod
    def _known(cls, value: str) -> str:
        for number, each in enumerate(value.strip().splitlines(), 1):
            if each.strip() and FINGERPRINT.search(each) is None:
                raise ValueError(f"line {number} holds no fingerprint like SHA256:…")
        return value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        password, key = self.password.get_secret_value(), self.private_key.get_secret_value()
        if self.depth == "login" and not (self.username and (password or key)):
            raise ValueError("a login needs a user name, and a password or a private key")
        if self.depth == "login" and password and not self.fingerprints.strip():
            raise ValueError("a password is only sent to a server whose host key is known")
        if self.depth == "banner" and self.fingerprints.strip():
            raise ValueError("to verify the host key, go further than the banner")
        return self

    def target(self) -> str:
        """Host and port."""
        return host_and_port(self.host, self.port)

    def server(self) -> tuple[str, int]:
        """The host and port of the target."""
        return self.host, self.port

    def destination(self) -> object:
        """A password that was entered for one host key is not to be told to another."""
        return self.target(), self._expected

    async def probe(self, context: Context) -> Outcome:
        """As far as wanted."""
        if self.depth != "banner":
            return await self._exchange(context)
        async with connected(self._peer, context) as connection:
            facts: dict[str, Fact] = {"address": connection.address}
            context.doing = "waiting for the banner"
            connection.writer.write(IDENTIFICATION)
            try:
                facts["ssh_banner"] = banner = await _identification(connection)
                self._judge_banner(banner)
            except Failure as failure:
                failure.facts, failure.phases = facts, connection.phases
                raise
        return Outcome(Status.UP, phases=connection.phases, facts=facts)

    async def _exchange(self, context: Context) -> Outcome:
        library = await context.blocking(_library)
        login = await self._login(library, context) if self.depth == "login" else None
        call = await calling(self._peer, context)
        facts: dict[str, Fact] = {"address": call.address}
        try:
            await library.Session(call, self._expected, facts).run(login, context)
            self._judge_banner(str(facts["ssh_banner"]))
        except Failure as failure:
            failure.facts, failure.phases = facts, call.phases
            raise
        return Outcome(Status.UP, phases=call.phases, facts=facts)

    async def _login(self, library: Any, context: Context) -> Any:
        """The private key is opened once: a passphrase is slow on purpose."""
        text, opened = self.private_key.get_secret_value(), self._opened
        if text and not opened:
            passphrase = self.passphrase.get_secret_value()
            opened.append(await context.blocking(lambda: library.read_key(text, passphrase)))
        key = opened[0] if text else None
        return library.Login(self.username, self.password.get_secret_value(), key)

    def _judge_banner(self, banner: str) -> None:
        if self.banner not in banner:
            raise Mismatch(f"expected “{self.banner[:60]}” in the banner, got {shown(banner)}")

    @cached_property
    def _opened(self) -> list[Any]:
        return []

    @cached_property
    def _expected(self) -> frozenset[str]:
        return frozenset(f"SHA256:{each}" for each in FINGERPRINT.findall(self.fingerprints))

    @cached_property
    def _peer(self) -> Peer:
        return Peer(self.host, self.port, self.ip_version)


def _library() -> Any:
    """What knows SSH. Loading it takes a third of a second, once."""
    try:
        return import_module("kener.checks._ssh_session")
    except ModuleNotFoundError as error:
        if error.name != "asyncssh":
            raise
        raise Unsupported(
            "host keys and logins need asyncssh of requirements-extra.txt: run make extras"
        ) from None


async def _identification(connection: Connection) -> str:
    """The server's line that begins with SSH- (RFC 4253, 4.2); others may come before it."""
    for _ in range(MOST_LINES):
        told = await line(connection)
        if told.startswith("SSH-"):
            if not told.startswith(("SSH-2.0-", "SSH-1.99-")):
                raise Mismatch(f"the server speaks an old SSH: {shown(told)}")
            return clean(told)
    raise Mismatch("the server did not answer in SSH")


TYPE = SshCheck
