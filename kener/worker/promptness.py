"""How soon outcomes are stored. Each transaction costs whole pages of the disk, so what is no news
waits a moment for company."""

from kener.core.outcome import Outcome
from kener.core.status import Status
from kener.store.claims import Claim

AT_ONCE = 0.2
"""Seconds between two transactions when one has news."""
CALM = 2.0


class Promptness:
    """Knows what is news: what is not up, what was not up before, and what somebody waits for."""

    def __init__(self) -> None:
        self._well: set[int] = set()
        self._news = False

    def note(self, claim: Claim, outcome: Outcome) -> None:
        """To be called when the outcome is among those that wait to be stored."""
        is_up = outcome.status is Status.UP
        if not is_up or claim.awaited or claim.monitor_id not in self._well:
            self._news = True
        if is_up:
            self._well.add(claim.monitor_id)
        else:
            self._well.discard(claim.monitor_id)

    def pause(self) -> float:
        """Seconds to leave between two transactions."""
        return AT_ONCE if self._news else CALM

    def stored(self) -> None:
        """To be called before what waits is taken to be stored."""
        self._news = False
