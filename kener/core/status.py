"""The statuses, once and for all: their order, and their words on page and in JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What a monitor is. Observed and confirmed use four; partial and maintenance are displayed."""

    UP = "up"
    DEGRADED = "degraded"
    PARTIAL = "partial"
    DOWN = "down"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Face:
    """How a status looks outside: `code` in the database, `label` on the page, `component` in
    Atlassian Statuspage's JSON (None: unknown shows the last confirmed one)."""

    code: int
    label: str
    component: str | None


FACES: dict[Status, Face] = {
    Status.UP: Face(1, "Operational", "operational"),
    Status.DEGRADED: Face(2, "Degraded", "degraded_performance"),
    Status.PARTIAL: Face(3, "Partial outage", "partial_outage"),
    Status.DOWN: Face(4, "Outage", "major_outage"),
    Status.MAINTENANCE: Face(5, "Maintenance", "under_maintenance"),
    Status.UNKNOWN: Face(0, "No data", None),
}
STATUS_OF_CODE = {face.code: status for status, face in FACES.items()}
CODE_OF_STATUS = {status: face.code for status, face in FACES.items()}

SEVERITY: dict[Status, int] = {
    Status.UP: 0,
    Status.DEGRADED: 1,
    Status.PARTIAL: 2,
    Status.DOWN: 3,
}
"""Mild to bad. Maintenance and unknown are not on the scale: neither is better or worse."""


class Impact(StrEnum):
    """How much an incident hurts, as its author judges it."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


STATUS_OF_IMPACT: dict[Impact, Status] = {
    Impact.NONE: Status.UP,
    Impact.MINOR: Status.DEGRADED,
    Impact.MAJOR: Status.PARTIAL,
    Impact.CRITICAL: Status.DOWN,
}


class Verdict(StrEnum):
    """The whole page in a word, in Statuspage's enum plus maintenance and unknown."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


def worst(statuses: Iterable[Status]) -> Status:
    """The most severe of those on the scale; unknown when none is."""
    known = [status for status in statuses if status in SEVERITY]
    return max(known, key=SEVERITY.__getitem__, default=Status.UNKNOWN)


def mildest(statuses: Iterable[Status]) -> Status:
    """The least severe of those on the scale; unknown when none is."""
    known = [status for status in statuses if status in SEVERITY]
    return min(known, key=SEVERITY.__getitem__, default=Status.UNKNOWN)


def verdict(displayed: Iterable[Status]) -> Verdict:
    """The page roll-up of its services' displayed statuses.

    Every service down is critical, some down or partial major, degraded minor; maintenance only
    when nothing is worse. Unknown services are left out; if no other is left, nobody knows.
    """
    seen = [status for status in displayed if status is not Status.UNKNOWN]
    if not seen:
        return Verdict.UNKNOWN
    if all(status is Status.DOWN for status in seen):
        return Verdict.CRITICAL
    if Status.DOWN in seen or Status.PARTIAL in seen:
        return Verdict.MAJOR
    if Status.DEGRADED in seen:
        return Verdict.MINOR
    return Verdict.MAINTENANCE if Status.MAINTENANCE in seen else Verdict.NONE
