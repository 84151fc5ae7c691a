"""The cable is pulled under fifty monitors: real servers, a real shift, and who is told what."""

import socket
import threading
from concurrent.futures import Future
from contextlib import ExitStack

import pytest
from factories import a_monitor, the_location
from servers import a_free_port, wait_until
from sqlalchemy import func, select, update

from kener.checks import Engine, EngineConfig
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Event, Observation, Result, Schedule
from kener.worker import offline
from kener.worker.offline import Canaries
from kener.worker.shift import Post, Shift

pytestmark = [
    pytest.mark.usefixtures("sealing"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
COUNT = 50


@pytest.fixture(autouse=True)
def _often(monkeypatch):
    """Canaries may be asked more often than in life: the tests wait for them."""
    monkeypatch.setattr(offline, "EVERY_S", 0.2)


class World:
    """Fifty hosts of loopback and a canary, to be cut off and brought back."""

    def __init__(self):
        self.port, self.canary_port = a_free_port(), a_free_port()
        self.hosts = ExitStack()
        self.canary = ExitStack()

    def connect(self):
        for number in range(1, COUNT + 1):
            address = (f"127.0.7.{number}", self.port)
            self.hosts.enter_context(socket.create_server(address, backlog=50))
        self.canary.enter_context(socket.create_server(("127.0.0.1", self.canary_port)))

    def lose_hosts(self):
        self.hosts.close()

    def cut(self):
        self.canary.close()
        self.lose_hosts()


@pytest.fixture
def world():
    world = World()
    world.connect()
    yield world
    world.cut()


@pytest.fixture
def start(database, world):
    """A shift on duty until the end of the test; `chosen`: the operator named the canary."""
    started = []

    def start(*, chosen=False):
        with database.read() as session:
            here = the_location(session).id
        canaries = Canaries((("127.0.0.1", world.canary_port),), chosen=chosen)
        post = Post(here, 100, now, lambda: True, canaries)
        shift = Shift(database, Engine(EngineConfig(clock=now)), post)
        shift.start()
        holder = threading.Thread(target=shift.hold, args=(60,))
        holder.start()
        started.append((shift, holder))
        return shift

    yield start
    for shift, holder in started:
        shift.close()
        holder.join()


@pytest.fixture
def monitors(database, world):
    def make(number):
        settings = {"host": f"127.0.7.{number}", "port": world.port}
        return a_monitor(session, due_at=now(), settings=settings, retry_interval=1, interval=300)

    with database.write() as session:
        return [make(number) for number in range(1, COUNT + 1)]


def results(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Result))


def downs(database):
    with database.read() as session:
        return session.scalar(select(func.count()).where(Event.name == "monitor.down"))


def seen(database):
    """How many monitors were last observed so, by status and reason."""
    with database.read() as session:
        rows = session.execute(
            select(Observation.observed, Observation.reason, func.count()).group_by(
                Observation.observed, Observation.reason
            )
        )
        return {(status, reason): count for status, reason, count in rows}


def check_again(database):
    with database.write() as session:
        session.execute(update(Schedule).values(due_at=now()))


def wait_for(database, *expected):
    wait_until(lambda: seen(database) == {expected: COUNT}, seconds=15)


def test_the_cable_is_pulled_and_put_back(database, world, start, monitors, caplog):
    start()
    wait_for(database, Status.UP, None)
    world.cut()
    for _ in range(2):
        before = results(database)
        check_again(database)
        wait_until(lambda before=before: results(database) >= before + COUNT)
    wait_for(database, Status.UNKNOWN, Reason.OFFLINE)
    assert downs(database) == 0
    assert caplog.text.count("seems to be offline") == 1

    world.connect()
    wait_until(lambda: "online again" in caplog.text)
    check_again(database)
    wait_for(database, Status.UP, None)
    assert downs(database) == 0


def test_a_real_outage_of_all_is_told_of_all(database, world, start, monitors, caplog):
    start()
    wait_for(database, Status.UP, None)
    world.lose_hosts()
    check_again(database)

    wait_until(lambda: downs(database) == COUNT, seconds=15)
    assert "offline" not in caplog.text


def test_where_built_in_canaries_never_answered_an_outage_is_an_outage(
    database, world, start, monitors
):
    world.canary.close()
    start()
    wait_for(database, Status.UP, None)
    world.cut()
    check_again(database)

    wait_until(lambda: downs(database) == COUNT, seconds=15)


def test_nothing_held_is_lost_when_the_shift_ends(database, world, start, monitors):
    shift = start(chosen=True)
    wait_for(database, Status.UP, None)
    before = results(database)
    wait_until(lambda: shift._guard._question is None)
    shift._guard._ask = lambda *_: Future()  # nobody says whether we are online
    world.cut()
    check_again(database)
    wait_until(lambda: len(shift._guard._held) == COUNT)
    shift.close()

    assert results(database) == before + COUNT
    assert seen(database) == {(Status.UNKNOWN, Reason.OFFLINE): COUNT}
