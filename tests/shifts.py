"""A shift on loopback: its start, its targets, and what it stored."""

import socket
import threading
from contextlib import contextmanager

import pytest
from factories import a_monitor, the_location
from sqlalchemy import func, select

from kener.checks import Engine, EngineConfig
from kener.store.clock import now
from kener.store.tables import Observation, Result
from kener.worker.shift import Post, Shift


class Redis:
    """Whether Redis answers, as the test wishes."""

    there = True

    def __call__(self):
        return self.there


@pytest.fixture
def redis_there():
    return Redis()


@pytest.fixture
def start(database, redis_there):
    started = []

    def start(slots=100, **engine):
        with database.read() as session:
            here = the_location(session).id
        engine = Engine(EngineConfig(clock=now, **engine))
        shift = Shift(database, engine, Post(here, slots, now, redis_there))
        shift.start()
        started.append(shift)
        return shift

    yield start
    for shift in started:
        shift.close()


@pytest.fixture
def holding(start):
    """A shift whose lease lasts until the end of the test."""
    shift = start()
    holder = threading.Thread(target=shift.hold, args=(60,))
    holder.start()
    yield shift
    shift.leave()
    holder.join()


@pytest.fixture
def open_port():
    with socket.create_server(("127.0.0.1", 0), backlog=500) as server:
        yield server.getsockname()[1]


@contextmanager
def a_silent_server():
    """Takes connections, and never says the greeting it is waited for."""
    with socket.create_server(("127.0.0.1", 0), backlog=500) as server:
        yield server.getsockname()[1]


def make(database, port=9, **given):
    settings = {"host": "127.0.0.1", "port": port} | given.pop("settings", {})
    due_at = given.pop("due_at", now())
    with database.write() as session:
        return a_monitor(session, due_at=due_at, settings=settings, **given)


def results(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Result))


def the_observation(database, monitor):
    with database.read() as session:
        return session.get(Observation, (monitor.id, the_location(session).id))


def a_closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
