"""Does a game server answer, and how many play on it?"""

import time
from dataclasses import asdict
from typing import Any, ClassVar, Literal

from pydantic import Field

from kener.checks import _game_own as own
from kener.checks._assertions import (
    Asserting,
    Assertions,
    Missing,
    assertions_field,
    failing,
    looking,
)
from kener.checks._base import Check, Context
from kener.checks._failures import ConnectionRefused, Failure, TimedOut, Unreachable
from kener.checks._fields import Host, IpVersion, Port, host_and_port
from kener.checks._game_own import Game
from kener.checks._streams import Peer, connected
from kener.core.outcome import Fact, Outcome
from kener.core.status import Status

SOURCES = ("players", "max_players", "name", "map", "version", "latency")
LONGEST = 80
Protocol = Literal[
    "source", "minecraft", "minecraft_bedrock",
    "ase", "battlefield", "doom3", "gamespy1", "gamespy2", "gamespy3", "gamespy4", "killingfloor",
    "quake1", "quake2", "quake3", "samp", "unreal2", "vcmp", "warfork",
]  # fmt: skip


class GameCheck(Asserting, Check):
    """Ask a game server for its status."""

    kind: ClassVar[str] = "game"
    label: ClassVar[str] = "Game server"
    description: ClassVar[str] = "Asks a game server how it is and who plays"

    protocol: Protocol = Field(
        title="Protocol", description="source: all Source and most Steam games"
    )
    host: Host = Field(title="Host", description="A name or an address")
    port: Port = Field(title="Port", description="The one for queries")
    assertions: Assertions = assertions_field(*SOURCES)
    ip_version: IpVersion = "auto"

    def target(self) -> str:
        """Host, port and protocol."""
        return f"{host_and_port(self.host, self.port)} {self.protocol}"

    def server(self) -> tuple[str, int]:
        """The host and port of the target."""
        return self.host, self.port

    async def probe(self, context: Context) -> Outcome:
        """Ask, judge."""
        began = time.perf_counter()
        facts: dict[str, Fact] = {}
        game = await self._asked(context, facts)
        latency = round((time.perf_counter() - began) * 1000, 3)
        told = {name: _told(value) for name, value in asdict(game).items()}
        facts |= {name: value for name, value in told.items() if value not in (None, "")}
        seen: dict[str, Any] = {"latency": latency}
        for name, value in told.items():
            seen[name] = Missing("the server does not tell") if value is None else value
        failure = await failing(self.assertions, looking(seen), context)
        if failure is not None:
            failure.facts |= facts
            failure.latency_ms = latency
            raise failure
        return Outcome(Status.UP, latency_ms=latency, facts=facts)

    async def _asked(self, context: Context, facts: dict[str, Fact]) -> Game:
        if self.protocol == "minecraft":
            peer = Peer(self.host, self.port, self.ip_version)
            async with connected(peer, context) as connection:
                facts["address"] = connection.address
                context.doing = "waiting for the server's status"
                return await own.java(connection, self.host, self.port)
        context.doing = "looking up the name"
        failure: Failure = Unreachable(f"{self.host} has no address that answers")
        for address in await context.services.resolver.resolve(self.host, self.ip_version):
            facts["address"] = address
            try:
                return await self._from(address, context)
            except (ConnectionRefused, TimedOut) as error:
                failure = error
        failure.facts = facts
        raise failure

    async def _from(self, address: str, context: Context) -> Game:
        if self.protocol == "source":
            return await own.source(address, self.port, context)
        if self.protocol == "minecraft_bedrock":
            return await own.bedrock(address, self.port, context)
        from kener.checks import _game_opengsq  # noqa: PLC0415 - only when used

        return await _game_opengsq.ask(self.protocol, address, self.port, context)


def _told(value: Any) -> Any:
    """A text as it may be shown: what a server sends can be anything."""
    if not isinstance(value, str):
        return value
    text = " ".join("".join(c if c.isprintable() else " " for c in value).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


TYPE = GameCheck
