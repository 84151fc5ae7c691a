"""Migrations: from nothing, from what came before, never by two at once, never downwards."""

import shutil
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config as Alembic
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from factories import NOW, a_monitor, a_span
from sqlalchemy import inspect, select, text

from kener.config import Config
from kener.core.errors import Invalid, Refused
from kener.core.instant import DAY
from kener.core.status import Status
from kener.store.engine import Database
from kener.store.migrate import SCRIPTS, migrate, newest
from kener.store.tables import Base, Location, Monitor, Page, Publication, Span

NEXT = '''"""One more column, made in the way that loses rows when done wrong."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{previous}"


def upgrade() -> None:
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("monitors", recreate=anew) as batch:
        batch.add_column(sa.Column("extra", sa.Text(), nullable=False, server_default="new"))
'''


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty(request, tmp_path):
    """Settings whose database has no tables yet."""
    return a_config(
        tmp_path,
        database_url=""
        if request.param == "sqlite"
        else request.getfixturevalue("empty_postgresql"),
    )


@pytest.fixture
def later_scripts(tmp_path):
    """The migrations of a version to come: ours and one more."""
    shutil.copytree(SCRIPTS, tmp_path / "later")
    text = NEXT.format(previous=newest())
    (tmp_path / "later" / "versions" / "9999_next.py").write_text(text)
    return tmp_path / "later"


def a_config(tmp_path, **given):
    return Config(_env_file=None, data_dir=tmp_path / "data", **given)


@contextmanager
def opened(url):
    database = Database(url)
    yield database
    database.engine.dispose()


def differences(config):
    with opened(config.database) as database, database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Base.metadata)


def test_the_newest_revision_is_what_alembic_says():
    alembic = Alembic()
    alembic.set_main_option("script_location", str(SCRIPTS))

    assert ScriptDirectory.from_config(alembic).get_current_head() == newest()


def test_migrations_make_what_the_tables_say(empty):
    assert migrate(empty, NOW)
    assert differences(empty) == []


def test_a_difference_would_be_seen(empty):
    migrate(empty, NOW)
    with opened(empty.database) as database, database.write() as session:
        session.execute(text("ALTER TABLE pages ADD COLUMN extra INTEGER"))

    assert differences(empty) != []


def test_partial_indexes_and_rowless_tables_are_as_the_tables_say(tmp_path):
    """What Alembic's comparison leaves out on SQLite."""
    migrated, created = a_config(tmp_path / "a"), a_config(tmp_path / "b")
    migrate(migrated, NOW)
    (tmp_path / "b" / "data").mkdir(parents=True)
    with opened(created.database) as database:
        Base.metadata.create_all(database.engine)

    assert special_sql(migrated) == special_sql(created)
    assert len(special_sql(created)) > 5


def special_sql(config):
    with closing(sqlite3.connect(config.data_dir / "kener.sqlite")) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql NOT NULL")
        found = {(kind, name, " ".join(sql.split())) for kind, name, sql in rows}
    return {
        (name, sql if kind == "index" else "WITHOUT ROWID")
        for kind, name, sql in found
        if kind == "index" or "WITHOUT ROWID" in sql
    }


@pytest.mark.postgresql
def test_postgresql_gets_the_same_indexes(tmp_path, empty_postgresql, postgresql_tables):
    migrate(a_config(tmp_path, database_url=empty_postgresql), NOW)

    assert indexes_of(empty_postgresql) == indexes_of(postgresql_tables)


def indexes_of(url):
    with opened(url) as database, database.read() as session:
        rows = session.scalars(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"))
        return {row for row in rows if "alembic_version" not in row}


def test_the_first_rows_are_there(empty):
    migrate(empty, NOW)

    with opened(empty.database) as database, database.write() as session:
        assert session.scalars(select(Location.name)).all() == ["default"]
        assert session.scalars(select(Page.title)).all() == ["Status"]
        assert session.get(Publication, 1).dirty_seq == 1
        session.add(Location(name="paris"))
        session.flush()


def test_a_second_time_there_is_nothing_to_do(empty):
    assert migrate(empty, NOW)
    assert not migrate(empty, NOW)


def test_rows_and_their_children_survive_an_upgrade(empty, later_scripts):
    migrate(empty, NOW)
    with opened(empty.database) as database, database.write() as session:
        monitor = a_monitor(session)
        a_span(session, monitor, Status.UP, NOW)

    assert migrate(empty, NOW, later_scripts)

    with opened(empty.database) as database, database.read() as session:
        assert session.scalars(select(Span.monitor_id)).all() == [monitor.id]
        assert session.scalars(select(Monitor.slug)).all() == [monitor.slug]
        assert session.scalar(text("SELECT extra FROM monitors")) == "new"


def test_an_older_program_refuses_a_newer_schema_in_one_line(empty, later_scripts):
    migrate(empty, NOW, later_scripts)

    with pytest.raises(Refused) as error:
        migrate(empty, NOW)

    assert "schema (9999) is newer" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_migration_that_fails_leaves_everything_as_it_was(empty, later_scripts):
    migrate(empty, NOW)
    script = later_scripts / "versions" / "9999_next.py"
    script.write_text(script.read_text() + '    op.execute("SELECT * FROM nowhere")\n')

    with pytest.raises(Invalid, match="nowhere"):
        migrate(empty, NOW, later_scripts)

    assert differences(empty) == []
    assert not migrate(empty, NOW)


def test_a_migration_that_would_orphan_rows_is_undone(tmp_path, later_scripts):
    config = a_config(tmp_path)
    migrate(config, NOW)
    with opened(config.database) as database, database.write() as session:
        a_span(session, a_monitor(session), Status.UP, NOW)
    script = later_scripts / "versions" / "9999_next.py"
    script.write_text(script.read_text() + '    op.execute("DELETE FROM monitors")\n')

    with pytest.raises(Refused, match="undone"):
        migrate(config, NOW, later_scripts)

    with opened(config.database) as database, database.read() as session:
        assert len(session.scalars(select(Monitor)).all()) == 1


def test_processes_that_start_together_migrate_once(empty):
    with ThreadPoolExecutor(4) as pool:
        did = list(pool.map(lambda _: migrate(empty, NOW), range(4)))

    assert sorted(did) == [False, False, False, True]
    assert differences(empty) == []


def test_the_file_is_copied_before_a_migration(tmp_path, later_scripts):
    config = a_config(tmp_path)
    migrate(config, NOW)
    assert copies(config) == []
    with opened(config.database) as database, database.write() as session:
        a_monitor(session, name="Before")
        session.commit()

        migrate(config, NOW, later_scripts)

    [copy] = copies(config)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT name FROM monitors").fetchall() == [("Before",)]
    assert "extra" not in columns_of(copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def copies(config):
    return sorted((config.data_dir / "backups").iterdir())


def columns_of(path):
    with opened(f"sqlite:///{path}") as database:
        return {column["name"] for column in inspect(database.engine).get_columns("monitors")}


def test_three_copies_are_kept(tmp_path, later_scripts):
    config = a_config(tmp_path)
    migrate(config, NOW)
    for day in range(5):
        migrate(config, NOW + day * DAY, later_scripts)
        with opened(config.database) as database, database.write() as session:
            session.execute(text(f"UPDATE alembic_version SET version_num = '{newest()}'"))
            session.execute(text("ALTER TABLE monitors DROP COLUMN extra"))

    assert [path.name[:14] for path in copies(config)] == [
        "kener-20260312",
        "kener-20260313",
        "kener-20260314",
    ]


def test_the_database_file_is_its_owners_alone(tmp_path):
    config = a_config(tmp_path)
    migrate(config, NOW)

    assert stat.S_IMODE((tmp_path / "data" / "kener.sqlite").stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "data").write_text("not a folder")

    with pytest.raises(Invalid, match="KENER_DATA_DIR: cannot write"):
        migrate(a_config(tmp_path), NOW)


def test_a_server_that_is_away_is_one_clear_line_without_the_password(tmp_path):
    url = "postgresql://kener:hunter2@127.0.0.1:1/kener"

    with pytest.raises(Invalid) as error:
        migrate(a_config(tmp_path, database_url=url), NOW)

    assert "DATABASE_URL: postgresql+psycopg://kener:***@127.0.0.1:1/kener" in str(error.value)
    assert "hunter2" not in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_no_database_is_one_clear_line(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "kener.sqlite").write_text("This is a letter, and no database." * 99)

    with pytest.raises(Invalid, match="not a database"):
        migrate(a_config(tmp_path), NOW)
