"""What the API shows of a monitor's past."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from flask import Response
from pydantic import Field, WithJsonSchema

from kener.api._answers import OK, json_response
from kener.api._shapes import Moment, Shown
from kener.core.days import Day
from kener.core.instant import SECOND, Instant, iso
from kener.core.latency import Latencies
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.core.uptime import Uptime
from kener.store.newest import Seen
from kener.store.past import Told

DECIMALS = 4
"""Of an uptime in percent."""


class ResultDocument(Shown):
    """What one check saw."""

    at: Moment
    location: str | None
    status: Status
    latency_ms: float | None
    reason: Reason | None
    detail: str


class SpanDocument(Shown):
    """A stretch of time in which a monitor was one thing."""

    status: Status
    reason: Reason | None
    detail: str
    from_: Moment = Field(alias="from")
    to: Moment | None
    """Null: it goes on."""
    seconds: float


class Figures(Shown):
    """Percent, cut, and null when nothing was watched; and the seconds of each status."""

    uptime: float | None
    seconds: dict[Status, float]


class DayDocument(Figures):
    """A local day, as far as it lies in the window."""

    date: Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
    from_: Moment = Field(alias="from")
    to: Moment
    status: Status


class UptimeDocument(Figures):
    """How much of the watched time a monitor was up; `days` only when they are asked for."""

    from_: Moment = Field(alias="from")
    to: Moment
    outages: int
    time_zone: str = ""
    days: list[DayDocument] = Field(default_factory=list)


class LatencyFigures(Shown):
    """How many checks there were, and how long they took; null where there were none."""

    count: int
    average_ms: float | None
    min_ms: float | None
    max_ms: float | None
    percentiles: dict[str, float | None]


class LatencyPoint(LatencyFigures):
    """The same of a step, from `at` on."""

    at: Moment


class LatencyDocument(LatencyFigures):
    """How long checks took in a window, and in each `step` (seconds) of it."""

    from_: Moment = Field(alias="from")
    to: Moment
    step: int
    points: list[LatencyPoint]


def listed_without_total(data: Sequence[Any], *, limit: int, following: str | None) -> Response:
    """Part of a list so long that its rows are not counted."""
    pagination = {"limit": limit, "next": following}
    return json_response({"success": True, "data": data, "pagination": pagination, "message": OK})


def result_document(seen: Seen, places: Mapping[int, str]) -> dict[str, Any]:
    """A result; `reason` and `detail` only of what was not up."""
    sample = seen.sample
    return {
        "at": iso(sample.at),
        "location": places.get(seen.location_id),
        "status": sample.status.value,
        "latency_ms": None if sample.latency_us is None else sample.latency_us / 1000,
        "reason": None if sample.reason is None else sample.reason.value,
        "detail": sample.detail or "",
    }


def span_document(told: Told, now: Instant) -> dict[str, Any]:
    """A span; `to` is null when it goes on."""
    stretch = told.stretch
    return {
        "status": stretch.status.value,
        "reason": None if stretch.reason is None else stretch.reason.value,
        "detail": told.detail,
        "from": iso(stretch.from_at),
        "to": None if stretch.to_at >= now else iso(stretch.to_at),
        "seconds": stretch.length / SECOND,
    }


def uptime_figures(uptime: Uptime, lengths: Mapping[Status, int]) -> dict[str, Any]:
    """Percent, cut, and null when nothing was watched; and the seconds of each status."""
    return {
        "uptime": _percent(uptime),
        "seconds": {each.value: lengths.get(each, 0) / SECOND for each in Status},
    }


def day_document(day: Day) -> dict[str, Any]:
    """A local day, as far as it lies in the window."""
    return {
        "date": day.date.isoformat(),
        "from": iso(day.from_at),
        "to": iso(day.to_at),
        "status": day.status.value,
        **uptime_figures(day.uptime, day.lengths),
    }


def latency_figures(latencies: Latencies, percents: Sequence[float]) -> dict[str, Any]:
    """How many probes there were and how long they took; null where there were none."""
    least, most = latencies.min_us, latencies.max_us
    return {
        "count": latencies.count,
        "average_ms": _rounded(latencies.average_ms),
        "min_ms": None if least is None else least / 1000,
        "max_ms": None if most is None else most / 1000,
        "percentiles": {
            f"{percent:g}": _rounded(latencies.percentile_ms(percent)) for percent in percents
        },
    }


def _percent(uptime: Uptime) -> float | None:
    text = uptime.text(DECIMALS)
    return None if text is None else float(text)


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 3)
