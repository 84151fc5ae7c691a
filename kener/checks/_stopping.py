"""Stopping a query on its server before our own time is up."""

from kener.checks._failures import TimedOut


def margin_s(seconds: float) -> float:
    """What is kept of the time left to stop a query on its server before our own time is up."""
    return min(0.5, seconds / 5)


def too_long(seconds: float) -> TimedOut:
    """The failure of a query that was stopped."""
    return TimedOut(f"the query was stopped: it took more than {round(seconds, 1):g} s")
