"""Words that documents use."""

from datetime import datetime
from typing import Literal, TypeAlias

Moment: TypeAlias = str | datetime
"""A time that is sent: ISO 8601, or a datetime that knows its time zone."""
MonitorImpact: TypeAlias = Literal["none", "degraded", "partial", "down"]
PlannedImpact: TypeAlias = Literal["maintenance", "up", "degraded", "partial", "down"]
IpVersion: TypeAlias = Literal["auto", "ipv4", "ipv6"]
Method: TypeAlias = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
PushedStatus: TypeAlias = Literal["up", "degraded", "down", "unknown"]
BodyType: TypeAlias = Literal["raw", "json", "form"]
Encoding: TypeAlias = Literal["text", "hex"]
Severity: TypeAlias = Literal["down", "degraded"]
Kind: TypeAlias = Literal[
    "dns",
    "domain",
    "game",
    "group",
    "grpc",
    "heartbeat",
    "http",
    "manual",
    "mongodb",
    "mqtt",
    "ntp",
    "ping",
    "redis",
    "smtp",
    "sql",
    "ssh",
    "statuspage",
    "steps",
    "tcp",
    "tls",
    "udp",
    "websocket",
]
Permission: TypeAlias = Literal[
    "read:monitors",
    "write:monitors",
    "delete:monitors",
    "read:incidents",
    "write:incidents",
    "delete:incidents",
    "read:maintenances",
    "write:maintenances",
    "delete:maintenances",
    "read:secrets",
    "write:secrets",
    "delete:secrets",
    "read:pages",
    "write:pages",
    "delete:pages",
    "admin",
]
EventName: TypeAlias = Literal[
    "monitor.down",
    "monitor.degraded",
    "monitor.up",
    "incident.created",
    "incident.updated",
    "incident.resolved",
    "maintenance.scheduled",
    "maintenance.updated",
    "maintenance.starting",
    "maintenance.started",
    "maintenance.completed",
    "maintenance.cancelled",
    "publish.failed",
    "publish.recovered",
]
Status: TypeAlias = Literal["up", "degraded", "partial", "down", "maintenance", "unknown"]
Phase: TypeAlias = Literal["investigating", "identified", "monitoring", "resolved", "postmortem"]
Impact: TypeAlias = Literal["none", "minor", "major", "critical"]
Verdict: TypeAlias = Literal["none", "minor", "major", "critical", "maintenance", "unknown"]
Reason: TypeAlias = Literal[
    "timeout",
    "dns_failed",
    "refused",
    "tls_failed",
    "unreachable",
    "blocked",
    "mismatch",
    "slow",
    "expiring",
    "expired",
    "members",
    "missed",
    "reported",
    "waiting",
    "paused",
    "silent",
    "secret_lost",
    "not_supported",
    "offline",
    "internal_error",
]
Action: TypeAlias = Literal["pause", "resume", "check", "tag", "untag", "delete"]
Font: TypeAlias = Literal["", "system", "serif"]
Theme: TypeAlias = Literal["auto", "light", "dark"]
Visibility: TypeAlias = Literal["public", "private"]
WindowStatus: TypeAlias = Literal["scheduled", "in_progress", "completed", "cancelled"]
DeliveryState: TypeAlias = Literal["pending", "delivered", "exhausted"]
KeyState: TypeAlias = Literal["active", "expired", "revoked"]
