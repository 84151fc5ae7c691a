"""Is a TCP port open, and does it say what we expect?"""

import re
from functools import cached_property
from typing import ClassVar

from pydantic import Field

from kener.checks._base import Check, Context
from kener.checks._failures import Mismatch
from kener.checks._fields import ADVANCED, TEXTAREA, Host, IpVersion, Port, host_and_port
from kener.checks._streams import Connection, Peer, connected
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

MOST_READ = 65_536
ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|[rnt0\\])")
PLAIN = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}


class TcpCheck(Check):
    """Connect; if wished, send something and look for an answer."""

    kind: ClassVar[str] = "tcp"
    label: ClassVar[str] = "TCP port"
    description: ClassVar[str] = "Opens a connection; can send a text and look for an answer"

    host: Host = Field(title="Host", description="A name or an address")
    port: Port = Field(title="Port")
    send: str = Field(
        "",
        title="Send",
        description=r"Text to send first; \r, \n, \t, \0 and \xHH stand for those bytes",
        max_length=4000,
        json_schema_extra=ADVANCED | TEXTAREA,
    )
    expect: str = Field(
        "",
        title="Expect",
        description=r"Text that must come, in the first 64 KB; \r, \n, \t, \0 and \xHH as above",
        max_length=4000,
        json_schema_extra=ADVANCED | TEXTAREA,
    )
    tls: bool = Field(False, title="TLS", description="Encrypt the connection")
    verify_tls: bool = Field(
        True,
        title="Verify the certificate",
        description="If not, an invalid certificate is accepted",
        json_schema_extra=ADVANCED,
    )
    ip_version: IpVersion = Field("auto", title="IP version", json_schema_extra=ADVANCED)

    def target(self) -> str:
        """Host and port."""
        return host_and_port(self.host, self.port)

    def server(self) -> tuple[str, int]:
        """The host and port of the target."""
        return self.host, self.port

    async def probe(self, context: Context) -> Outcome:
        """Connect, send, listen."""
        async with connected(self._peer, context) as connection:
            facts: dict[str, Fact] = {"address": connection.address}
            phases = connection.phases
            if self.send:
                connection.writer.write(unescape(self.send))
            if self.expect:
                await self._listen(connection, context, facts)
        return Outcome(Status.UP, phases=phases, facts=facts)

    async def _listen(
        self, connection: Connection, context: Context, facts: dict[str, Fact]
    ) -> None:
        context.doing = "waiting for the expected answer"
        wanted, heard = unescape(self.expect), b""
        while wanted not in heard:
            part = await connection.reader.read(MOST_READ - len(heard))
            heard += part
            if wanted not in heard and (not part or len(heard) >= MOST_READ):
                raise Mismatch(f"expected “{self.expect[:60]}”, got {_shown(heard)}", facts=facts)

    @cached_property
    def _peer(self) -> Peer:
        return Peer(self.host, self.port, self.ip_version, self.tls, self.verify_tls)


def unescape(text: str) -> bytes:
    r"""The bytes meant by a text with \r \n \t \0 \\ and \xHH; any other backslash is itself."""
    return ESCAPE.sub(lambda m: _byte(m[1]), text.encode())


def _byte(escape: bytes) -> bytes:
    return bytes([int(escape[1:], 16)]) if escape[:1] == b"x" else PLAIN[escape]


def _shown(heard: bytes) -> str:
    text = "".join(c if c.isprintable() else " " for c in heard[:80].decode(errors="replace"))
    return f"“{text.strip()}”" if text.strip() else "nothing"


TYPE = TcpCheck
