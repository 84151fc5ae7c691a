"""A shift whose database refuses to write, is a standby, or cannot be read."""

import logging
import threading

import pytest
from factories import a_monitor
from servers import wait_until
from shifts import a_silent_server, make, open_port, redis_there, results, start
from sqlalchemy import event, func, select, text

from kener.store.clock import now
from kener.store.tables import Schedule
from kener.worker import shift as shift_module

__all__ = ["open_port", "redis_there", "start"]
pytestmark = pytest.mark.usefixtures("sealing")


def test_a_locked_database_costs_no_outcome(database, start, open_port, caplog):
    shift = start()
    threading.Thread(target=shift.hold, args=(60,), daemon=True).start()
    with a_silent_server() as silent:
        make(database, silent, timeout=1.0, settings={"expect": "hello"})
        wait_until(lambda: shift._engine.in_flight == 1)
        _make_unwritable(database)
        wait_until(lambda: shift._in_trouble)
        assert [r.message for r in caplog.records if r.levelno >= logging.ERROR]
        _make_writable(database)
        wait_until(lambda: results(database) == 1)

    assert len([r for r in caplog.records if r.levelno >= logging.ERROR]) == 1
    assert not shift._in_trouble


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_became_a_standby_costs_no_outcome(database, start, open_port, caplog):
    shift = start()
    threading.Thread(target=shift.hold, args=(60,), daemon=True).start()
    with a_silent_server() as silent:
        make(database, silent, timeout=1.0, settings={"expect": "hello"})
        wait_until(lambda: shift._engine.in_flight == 1)
        _make_unwritable(database, READ_ONLY)
        wait_until(lambda: shift._in_trouble)
        _make_writable(database)
        wait_until(lambda: results(database) == 1)

    assert len([r for r in caplog.records if r.levelno >= logging.ERROR]) == 1


def test_no_more_is_claimed_while_what_was_claimed_cannot_be_read(
    database, start, open_port, monkeypatch
):
    monkeypatch.setattr(shift_module, "TRY_AGAIN", 0.15)
    shift, failures = start(slots=3), []
    event.listen(database.engine, "handle_error", failures.append)
    with database.write() as session:
        for _ in range(20):
            a_monitor(session, due_at=now(), settings={"host": "127.0.0.1", "port": open_port})
        session.execute(text("ALTER TABLE monitors RENAME COLUMN settings TO away"))
    threading.Thread(target=shift.hold, args=(60,), daemon=True).start()
    wait_until(lambda: len(failures) >= 3)
    with database.write() as session:
        claimed = session.scalar(select(func.count()).where(Schedule.slot_at.is_not(None)))
        session.execute(text("ALTER TABLE monitors RENAME COLUMN away TO settings"))

    assert claimed == 3
    wait_until(lambda: results(database) == 20)


DISK_FULL, READ_ONLY = "53100", "25006"


def _make_unwritable(database, why=DISK_FULL):
    """As when the disk is full: reading works, writing is refused."""
    with database.write() as session:
        if database.engine.dialect.name == "sqlite":
            session.execute(text(REFUSE_SQLITE))
        else:
            session.execute(text(REFUSE_POSTGRESQL.format(why)))
            session.execute(
                text(
                    "CREATE TRIGGER refuse BEFORE INSERT ON results"
                    " FOR EACH ROW EXECUTE FUNCTION refuse()"
                )
            )


def _make_writable(database):
    with database.write() as session:
        on = " ON results" if database.engine.dialect.name == "postgresql" else ""
        session.execute(text(f"DROP TRIGGER refuse{on}"))


REFUSE_SQLITE = """
CREATE TRIGGER refuse BEFORE INSERT ON results
BEGIN SELECT missing_function(); END
"""
REFUSE_POSTGRESQL = """
CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'no writing' USING ERRCODE = '{}'; END $$
"""
