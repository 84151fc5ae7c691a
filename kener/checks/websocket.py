"""Does a WebSocket open, and does it say what we expect?"""

import base64
import re
import time
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from kener import __version__
from kener.checks import _web_fields as web
from kener.checks._base import Check, Context
from kener.checks._failures import Failure, Mismatch
from kener.checks._fields import ADVANCED, TEXTAREA, IpVersion, VerifyTls
from kener.checks._hiding import scrub
from kener.checks._lines import shown
from kener.checks._patterns import TooSlow, pattern, search
from kener.checks._streams import Connection, Peer, connected, ms_since
from kener.checks._web import Place, header_lines, name_of, place
from kener.checks._web_fields import NO_SECRET
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

if TYPE_CHECKING:
    from kener.checks._websocket_talk import WebSocket

OURS = {"upgrade", "connection"}
TOKENS = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class WebSocketCheck(Check):
    """The opening handshake (RFC 6455); if wanted a message, an answer to it, and a ping."""

    kind: ClassVar[str] = "websocket"
    label: ClassVar[str] = "WebSocket"
    family: ClassVar[str] = "Web"
    description: ClassVar[str] = "Opens a WebSocket; can send a message and look for an answer"

    url: str = Field(title="Address", description="Begins with ws:// or wss://", max_length=2000)
    send: str = Field(
        "",
        title="Send",
        description="A text message to send first",
        max_length=10_000,
        json_schema_extra=TEXTAREA,
    )
    expect: str = Field(
        "", title="Expect", description="What a message must be like", max_length=500
    )
    expect_mode: Literal["contains", "equals", "matches"] = Field(
        "contains", title="The message", description="matches: a regular expression"
    )
    max_messages: int = Field(
        10,
        ge=1,
        le=100,
        title="Most messages to look at",
        description="The expected one must be among the first that come",
        json_schema_extra=ADVANCED,
    )
    ping: bool = Field(
        False,
        title="Ping",
        description="Send a ping and wait for the pong",
        json_schema_extra=ADVANCED,
    )
    subprotocols: str = Field(
        "",
        title="Subprotocols",
        description="To offer, with commas between; the server must choose one of them",
        max_length=500,
        json_schema_extra=ADVANCED,
    )
    headers: web.Headers = ""
    secret_headers: SecretStr = Field(
        NO_SECRET,
        title="Secret headers",
        description="The same, kept encrypted and never shown again",
        max_length=8000,
        json_schema_extra=ADVANCED | TEXTAREA,
    )
    username: str = Field(
        "",
        title="User name",
        description="For basic authentication",
        max_length=200,
        json_schema_extra=ADVANCED,
    )
    password: SecretStr = Field(
        NO_SECRET, title="Password", max_length=1000, json_schema_extra=ADVANCED
    )
    bearer_token: SecretStr = Field(
        NO_SECRET,
        title="Bearer token",
        description="Sent as “Authorization: Bearer …”",
        max_length=8000,
        json_schema_extra=ADVANCED,
    )
    verify_tls: VerifyTls = True
    ip_version: IpVersion = "auto"

    @field_validator("url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        _place(value.strip())
        return value.strip()

    @field_validator("subprotocols")
    @classmethod
    def _tokens(cls, value: str) -> str:
        if not all(TOKENS.fullmatch(each) for each in _offered(value)):
            raise ValueError("must be names with commas between, like graphql-transport-ws")
        return value

    @field_validator("headers", "secret_headers")
    @classmethod
    def _headers(cls, value: str | SecretStr) -> str | SecretStr:
        text = value if isinstance(value, str) else value.get_secret_value()
        for line in header_lines(text):
            name = name_of(line)
            if name in OURS or name.startswith("sec-websocket-"):
                raise ValueError(f"{name} is set by the check itself")
        return value

    @field_validator("expect_mode")
    @classmethod
    def _pattern(cls, value: str, info: ValidationInfo) -> str:
        if value == "matches":
            pattern(info.data.get("expect", ""))
        return value

    @field_validator("bearer_token")
    @classmethod
    def _token(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        token = value.get_secret_value().strip()
        if token and info.data.get("username"):
            raise ValueError("use either a user name and password or a bearer token")
        if not (token.isascii() and token.isprintable()):
            raise ValueError("must be one line of plain characters")
        return SecretStr(token)

    def target(self) -> str:
        """The address without its query, which may hold a token."""
        return "ws" + self._place.short.removeprefix("http")

    def server(self) -> tuple[str, int]:
        """The host and port of the address."""
        return self._place.host, self._place.port

    def destination(self) -> object:
        """The server, whatever its paths, and whether it must be the one."""
        return self._place.origin, self.verify_tls

    async def probe(self, context: Context) -> Outcome:
        """Connect, shake hands, ping, send, listen, close."""
        async with connected(self._peer, context) as connection:
            facts: dict[str, Fact] = {"address": connection.address}
            try:
                await self._talk(connection, facts, context)
            except Failure as failure:
                failure.facts, failure.phases = facts, connection.phases
                scrub(failure, self._hidden)
                raise
        return Outcome(Status.UP, phases=connection.phases, facts=facts)

    async def _talk(self, connection: Connection, facts: dict[str, Fact], context: Context) -> None:
        from kener.checks._websocket_talk import WebSocket  # noqa: PLC0415 - only when used

        socket = WebSocket(connection, self._place, _offered(self.subprotocols))
        context.doing = "in the WebSocket handshake"
        began = time.perf_counter()
        await socket.shake(self._lines)
        connection.phases["handshake"] = ms_since(began)
        facts["subprotocol"] = socket.subprotocol
        if self.subprotocols and not socket.subprotocol:
            raise Mismatch("the server chose none of the subprotocols")
        if self.send:
            await socket.send(self.send)
        if self.expect:
            await self._listen(socket, context)
        if self.ping:
            context.doing = "waiting for the pong"
            connection.phases["ping"] = await socket.ping()
        await socket.close()

    async def _listen(self, socket: "WebSocket", context: Context) -> None:
        context.doing = "waiting for the expected message"
        message = ""
        for _ in range(self.max_messages):
            message = await socket.message()
            if await self._is_expected(message, context):
                return
        more = f"the last of {self.max_messages} messages was " if self.max_messages > 1 else ""
        raise Mismatch(f"expected “{self.expect[:60]}”, {more or 'got '}{shown(message)}")

    async def _is_expected(self, message: str, context: Context) -> bool:
        if self.expect_mode == "equals":
            return message.strip() == self.expect.strip()
        if self.expect_mode == "contains":
            return self.expect in message
        try:
            return await search(pattern(self.expect), message, context) is not None
        except TooSlow:
            raise Mismatch("the pattern took too long to find out; use a simpler one") from None

    @cached_property
    def _place(self) -> Place:
        return _place(self.url)

    @cached_property
    def _peer(self) -> Peer:
        where = self._place
        return Peer(
            where.host, where.port, self.ip_version, where.scheme == "https", self.verify_tls
        )

    @cached_property
    def _lines(self) -> list[tuple[str, str]]:
        """The headers besides those of the protocol."""
        secret = header_lines(self.secret_headers.get_secret_value())
        parted = (line.partition(":") for line in [*header_lines(self.headers), *secret])
        lines = [(name, value.strip()) for name, _, value in parted]
        lines += _credentials(self)
        if "user-agent" not in {name.lower() for name, _ in lines}:
            lines.append(("User-Agent", f"Kener/{__version__}"))
        return lines

    @cached_property
    def _hidden(self) -> list[str]:
        """What a server may send back, and nobody is to see."""
        values = [value for name, value in self._lines if name != "User-Agent"]
        bare = [value.partition(" ")[2] for value in values]
        return [*values, *bare, self.password.get_secret_value()]


def _credentials(check: WebSocketCheck) -> list[tuple[str, str]]:
    token = check.bearer_token.get_secret_value()
    if token:
        return [("Authorization", f"Bearer {token}")]
    if not check.username:
        return []
    pair = f"{check.username}:{check.password.get_secret_value()}".encode()
    return [("Authorization", f"Basic {base64.b64encode(pair).decode()}")]


def _place(url: str) -> Place:
    """That of the same URL in http, which a WebSocket's handshake is."""
    scheme, colon, rest = url.partition("://")
    if scheme.lower() not in {"ws", "wss"} or not colon:
        raise ValueError("must begin with ws:// or wss:// and name a host")
    return place(f"http{scheme.lower()[2:]}://{rest}")


def _offered(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


TYPE = WebSocketCheck
