"""Does an MQTT broker take a message and give it back?"""

import json
import secrets
import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from kener.checks import _mqtt as mqtt
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
from kener.checks._failures import Mismatch
from kener.checks._fields import ADVANCED, IpVersion, VerifyTls
from kener.checks._mqtt import Message
from kener.checks._streams import Connection, Peer, connected
from kener.checks._verdict import Seen, concluded
from kener.core.outcome import Fact, Outcome

PORTS = {"mqtt": 1883, "mqtts": 8883}
SOURCES = ("payload", "json:", "topic", "retained", "latency")
MOST_OTHERS = 1_000


class MqttCheck(Asserting, AtDsn):
    """Connect; publish and hear it back, or hear what others publish."""

    kind: ClassVar[str] = "mqtt"
    label: ClassVar[str] = "MQTT broker"
    description: ClassVar[str] = "Sends a message through an MQTT broker, or waits for one"

    dsn: SecretStr = dsn_field("mqtts://user:password@broker.example:8883")
    mode: Literal["round_trip", "receive", "connect"] = Field(
        "round_trip",
        title="Mode",
        description="round_trip: a message of ours must come back; receive: the first message on "
        "the topic is judged; connect: signing in is enough",
    )
    topic: str = Field(
        "",
        title="Topic",
        description="Empty: kener/ and something random; to receive, + and # may stand in it",
        max_length=500,
        validate_default=True,
    )
    qos: int = Field(
        0,
        ge=0,
        le=1,
        title="Quality of service",
        description="0, or 1: acknowledged",
        json_schema_extra=ADVANCED,
    )
    assertions: Assertions = assertions_field(*SOURCES)
    verify_tls: VerifyTls = True
    ip_version: IpVersion = "auto"

    @classmethod
    def read_dsn(cls, text: str) -> Dsn:
        """Host and port, and perhaps a user and a password."""
        dsn = parse_dsn(text, PORTS, {})
        if dsn.database:
            raise ValueError("ends after the port; the topic is a setting of its own")
        if dsn.password and not dsn.user:
            raise ValueError("has a password and no user")
        if len(dsn.user.encode()) > 65_535 or "\0" in dsn.user:
            raise ValueError("has a user that MQTT cannot send")
        return dsn

    @field_validator("topic")
    @classmethod
    def _topic(cls, value: str, info: ValidationInfo) -> str:
        mode = info.data.get("mode")
        if "\0" in value:
            raise ValueError("must not have a NUL character")
        if mode == "receive" and not value:
            raise ValueError("is needed to receive")
        if mode == "round_trip" and (set(value) & {"+", "#"} or value.startswith("$")):
            raise ValueError("must be a topic one may publish to: without + and #, no $ at first")
        return value

    @classmethod
    def looked_at(cls, settings: Mapping[str, Any]) -> tuple[str, ...]:
        """A message can be looked at where one of others is received."""
        return SOURCES if settings.get("mode") == "receive" else ("latency",)

    def target(self) -> str:
        """Scheme, host and port, and the topic if there is one; never who connects."""
        return f"{self.address}{f' {self.topic}' if self.topic else ''}"

    def destination(self) -> object:
        """The broker, whatever the topic, and whether it must be the one."""
        return str(self.address), self.verify_tls

    async def probe(self, context: Context) -> Outcome:
        """Connect, sign in, exchange, judge."""
        began = time.perf_counter()
        facts: dict[str, Fact] = {}
        async with connected(self._peer, context) as connection:
            facts["address"] = connection.address
            message = await self._exchange(connection, context)
            connection.writer.write(mqtt.packet(mqtt.DISCONNECT))
            latency = round((time.perf_counter() - began) * 1000, 3)
        if self.mode == "receive" and message is not None:
            facts |= {"topic": message.topic[:200], "size_bytes": len(message.payload)}
        failure = await failing(self.assertions, looking(_seen(message, latency)), context)
        return concluded(failure, Seen(facts, connection.phases, latency, self.address.password))

    async def _exchange(self, connection: Connection, context: Context) -> Message | None:
        context.doing = "signing in"
        began = time.perf_counter()
        name = f"kener-{secrets.token_hex(8)}"
        await mqtt.sign_in(connection, name, self.address.user, self.address.password)
        connection.phases["sign_in"] = _ms_since(began)
        if self.mode == "connect":
            return None
        began = time.perf_counter()
        topic = self.topic or f"kener/{secrets.token_hex(8)}"
        context.doing = "subscribing"
        early = await mqtt.subscribe(connection, topic, self.qos)
        if self.mode == "receive":
            context.doing = "waiting for a message"
            message = early[0] if early else await mqtt.next_message(connection)
        else:
            context.doing = "waiting for our own message"
            message = await self._own(connection, topic)
        connection.phases["message"] = _ms_since(began)
        return message

    async def _own(self, connection: Connection, topic: str) -> Message:
        """Our message, among those of others on the same topic."""
        payload = f"kener {secrets.token_hex(16)}".encode()
        mqtt.publish(connection, topic, payload, self.qos)
        for _ in range(MOST_OTHERS):
            message = await mqtt.next_message(connection)
            if message.payload == payload:
                return message
        raise Mismatch(f"{MOST_OTHERS} messages of others came, and not ours")

    @cached_property
    def _peer(self) -> Peer:
        dsn = self.address
        return Peer(dsn.host, dsn.port, self.ip_version, dsn.scheme == "mqtts", self.verify_tls)


def _seen(message: Message | None, latency: float) -> dict[str, Any]:
    if message is None:
        return {"latency": latency}
    payload = message.payload.decode(errors="replace")
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        document = Missing("the message is not JSON")
    return {
        "latency": latency,
        "payload": payload,
        "json": document,
        "topic": message.topic,
        "retained": message.is_retained,
    }


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 3)


TYPE = MqttCheck
