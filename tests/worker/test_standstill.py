"""A shift after a standstill: at its start, and when the machine slept."""

import socket
from contextlib import contextmanager
from threading import Thread

import pytest
from factories import a_monitor, the_location
from servers import wait_until
from sqlalchemy import func, select, text

from kener.actions.claims import claim
from kener.checks import Engine, EngineConfig
from kener.core.instant import HOUR, MINUTE, SECOND
from kener.store.clock import now
from kener.store.tables import Result, Schedule
from kener.worker import shift as shift_module
from kener.worker.shift import Post, Shift

pytestmark = pytest.mark.usefixtures("sealing")

MANY = 120


class Clock:
    """The present, and what a test adds to it."""

    ahead = 0

    def __call__(self):
        return now() + self.ahead


@pytest.fixture
def clock():
    return Clock()


@contextmanager
def a_shift(database, clock):
    with database.read() as session:
        here = the_location(session).id
    shift = Shift(database, Engine(EngineConfig(clock=clock)), Post(here, 500, clock, lambda: True))
    shift.start()
    holder = Thread(target=shift.hold, args=(60,))
    holder.start()
    yield shift
    shift.close()
    holder.join()


@pytest.fixture
def open_port():
    with socket.create_server(("127.0.0.1", 0), backlog=500) as server:
        yield server.getsockname()[1]


def make(database, count, due_at, port):
    with database.write() as session:
        for number in range(count):
            at = due_at + number * 60 * SECOND // count
            a_monitor(session, due_at=at, settings={"host": "127.0.0.1", "port": port})


def overdue(database, at):
    with database.read() as session:
        late = select(func.count()).where(Schedule.due_at < at - 10 * SECOND)
        return session.scalar(late)


def probed(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Result))


def test_a_first_shift_spreads_what_is_overdue(database, clock, open_port):
    make(database, MANY, now() - HOUR, open_port)
    with a_shift(database, clock):
        wait_until(lambda: not overdue(database, clock()))
        wait_until(lambda: probed(database))

    assert probed(database) < MANY / 2


def test_a_machine_that_slept_has_no_burst(database, clock, open_port):
    make(database, MANY, now() + HOUR, open_port)
    make(database, 1, now(), open_port)
    with a_shift(database, clock):
        wait_until(lambda: probed(database) == 1)
        clock.ahead = 2 * HOUR
        wait_until(lambda: not overdue(database, clock()))

    assert probed(database) < MANY / 2


def test_a_few_that_are_overdue_are_looked_at_at_once(database, clock, open_port):
    make(database, 20, now() - HOUR, open_port)
    with a_shift(database, clock):
        wait_until(lambda: probed(database) == 20, seconds=3)


def test_what_a_killed_worker_had_claimed_is_done_again_long_before_its_next_slot(
    database, clock, open_port
):
    with database.write() as session:
        here = the_location(session).id
        settings = {"host": "127.0.0.1", "port": open_port}
        monitor = a_monitor(session, due_at=now(), settings=settings, interval=86_400)
        assert claim(session, here, now(), 10)
    clock.ahead = 2 * MINUTE
    with a_shift(database, clock):
        wait_until(lambda: probed(database) == 1, seconds=3)

    with database.read() as session:
        due_at = session.scalar(select(Schedule.due_at).filter_by(monitor_id=monitor.id))
    assert due_at > clock() + 23 * HOUR


def test_a_young_worker_claims_nothing_ahead(database, clock, open_port):
    due_at = now() + 700
    claimed_early = set()

    def is_probed():
        with database.read() as session:
            claimed = session.scalar(select(Schedule.slot_at)) is not None
        if now() < due_at:
            claimed_early.add(claimed)
        return probed(database) == 1

    with a_shift(database, clock):
        with database.write() as session:
            settings = {"host": "127.0.0.1", "port": open_port}
            a_monitor(session, due_at=due_at, settings=settings)
        wait_until(is_probed)

    assert claimed_early == {False}


def test_a_slot_whose_probe_waited_for_the_database_is_dated_to_its_probe(
    database, clock, open_port, monkeypatch
):
    monkeypatch.setattr(shift_module, "YOUNG", 0)
    settings = {"host": "127.0.0.1", "port": open_port}
    with a_shift(database, clock) as shift:
        with database.write() as session:
            a_monitor(session, due_at=now() + 500, settings=settings, interval=86_400)
        wait_until(lambda: len(shift._ahead))
        with database.write() as session:
            session.execute(text("ALTER TABLE monitors RENAME COLUMN settings TO away"))
        wait_until(lambda: shift._in_trouble)
        clock.ahead = HOUR
        with database.write() as session:
            session.execute(text("ALTER TABLE monitors RENAME COLUMN away TO settings"))
        wait_until(lambda: probed(database) == 1)

    with database.read() as session:
        assert session.scalar(select(Result.due_at)) > now() + HOUR - MINUTE
