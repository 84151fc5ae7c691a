"""Canaries that can be switched off, and a guard fed by hand."""

import logging
import socket
from typing import NamedTuple

import pytest
from servers import a_free_port, wait_until

from kener.checks import Engine, EngineConfig, ProbeJob
from kener.checks.tcp import TcpCheck
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.worker.offline import Canaries, OfflineGuard

UP = Outcome(Status.UP, latency_ms=1.0)
DOWN = Outcome(Status.DOWN, Reason.TIMEOUT, "no answer within 10 s", latency_ms=10_000.0)
REFUSED = Outcome(Status.DOWN, Reason.REFUSED, "refused the connection", latency_ms=1.0)
MANY = range(50)


class Tag(NamedTuple):
    monitor_id: int
    number: int = 0


class Canary:
    """A server on loopback that can be closed and opened again."""

    def __init__(self):
        self.port = a_free_port()
        self.server = None
        self.open()

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    def open(self):
        self.server = socket.create_server(self.address, backlog=100)

    def close(self):
        if self.server:
            self.server.close()
        self.server = None


class Watch:
    """A guard with its clock, fed by the test."""

    def __init__(self, engine, canaries):
        self.now = 1000.0
        self.asked = []
        self.engine = engine
        self.guard = OfflineGuard(canaries, self._ask, lambda: self.now)

    def _ask(self, servers, seconds):
        self.asked.append(self.now)
        return self.engine.any_answers(servers, seconds)

    def see(self, outcome, monitors=MANY, number=0):
        for each in monitors:
            check = TcpCheck(host=f"host-{each}.test", port=80)
            self.guard.take(ProbeJob(check, 10.0, tag=Tag(each, number)), outcome)

    def told(self):
        return self.guard.released()

    def after_asking(self):
        """What is released once the question that was asked is answered."""
        question = self.guard._question
        wait_until(lambda: question is None or question.done())
        return self.told()

    def start(self):
        """Ask the canaries for the first time, as a shift does before there are any outcomes."""
        assert self.told() == []
        assert self.after_asking() == []
        self.now += 10


@pytest.fixture(scope="module")
def engine():
    engine = Engine(EngineConfig(clock=lambda: 0))
    engine.start()
    yield engine
    engine.stop(0)


@pytest.fixture
def canary():
    canary = Canary()
    yield canary
    canary.close()


@pytest.fixture
def watch(engine, canary):
    """With a canary that the operator has chosen."""
    return Watch(engine, Canaries((canary.address,), chosen=True))


def outcomes(told):
    return [outcome for _, outcome in told]


def notices(caplog):
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
