"""Whether anything was written since: so one may keep what was read and not show what is old."""

import logging
from threading import Lock
from typing import Any

from sqlalchemy import Engine

log = logging.getLogger(__name__)

QUESTIONS = {
    # Counts the commits of all other connections, of any process: so this one must never write.
    "sqlite": "PRAGMA data_version",
    # Which transactions one sees. As long as they are the same, so is all that can be read.
    "postgresql": "SELECT pg_current_snapshot()::text",
}


class Changes:
    """Asked by all threads of a process, on one connection that does nothing else."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._question = QUESTIONS.get(engine.dialect.name)
        self._connection: Any = None
        self._lock = Lock()

    def version(self) -> object | None:
        """Two that are equal say that between them nothing was committed. None, when nobody can
        tell, is to be taken for a change. Never raises."""
        if self._question is None:
            return None
        with self._lock:
            try:
                return self._ask()
            except Exception as error:  # noqa: BLE001 - each driver has its own; who reads will tell
                log.debug("cannot ask for changes: %s", error)
                self.close()
                return None

    def close(self) -> None:
        """Give the connection back; the next question opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception as error:  # noqa: BLE001 - it is gone, which is what we want
                log.debug("cannot close: %s", error)

    def _ask(self) -> object:
        if self._connection is None:
            self._connection = self._connected()
        # Of another connection the same answer says nothing.
        return id(self._connection), self._answer(self._connection)

    def _answer(self, connection: Any) -> object:
        if self._engine.dialect.name == "sqlite":
            return connection.execute(self._question).fetchone()
        # A level below cursors, which wait in several steps, each of which hands Python's lock on.
        found = connection.pgconn.exec_params(str(self._question).encode(), None)
        if found.ntuples != 1:
            raise RuntimeError(found.error_message)
        return found.get_value(0, 0)

    def _connected(self) -> Any:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()  # the pool shall not wait for it
        if self._engine.dialect.name == "postgresql":
            connection.autocommit = True
        return connection
