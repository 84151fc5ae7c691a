"""Sessions: they commit at the end, roll back on an error, and writers queue up."""

from threading import Barrier, Thread

import pytest
from factories import a_monitor
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from kener.store.engine import begin_write
from kener.store.tables import Location, Monitor


def locations(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Location))


def test_a_write_is_committed_at_its_end(database):
    with database.write() as session:
        session.add(Location(name="paris"))

    assert locations(database) == 2


def test_an_error_rolls_the_whole_write_back(database):
    def write_half():
        with database.write() as session:
            session.add(Location(name="paris"))
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        write_half()

    assert locations(database) == 1


def test_a_read_commits_nothing(database):
    with database.read() as session:
        session.add(Location(name="paris"))
        session.flush()

    assert locations(database) == 1


def test_foreign_keys_hold(database):
    with database.write() as session:
        monitor = a_monitor(session)
    with database.write() as session:
        session.delete(session.get(Monitor, monitor.id))

    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(
            text("INSERT INTO spans (monitor_id, status, detail, from_at) VALUES (99, 1, '', 0)")
        )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_keeps_its_manners(database):
    with database.read() as session:
        pragmas = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 10000,
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_writers_that_read_first_all_get_through(database):
    """A reader that turns writer is thrown out by SQLite at once; ours begin as writers."""
    together = Barrier(4)

    def raise_position():
        together.wait()
        for _ in range(25):
            with database.write() as session:
                session.get(Monitor, 1).position += 1

    with database.write() as session:
        a_monitor(session)
    threads = [Thread(target=raise_position) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as session:
        assert session.get(Monitor, 1).position == 100


def test_a_session_can_begin_as_writer_later(database):
    with database.read() as session:
        begin_write(session).add(Location(name="paris"))
        session.commit()

    assert locations(database) == 2


def test_what_the_database_refuses_does_not_come_back_in_the_error(database):
    def twice():
        with database.write() as session:
            a_monitor(session, public_id="same", slug="one")
            a_monitor(session, public_id="same", slug="swordfish", settings={"body": "swordfish"})

    with pytest.raises(IntegrityError) as refused:
        twice()

    assert "INSERT INTO monitors" in str(refused.value)
    assert "swordfish" not in str(refused.value).replace(str(refused.value.orig), "")


def test_json_comes_back_as_it_was_stored(database):
    settings = {"n": 1.5, "big": 2**80, "text": "ü\U0001f600", "list": [True, None, {}], "e": ""}
    with database.write() as session:
        a_monitor(session, settings=settings)

    with database.read() as session:
        assert session.scalar(select(Monitor.settings)) == settings


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_half_of_a_surrogate_pair_in_json_does_no_harm(database):
    with database.write() as session:
        a_monitor(session, settings={"body": "\ud800"})

    with database.read() as session:
        assert session.scalar(select(Monitor.settings)) == {"body": "\ud800"}
