"""Fixtures for all tests: real databases, a real Redis, the app, and no network beyond loopback.

`database`, `config`, `app` and `client` run on SQLite and on PostgreSQL; for a quick run leave
the second out with `-m "not postgresql"`. A test for one of the two says
`@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
"""

import os
import shutil
from itertools import count

import guard
import psycopg
import pytest
import redis
import servers
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url

from kener.config import Config
from kener.store import secrets
from kener.store.engine import Database
from kener.store.tables import Base, Location, Page, Publication

SECRET_KEY = "a key for tests that is long enough to be one"

settings.register_profile("kener", deadline=None, max_examples=60, print_blob=True)
settings.register_profile(
    "long", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "kener"))

FORGIVEN = ("no datagram socket for ICMP here",)
"""Why a test may be skipped even where nothing may be missing: kernels differ in this setting, and
the same code is tested by way of raw sockets."""

_numbers = count(1)


def pytest_configure(config):
    config.addinivalue_line("markers", "postgresql: runs on a real PostgreSQL")
    for name in [*os.environ]:
        ours = name in {"DATABASE_URL", "REDIS_URL"} or name.startswith("KENER_")
        if ours and name != "KENER_CI":
            del os.environ[name]
    guard.install()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Where nothing may be missing (`.ci/run` sets KENER_CI), a skipped test is a failed one."""
    report = (yield).get_result()
    allowed = hasattr(report, "wasxfail") or any(each in str(report.longrepr) for each in FORGIVEN)
    if report.skipped and os.environ.get("KENER_CI") and not allowed:
        report.outcome = "failed"
        report.longrepr = f"skipped, where nothing may be: {report.longrepr}"


@pytest.fixture(autouse=True)
def _only_loopback():
    guard.escapes.clear()
    yield
    assert guard.escapes == [], "reached for the network beyond loopback"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A new database's file, copied for each test: making the tables takes longer."""
    path = tmp_path_factory.mktemp("template") / "kener.sqlite"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_server():
    with servers.a_postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_tables(postgresql_server):
    """The URL of a database with all tables; take `database_url`, which is empty for each."""
    url = _create_postgresql(postgresql_server, "kener")
    _make_tables(url)
    return url


@pytest.fixture
def empty_postgresql(postgresql_server):
    """The URL of a database without any tables."""
    name = f"empty_{next(_numbers)}"
    yield _create_postgresql(postgresql_server, name)
    _drop_postgresql(postgresql_server, name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request, tmp_path):
    """The URL of a fresh database with all tables and the first rows."""
    if request.param == "sqlite":
        path = tmp_path / "kener.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    url = request.getfixturevalue("postgresql_tables")
    _empty_postgresql(url)
    yield url


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session")
def redis_server():
    """A Redis server for all tests; take `redis_url`, which is empty for each."""
    with servers.a_redis() as url:
        yield url


@pytest.fixture
def redis_url(redis_server):
    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture
def sealing():
    """Secrets can be sealed, under the key that `config` has too."""
    secrets.configure(SECRET_KEY)


@pytest.fixture
def config(tmp_path, database_url, redis_url):
    """Settings for everything at once, in a folder of the test's own."""
    folder = tmp_path / "data"
    folder.mkdir()
    return Config(
        _env_file=None,
        data_dir=folder,
        database_url=database_url,
        redis_url=redis_url,
        secret_key=SECRET_KEY,
    )


@pytest.fixture
def app(config):
    from app import create_app  # noqa: PLC0415 - tests of the lower floors do without Flask
    from kener.web.database import db  # noqa: PLC0415

    app = create_app(config)
    app.testing = True
    yield app
    app.extensions["kener.limits"].close()
    app.extensions["kener.remembered"].close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def _push_request_context():
    """pytest-flask keeps one request context open around each test: its requests would then share
    one `g` and one database session, which no two requests do."""


def _make_tables(url):
    database = Database(url)
    Base.metadata.create_all(database.engine)
    _add_first_rows(database)
    database.engine.dispose()


def _add_first_rows(database):
    with database.write() as session:
        session.add(Location(name="default"))
        page = {"is_default": True, "everything": True, "created_at": 0, "updated_at": 0}
        session.add(Page(public_id="page000001", slug="status", title="Status", **page))
        session.add(Publication(page_id=1))


def _empty_postgresql(url):
    """As new, in a tenth of the time that making a database takes."""
    database = Database(url)
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with database.write() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    _add_first_rows(database)
    database.engine.dispose()


def _create_postgresql(server, name):
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def _drop_postgresql(server, name):
    statement = sql.SQL("DROP DATABASE {} WITH (FORCE)")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name)))
