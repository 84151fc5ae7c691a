"""Does a MongoDB answer, and is what it holds as it should be?"""

import contextlib
import json
import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from types import ModuleType
from typing import Any, ClassVar, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from kener.checks._assertions import (
    Asserting,
    Assertions,
    Missing,
    assertions_field,
    failing,
    looking,
)
from kener.checks._base import Context
from kener.checks._dsn import AtDsn, Dsn, dsn_field, parse_dsn
from kener.checks._failures import Unsupported
from kener.checks._fields import TEXTAREA, IpVersion, VerifyTls
from kener.checks._stopping import margin_s, too_long
from kener.checks._streams import Connection, Peer, connected
from kener.checks._verdict import Seen, concluded
from kener.core.outcome import Fact, Outcome

PORTS = {"mongodb": 27017}
YES_NO = ("true", "false")
OPTIONS = {
    "tls": YES_NO,
    "ssl": YES_NO,
    "authSource": (),
    "authMechanism": ("scram-sha-256", "scram-sha-1"),
    "directConnection": YES_NO,
}
SOURCES = ("count", "json:", "role", "latency")
MOST_COUNTED = 100_000
CODE = {"$where", "$function", "$accumulator"}
CODES = "those run programs on the server"


class MongoDbCheck(Asserting, AtDsn):
    """Connect to one server, sign in, ping it or read."""

    kind: ClassVar[str] = "mongodb"
    label: ClassVar[str] = "MongoDB"
    family: ClassVar[str] = "Databases"
    description: ClassVar[str] = "Pings a MongoDB server, counts documents or looks at one"

    dsn: SecretStr = dsn_field("mongodb://user:password@db.example:27017/shop?tls=true")
    command: Literal["ping", "count", "find_one"] = Field("ping", title="Command")
    collection: str = Field(
        "",
        title="Collection",
        description="To count or find in",
        max_length=255,
        validate_default=True,
    )
    filter: str = Field(
        "{}",
        title="Filter",
        description='Which documents, as JSON, like {"state": "open"}',
        max_length=4000,
        json_schema_extra=TEXTAREA,
    )
    assertions: Assertions = assertions_field(*SOURCES)
    verify_tls: VerifyTls = True
    ip_version: IpVersion = "auto"

    @classmethod
    def read_dsn(cls, text: str) -> Dsn:
        """One server, perhaps a database, a user and a password, and OPTIONS."""
        if text.strip().lower().startswith("mongodb+srv:"):
            raise ValueError(
                "must name one server: mongodb://host:port/?tls=true, not mongodb+srv://"
            )
        dsn = parse_dsn(text, PORTS, OPTIONS)
        if bool(dsn.user) != bool(dsn.password):
            raise ValueError("needs both a user and a password, or neither")
        if "\0" in dsn.database or set(dsn.database) & set('/\\. "$'):
            raise ValueError("has a name of a database that MongoDB does not allow")
        return dsn

    @field_validator("collection")
    @classmethod
    def _collection(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("command") in {"count", "find_one"}:
            if not value:
                raise ValueError("is needed to count or find")
            dsn = info.data.get("dsn")
            if dsn is not None and not cls.read_dsn(dsn.get_secret_value()).database:
                raise ValueError("needs a database: let the address end with /name")
        if "\0" in value or value.startswith(("$", "system.")):
            raise ValueError("must be a collection of your own")
        return value

    @field_validator("filter")
    @classmethod
    def _filter(cls, value: str) -> str:
        try:
            document = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError("must be a JSON object") from None
        if not isinstance(document, dict):
            raise ValueError("must be a JSON object")  # noqa: TRY004 - pydantic wants a ValueError
        if CODE & set(_names(document)):
            raise ValueError(f"must be without {', '.join(sorted(CODE))}: {CODES}")
        with contextlib.suppress(Unsupported):  # without the library it is seen when probing
            _library().as_document(value)
        return value

    @classmethod
    def looked_at(cls, settings: Mapping[str, Any]) -> tuple[str, ...]:
        """What the command gives, and what every server tells."""
        given = {"count": ("count",), "find_one": ("json:",)}.get(settings.get("command", ""), ())
        return (*given, "role", "latency")

    def target(self) -> str:
        """Scheme, host, port, database and collection; never who connects."""
        return f"{self.address}{f' {self.collection}' if self.collection else ''}"

    def destination(self) -> object:
        """The server and database, whatever the collection, and whether it must be the one."""
        return str(self.address), self.verify_tls

    async def probe(self, context: Context) -> Outcome:
        """Connect, sign in, ask, judge."""
        wire = _library()
        began = time.perf_counter()
        async with connected(self._peer, context) as connection:
            facts: dict[str, Fact] = {"address": connection.address}
            try:
                seen = await self._asked(wire, connection, context)
            except wire.Refused as error:
                failure = wire.failure_of(error, self.address)
                failure.facts = facts
                raise failure from None
        seen["latency"] = latency = round((time.perf_counter() - began) * 1000, 3)
        facts |= {name: seen[name] for name in ("role", "count") if name in seen}
        failed = await failing(self.assertions, looking(seen), context)
        return concluded(failed, Seen(facts, connection.phases, latency, self.address.password))

    async def _asked(self, wire: Any, connection: Connection, context: Context) -> dict[str, Any]:
        context.doing = "signing in"
        began = time.perf_counter()
        greeting = await wire.hello(connection, self.address)
        if self.address.user:
            await wire.sign_in(connection, self.address, greeting, context)
        connection.phases["sign_in"] = _ms_since(began)
        context.doing = "waiting for the answer"
        began = time.perf_counter()
        answer = await self._read(wire, connection, context)
        connection.phases["command"] = _ms_since(began)
        return {"role": _role(greeting), **answer}

    async def _read(self, wire: Any, connection: Connection, context: Context) -> dict[str, Any]:
        """The server's own time limit comes before ours."""
        if self.command == "ping":
            await wire.command(connection, {"ping": 1, "$db": "admin"})
            return {}
        left = context.remaining()
        limit = left - margin_s(left)
        common = {
            "maxTimeMS": max(1, int(limit * 1000)),
            "$db": self.address.database,
            "$readPreference": {"mode": "primaryPreferred"},
        }
        name = self.collection
        try:
            wanted = wire.as_document(self.filter)
            if self.command == "count":
                asked = {"count": name, "query": wanted, "limit": MOST_COUNTED, **common}
                return {"count": int((await wire.command(connection, asked)).get("n", 0))}
            asked = {"find": name, "filter": wanted, "limit": 1, "singleBatch": True, **common}
            reply = await wire.command(connection, asked)
        except ValueError as error:
            raise Unsupported(f"the filter {error}") from None
        except wire.Refused as error:
            if error.code == wire.TOO_LONG:
                raise too_long(limit) from None
            raise
        found = _first(reply)
        if isinstance(found, Missing):
            return {"json": found}
        return {"json": await context.blocking(lambda: wire.as_json(found))}

    @cached_property
    def _peer(self) -> Peer:
        dsn = self.address
        tls = "true" in {dsn.options.get("tls"), dsn.options.get("ssl")}
        return Peer(dsn.host, dsn.port, self.ip_version, tls, self.verify_tls)


def _library() -> Any:
    try:
        from kener.checks import _mongodb  # noqa: PLC0415 - pymongo is an extra
    except ModuleNotFoundError:
        raise Unsupported("this needs pymongo of requirements-extra.txt: run make extras") from None
    module: ModuleType = _mongodb
    return module


def _first(reply: dict[str, Any]) -> Any:
    cursor = reply.get("cursor")
    batch = cursor.get("firstBatch") if isinstance(cursor, dict) else None
    if not isinstance(batch, list) or not batch:
        return Missing("no document was found")
    return batch[0]


def _role(greeting: dict[str, Any]) -> str:
    if greeting.get("isWritablePrimary") or greeting.get("ismaster"):
        return "primary"
    return "secondary" if greeting.get("secondary") else "other"


def _names(value: Any) -> Iterator[str]:
    """Every name in a JSON value, at any depth."""
    if isinstance(value, dict):
        yield from value
    inside = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for each in inside:
            yield from _names(each)


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 3)


TYPE = MongoDbCheck
