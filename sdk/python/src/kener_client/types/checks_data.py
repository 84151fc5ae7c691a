"""Settings of the kinds of check that ask databases and brokers."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from kener_client.types.checks_web import Assertion
from kener_client.types.words import IpVersion


class MongoDbSettings(TypedDict):
    """Connect to one server, sign in, ping it or read."""

    dsn: str
    command: NotRequired[Literal["ping", "count", "find_one"]]
    collection: NotRequired[str]
    filter: NotRequired[str]
    assertions: NotRequired[Sequence[Assertion]]
    verify_tls: NotRequired[bool]
    ip_version: NotRequired[IpVersion]


class MqttSettings(TypedDict):
    """Connect; publish and hear it back, or hear what others publish."""

    dsn: str
    mode: NotRequired[Literal["round_trip", "receive", "connect"]]
    topic: NotRequired[str]
    qos: NotRequired[int]
    assertions: NotRequired[Sequence[Assertion]]
    verify_tls: NotRequired[bool]
    ip_version: NotRequired[IpVersion]


class RedisSettings(TypedDict):
    """Connect, sign in, run one command that reads."""

    dsn: str
    command: NotRequired[str]
    assertions: NotRequired[Sequence[Assertion]]
    verify_tls: NotRequired[bool]
    ip_version: NotRequired[IpVersion]


class SqlSettings(TypedDict):
    """Connect, run one query that can only read, judge its first value."""

    dsn: str
    query: NotRequired[str]
    assertions: NotRequired[Sequence[Assertion]]
    ip_version: NotRequired[IpVersion]
