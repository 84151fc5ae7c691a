"""The settings of each kind of check."""

from kener_client.types.checks_data import MongoDbSettings, MqttSettings, RedisSettings, SqlSettings
from kener_client.types.checks_network import (
    DnsSettings,
    DomainSettings,
    GameSettings,
    GrpcSettings,
    NtpSettings,
    PingSettings,
    SmtpSettings,
    SshSettings,
    TcpSettings,
    TlsSettings,
    UdpSettings,
)
from kener_client.types.checks_own import GroupSettings, HeartbeatSettings, ManualSettings
from kener_client.types.checks_web import (
    Assertion,
    Capture,
    HttpSettings,
    StatusPageSettings,
    Step,
    StepsSettings,
    WebSocketSettings,
)

__all__ = [
    "Assertion",
    "Capture",
    "DnsSettings",
    "DomainSettings",
    "GameSettings",
    "GroupSettings",
    "GrpcSettings",
    "HeartbeatSettings",
    "HttpSettings",
    "ManualSettings",
    "MongoDbSettings",
    "MqttSettings",
    "NtpSettings",
    "PingSettings",
    "RedisSettings",
    "SmtpSettings",
    "SqlSettings",
    "SshSettings",
    "StatusPageSettings",
    "Step",
    "StepsSettings",
    "TcpSettings",
    "TlsSettings",
    "UdpSettings",
    "WebSocketSettings",
]
