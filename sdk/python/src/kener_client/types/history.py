"""How monitors were."""

from typing import NotRequired, TypedDict

from kener_client.types.words import Reason, Status


class Result(TypedDict):
    """What one check saw."""

    at: str
    location: str | None
    status: Status
    latency_ms: float | None
    reason: Reason | None
    detail: str


Span = TypedDict(
    "Span",
    {
        "status": Status,
        "reason": Reason | None,
        "detail": str,
        "from": str,
        "to": str | None,
        "seconds": float,
    },
)
"""A stretch of time in which a monitor was one thing."""


Day = TypedDict(
    "Day",
    {
        "uptime": float | None,
        "seconds": dict[str, float],
        "date": str,
        "from": str,
        "to": str,
        "status": Status,
    },
)
"""A local day, as far as it lies in the window."""


Uptime = TypedDict(
    "Uptime",
    {
        "uptime": float | None,
        "seconds": dict[str, float],
        "from": str,
        "to": str,
        "outages": int,
        "time_zone": NotRequired[str],
        "days": NotRequired[list[Day]],
    },
)
"""How much of the watched time a monitor was up; `days` only when they are asked for."""


class LatencyPoint(TypedDict):
    """How long checks took in a step, from `at` on."""

    count: int
    average_ms: float | None
    min_ms: float | None
    max_ms: float | None
    percentiles: dict[str, float | None]
    at: str


Latency = TypedDict(
    "Latency",
    {
        "count": int,
        "average_ms": float | None,
        "min_ms": float | None,
        "max_ms": float | None,
        "percentiles": dict[str, float | None],
        "from": str,
        "to": str,
        "step": int,
        "points": list[LatencyPoint],
    },
)
"""How long checks took in a window, and in each `step` (seconds) of it."""
