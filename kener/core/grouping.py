"""What the members of a group make of it."""

from collections.abc import Sequence

from kener.core.status import SEVERITY, Status


def worst(statuses: Sequence[Status]) -> Status:
    """The worst of those we know; unknown when nothing is known, which is no outage."""
    known = [each for each in statuses if each in SEVERITY]
    return max(known, key=SEVERITY.__getitem__, default=Status.UNKNOWN)


def share(statuses: Sequence[Status], down_percent: int, degraded_percent: int) -> Status:
    """Down when at least so many percent of those we know are down, else degraded when so many are
    not up (0: when any is not); unknown when nothing is known."""
    known = [each for each in statuses if each in SEVERITY]
    if not known:
        return Status.UNKNOWN
    down = known.count(Status.DOWN)
    sick = len(known) - known.count(Status.UP)
    if down and 100 * down >= down_percent * len(known):
        return Status.DOWN
    if sick and 100 * sick >= degraded_percent * len(known):
        return Status.DEGRADED
    return Status.UP
