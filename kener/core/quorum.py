"""What several locations make of one monitor together."""

from collections.abc import Sequence

from kener.core.status import SEVERITY, Status


def quorum(statuses: Sequence[Status]) -> Status:
    """The worst status that more than half of those who know see, or worse; unknown has no vote.

    One location alone decides; of two that differ the milder wins; nobody who knows: unknown.
    """
    if len(statuses) == 1:  # as nearly always, for thousands of monitors
        return statuses[0] if statuses[0] in SEVERITY else Status.UNKNOWN
    votes = sorted((each for each in statuses if each in SEVERITY), key=SEVERITY.__getitem__)
    return votes[(len(votes) - 1) // 2] if votes else Status.UNKNOWN
