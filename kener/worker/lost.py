"""Slots that somebody claimed who was killed before their outcome was stored: of an hourly monitor
nobody would look again for an hour."""

import time

from kener.actions.claims import renew
from kener.core.instant import Instant
from kener.store.claims import lost
from kener.store.engine import Database

EVERY_S = 30.0


class Lost:
    """Seeks them at a location, and makes them due again. An idle look takes no write lock."""

    def __init__(self, database: Database, location_id: int) -> None:
        self._database = database
        self._location_id = location_id
        self._sought_at = float("-inf")

    def seek(self, now: Instant) -> None:
        """Look, if that was not done just now."""
        clock = time.monotonic()
        if clock - self._sought_at < EVERY_S:
            return
        self._sought_at = clock
        with self._database.read() as session:
            found = lost(session, self._location_id, now)
        if found:
            with self._database.write() as session:
                renew(session, self._location_id, found, now)
