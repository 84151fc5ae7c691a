"""What a probe saw: a value, told apart from what we make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kener.core.instant import Instant
from kener.core.status import Status

Fact = str | int | float | bool | None | list[str]


class Reason(StrEnum):
    """Why not up."""

    TIMEOUT = "timeout"
    DNS_FAILED = "dns_failed"
    REFUSED = "refused"
    TLS_FAILED = "tls_failed"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    MISMATCH = "mismatch"
    SLOW = "slow"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    MEMBERS = "members"
    MISSED = "missed"
    REPORTED = "reported"
    WAITING = "waiting"
    PAUSED = "paused"
    SILENT = "silent"
    SECRET_LOST = "secret_lost"
    NOT_SUPPORTED = "not_supported"
    OFFLINE = "offline"
    INTERNAL_ERROR = "internal_error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`latency_ms` is the whole probe, `phases` name parts of it in ms; `detail` is one plain
    sentence; `facts` are what the kind found out (never a secret). `again_at` is when it will say
    something else by itself: at that instant one looks again."""

    status: Status
    reason: Reason | None = None
    detail: str = ""
    latency_ms: float | None = None
    phases: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    again_at: Instant | None = None
