"""Whether anything was written since."""

import subprocess
import sys
from contextlib import closing

import pytest
from factories import a_member, a_monitor
from sqlalchemy import text

from kener.store.changes import Changes
from kener.store.engine import Database, begin_write

PROGRAM = """
import sys
from sqlalchemy import text
from kener.store.engine import Database
database = Database(sys.argv[1])
with database.write() as session:
    session.execute(text("UPDATE locations SET name = 'elsewhere'"))
database.engine.dispose()
"""


@pytest.fixture
def changes(database):
    with closing(Changes(database.engine)) as changes:
        yield changes


def test_without_a_write_the_version_stays(changes, database):
    before = changes.version()
    assert before is not None

    with database.read() as session:
        session.execute(text("SELECT * FROM monitors")).all()

    assert changes.version() == before


def test_a_write_of_the_same_process_is_seen_as_soon_as_it_is_committed(changes, database):
    before = changes.version()
    with database.write() as session:
        a_monitor(session)
        session.flush()
        assert changes.version() == before

    after = changes.version()

    assert after not in {before, None}
    assert changes.version() == after


def test_a_write_that_was_rolled_back_is_none(changes, database):
    before = changes.version()
    with database.read() as session:
        begin_write(session)
        a_monitor(session)  # and forgotten at the end

    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM monitors")).scalar() == 0
    if database.engine.dialect.name == "sqlite":
        assert changes.version() == before


def test_a_write_of_another_process_is_seen(changes, database_url):
    before = changes.version()

    subprocess.run([sys.executable, "-c", PROGRAM, database_url], check=True, timeout=60)

    assert changes.version() not in {before, None}


def test_each_of_many_writes_is_another_version(changes, database):
    seen = [changes.version()]
    for _ in range(20):
        with database.write() as session:
            session.execute(text("UPDATE locations SET name = name || '.'"))
        seen.append(changes.version())

    assert len(set(seen)) == 21


def test_of_two_writes_under_way_the_one_that_ends_last_is_seen_too(changes, database):
    if database.engine.dialect.name == "sqlite":
        return  # there is never more than one
    with database.write() as first:
        a_member(first)  # a row that leans on no other: else the second would have to wait
        with database.write() as second:
            second.execute(text("UPDATE locations SET name = 'elsewhere'"))
        between = changes.version()

    assert changes.version() not in {between, None}


def test_versions_of_two_connections_are_never_equal(changes, database):
    before = changes.version()
    with closing(Changes(database.engine)) as other:
        assert other.version() != before
    changes.close()

    assert changes.version() is not None


def test_a_database_that_went_away_is_taken_for_a_change(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'kener.sqlite'}")
    changes = Changes(database.engine)

    assert changes.version() is None

    (tmp_path / "nowhere").mkdir()
    with closing(changes):
        assert changes.version() is not None
    database.engine.dispose()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_was_cut_is_replaced(changes, database):
    before = changes.version()
    with database.write() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )

    assert changes.version() != before
    assert changes.version() is not None
