"""A checks worker in which too many threads hang makes room for a new one. Real processes."""

import socket
import textwrap
import time
from itertools import pairwise

import pytest
from factories import a_monitor
from programs import RedisProgram, programs
from servers import a_short_folder, wait_until
from sqlalchemy import func, select

from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Result

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

HANGING = """
import dataclasses, os, threading, time
from pathlib import Path
from typing import ClassVar
from kener.checks import Check, check_types
from kener.worker import checks as it
class Hang(Check):
    kind: ClassVar[str] = "hang"
    label: ClassVar[str] = "Hang"
    def target(self):
        return ""
    async def probe(self, context):
        return await context.blocking(threading.Event().wait)
check_types()["hang"] = Hang
small = it.engine_config
it.engine_config = lambda *given: dataclasses.replace(small(*given), lost_threads=4)
"""
ALONE = HANGING + "import sys; sys.exit(it.run(config))"
SUPERVISED = HANGING + textwrap.dedent("""
    from kener.supervisor.children import Child
    from kener.supervisor.family import Family
    from kener.supervisor.succession import Succession
    succession = Succession()
    def checks():
        with open("{folder}/started", "a") as file:
            file.write(f"{{os.getpid()}}\\n")
        return it.run(config, succession.ask)
    Family([Child("checks", checks)], succession=succession).live(lambda: False, lambda: None)
""")


@pytest.fixture
def folder():
    with a_short_folder("kener-test-") as folder:
        yield folder


@pytest.fixture
def start(folder, database_url):
    """Without Redis, so a worker is on duty at once."""
    server = RedisProgram(folder)
    with programs(folder, database_url, REDIS_URL=server.url) as start:
        yield start


@pytest.fixture
def well(database):
    with socket.create_server(("127.0.0.1", 0), backlog=100) as target:
        settings = {"host": "127.0.0.1", "port": target.getsockname()[1]}
        with database.write() as session:
            monitor = a_monitor(session, due_at=now(), settings=settings, interval=1)
        yield monitor


def make_hang(database, count):
    with database.write() as session:
        for _ in range(count):
            a_monitor(session, due_at=now(), kind="hang", settings={}, timeout=1.0, interval=3600)


def results(database, *of):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Result).where(*of))


def test_alone_it_drains_stores_and_ends_with_a_code(database, well, start):
    checks = start(ALONE)
    make_hang(database, 4)

    assert checks.process.wait(15) == 75
    assert results(database, Result.status == Status.DOWN) == 4  # each its own timeout
    assert "makes room" in checks.log
    assert "Traceback" not in checks.log


def test_a_few_that_hang_change_nothing(database, well, start):
    checks = start(ALONE)
    make_hang(database, 2)
    wait_until(lambda: results(database, Result.status == Status.DOWN) == 2)
    seen = results(database)
    wait_until(lambda: results(database) > seen + 1)

    assert checks.stop() == 0
    assert "makes room" not in checks.log


def test_under_the_supervisor_the_next_one_takes_over_and_nothing_is_missed(
    database, well, start, folder
):
    family = start(SUPERVISED.format(folder=folder))
    make_hang(database, 4)
    started = folder / "started"
    wait_until(lambda: started.exists() and len(started.read_text().split()) == 2, 15)
    wait_until(lambda: results(database, Result.status == Status.DOWN) == 4)
    begun = time.monotonic()
    seen = results(database, Result.status == Status.UP)
    wait_until(lambda: results(database, Result.status == Status.UP) >= seen + 3)

    assert time.monotonic() - begun < 10
    assert family.stop() == 0
    assert len(started.read_text().split()) == 2
    with database.read() as session:
        slots = list(
            session.scalars(
                select(Result.due_at).where(Result.monitor_id == well.id).order_by(Result.due_at)
            )
        )
    assert max(b - a for a, b in pairwise(slots)) < 5000


def test_a_worn_one_can_be_stopped_before_it_is_drained(database, start):
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        settings = {"host": "127.0.0.1", "port": silent.getsockname()[1], "expect": "hello"}
        with database.write() as session:
            a_monitor(session, due_at=now(), settings=settings, timeout=30.0, interval=60)
        checks = start(ALONE)
        make_hang(database, 4)
        wait_until(lambda: "makes room" in checks.log, 15)
        begun = time.monotonic()

        assert checks.stop() == 75
        assert time.monotonic() - begun < 4
