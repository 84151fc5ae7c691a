"""Does a Redis or Valkey answer, and is a value in it as it should be?"""

import time
from functools import cached_property
from typing import Any, ClassVar

from pydantic import Field, SecretStr, field_validator

from kener.checks._assertions import (
    Asserting,
    Assertions,
    Missing,
    assertions_field,
    failing,
    looking,
)
from kener.checks._base import Context
from kener.checks._comparing import shown
from kener.checks._dsn import AtDsn, Dsn, dsn_field, parse_dsn
from kener.checks._failures import Mismatch
from kener.checks._fields import IpVersion, VerifyTls
from kener.checks._redis import ErrorReply, call, info_fields, words
from kener.checks._streams import Connection, Peer, connected
from kener.checks._verdict import Seen, concluded
from kener.core.outcome import Fact, Outcome

PORTS = {"redis": 6379, "rediss": 6379}
SOURCES = ("reply", "info:", "latency")


class RedisCheck(Asserting, AtDsn):
    """Connect, sign in, run one command that reads."""

    kind: ClassVar[str] = "redis"
    label: ClassVar[str] = "Redis"
    family: ClassVar[str] = "Databases"
    description: ClassVar[str] = "Asks a Redis or Valkey server, and can judge a value in it"

    dsn: SecretStr = dsn_field("rediss://user:password@cache.example:6379/0")
    command: str = Field(
        "PING",
        title="Command",
        description="One that only reads, like PING, GET key, LLEN key or INFO memory",
        max_length=1000,
    )
    assertions: Assertions = assertions_field(*SOURCES)
    verify_tls: VerifyTls = True
    ip_version: IpVersion = "auto"

    @classmethod
    def read_dsn(cls, text: str) -> Dsn:
        """Host and port, the number of a database, a password and perhaps a user."""
        dsn = parse_dsn(text, PORTS, {})
        if dsn.database and not (dsn.database.isascii() and dsn.database.isdigit()):
            raise ValueError("ends with the number of the database, like /0")
        if len(dsn.database) > 5:
            raise ValueError("has a number of a database that is too large")
        if dsn.user and not dsn.password:
            raise ValueError(
                "has a user and no password; write redis://:password@… for one without"
            )
        return dsn

    @field_validator("command")
    @classmethod
    def _reads(cls, value: str) -> str:
        words(value)
        return value

    def destination(self) -> object:
        """The server, and whether it must be the one."""
        return str(self.address), self.verify_tls

    async def probe(self, context: Context) -> Outcome:
        """Connect, sign in, ask, judge."""
        began = time.perf_counter()
        async with connected(self._peer, context) as connection:
            reply = await self._asked(connection, context)
            latency = round((time.perf_counter() - began) * 1000, 3)
        facts: dict[str, Fact] = {"address": connection.address}
        if words(self.command)[0] not in {"PING", "INFO"}:
            facts["reply"] = _fact(reply)
        failure = await failing(
            self.assertions, looking(self._seen(reply, latency), ("info",)), context
        )
        return concluded(failure, Seen(facts, connection.phases, latency, self.address.password))

    async def _asked(self, connection: Connection, context: Context) -> Any:
        dsn, facts = self.address, {"address": connection.address}
        context.doing = "signing in"
        try:
            if dsn.password:
                user = (dsn.user,) if dsn.user else ()
                await call(connection, ("AUTH", *user, dsn.password))
            if dsn.database.strip("0"):
                await call(connection, ("SELECT", dsn.database))
            context.doing = "waiting for the reply"
            began = time.perf_counter()
            reply = await call(connection, words(self.command))
        except ErrorReply as error:
            said = dsn.told(str(error))
            raise Mismatch(f"the server answered: {said}", facts=facts) from None
        connection.phases["reply"] = round((time.perf_counter() - began) * 1000, 3)
        return reply

    def _seen(self, reply: Any, latency: float) -> dict[str, Any]:
        seen: dict[str, Any] = {"latency": latency, "reply": reply}
        if reply is None:
            seen["reply"] = Missing("there is no such value")
        if words(self.command)[0] == "INFO" and isinstance(reply, str):
            seen |= {f"info:{name}": value for name, value in info_fields(reply).items()}
        return seen

    @cached_property
    def _peer(self) -> Peer:
        dsn = self.address
        return Peer(dsn.host, dsn.port, self.ip_version, dsn.scheme == "rediss", self.verify_tls)


def _fact(reply: Any) -> Fact:
    if reply is None or isinstance(reply, bool | int):
        return reply
    return shown(reply).strip("“”")


TYPE = RedisCheck
