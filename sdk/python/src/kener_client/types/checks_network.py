"""Settings of the kinds of check that speak other protocols."""

from collections.abc import Sequence
from typing import Literal, NotRequired, TypedDict

from kener_client.types.checks_web import Assertion
from kener_client.types.words import Encoding, IpVersion


class DnsSettings(TypedDict):
    """One question to the resolver it is told to ask."""

    name: str
    record_type: NotRequired[str]
    expected: NotRequired[str]
    match: NotRequired[Literal["any", "all", "exact"]]
    resolver: NotRequired[str]
    transport: NotRequired[Literal["udp", "tcp", "tls", "https"]]
    server_name: NotRequired[str]
    verify_tls: NotRequired[bool]
    expected_rcode: NotRequired[
        Literal[
            "NOERROR",
            "NXDOMAIN",
            "SERVFAIL",
            "REFUSED",
            "FORMERR",
            "NOTIMP",
            "YXDOMAIN",
            "YXRRSET",
            "NXRRSET",
            "NOTAUTH",
            "NOTZONE",
            "DSOTYPENI",
            "BADVERS",
            "BADKEY",
            "BADTIME",
            "BADMODE",
            "BADNAME",
            "BADALG",
            "BADTRUNC",
            "BADCOOKIE",
            "any",
        ]
    ]
    dnssec: NotRequired[Literal["ignore", "required"]]
    assertions: NotRequired[Sequence[Assertion]]


class DomainSettings(TypedDict):
    """The registry is asked by RDAP, once a day."""

    domain: str
    degraded_days: NotRequired[int]
    down_days: NotRequired[int]


class GameSettings(TypedDict):
    """Ask a game server for its status."""

    protocol: Literal[
        "source",
        "minecraft",
        "minecraft_bedrock",
        "ase",
        "battlefield",
        "doom3",
        "gamespy1",
        "gamespy2",
        "gamespy3",
        "gamespy4",
        "killingfloor",
        "quake1",
        "quake2",
        "quake3",
        "samp",
        "unreal2",
        "vcmp",
        "warfork",
    ]
    host: str
    port: int
    assertions: NotRequired[Sequence[Assertion]]
    ip_version: NotRequired[IpVersion]


class GrpcSettings(TypedDict):
    """One call of the standard health service, grpc.health.v1, over HTTP/2."""

    host: str
    port: NotRequired[int]
    service: NotRequired[str]
    tls: NotRequired[bool]
    bearer_token: NotRequired[str]
    metadata: NotRequired[str]
    server_name: NotRequired[str]
    verify_tls: NotRequired[bool]
    ip_version: NotRequired[IpVersion]


class NtpSettings(TypedDict):
    """One question of NTP version 4; the latency is the round trip."""

    host: str
    port: NotRequired[int]
    degraded_offset_ms: NotRequired[float]
    down_offset_ms: NotRequired[float]
    max_stratum: NotRequired[int]
    ip_version: NotRequired[IpVersion]


class PingSettings(TypedDict):
    """Some packets, the share that is lost, and the mean round trip as latency."""

    host: str
    count: NotRequired[int]
    down_loss: NotRequired[int]
    degraded_loss: NotRequired[int]
    down_ms: NotRequired[float]
    degraded_ms: NotRequired[float]
    wait_s: NotRequired[float]
    ip_version: NotRequired[IpVersion]


class SmtpSettings(TypedDict):
    """A dialogue with a mail server (RFC 5321) that ends before DATA."""

    host: str
    port: NotRequired[int]
    security: NotRequired[Literal["starttls", "tls", "none"]]
    username: NotRequired[str]
    password: NotRequired[str]
    mail_from: NotRequired[str]
    rcpt_to: NotRequired[str]
    accepted_codes: NotRequired[str]
    helo_name: NotRequired[str]
    allow_plain_login: NotRequired[bool]
    verify_tls: NotRequired[bool]
    ip_version: NotRequired[IpVersion]


class SshSettings(TypedDict):
    """The server's banner, its host key, a login. Nothing is ever executed."""

    host: str
    port: NotRequired[int]
    depth: NotRequired[Literal["banner", "host_key", "login"]]
    banner: NotRequired[str]
    fingerprints: NotRequired[str]
    username: NotRequired[str]
    password: NotRequired[str]
    private_key: NotRequired[str]
    passphrase: NotRequired[str]
    ip_version: NotRequired[IpVersion]


class TcpSettings(TypedDict):
    """Connect; if wished, send something and look for an answer."""

    host: str
    port: int
    encoding: NotRequired[Encoding]
    send: NotRequired[str]
    expect: NotRequired[str]
    tls: NotRequired[bool]
    verify_tls: NotRequired[bool]
    server_name: NotRequired[str]
    certificate_days: NotRequired[int]
    ip_version: NotRequired[IpVersion]


class TlsSettings(TypedDict):
    """A handshake with any port that speaks TLS, from the start or when asked; nothing is sent
    over it."""

    host: str
    port: NotRequired[int]
    starttls: NotRequired[Literal["none", "smtp", "imap", "pop3", "ftp", "postgres", "xmpp"]]
    server_name: NotRequired[str]
    degraded_days: NotRequired[int]
    down_days: NotRequired[int]
    verify_tls: NotRequired[bool]
    minimum_version: NotRequired[Literal["1.2", "1.3"]]
    ip_version: NotRequired[IpVersion]


class UdpSettings(TypedDict):
    """Send one packet, and wait for one."""

    host: str
    port: int
    encoding: NotRequired[Encoding]
    send: NotRequired[str]
    expect: NotRequired[str]
    answer: NotRequired[Literal["required", "optional"]]
    wait_s: NotRequired[float]
    ip_version: NotRequired[IpVersion]
