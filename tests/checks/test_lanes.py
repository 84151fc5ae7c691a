"""So many probes of one server at once: the others wait, and nobody else for them."""

import asyncio
import dataclasses
import threading
import time
from typing import ClassVar

import pytest
from checks.conftest import wait_until

from kener.checks import Check, Engine, ProbeJob, _engine
from kener.core.outcome import Reason
from kener.core.status import Status


class Calling(Check):
    """Calls a server of a test's wish; tells when it runs, and waits for leave to end."""

    kind: ClassVar[str] = "calling"
    label: ClassVar[str] = "Calling"
    host: str
    port: int = 80

    def target(self) -> str:
        return self.host

    def server(self):
        return (self.host, self.port) if self.host else None

    async def probe(self, context):
        meeting = context.extra["meeting"]
        meeting.running.append(self.host)
        meeting.remaining.append(context.remaining())
        meeting.most = max(meeting.most, len(meeting.running))
        while not meeting.over.is_set():  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.005)
        meeting.running.remove(self.host)
        return {}


class Meeting:
    """Where probes wait for the test to let them go."""

    def __init__(self):
        self.running, self.most, self.over = [], 0, threading.Event()
        self.outcomes, self.remaining = {}, []

    def jobs(self, host, count, timeout_s=5.0, **given):
        check = Calling(host=host, **given)
        return [ProbeJob(check, timeout_s, {"meeting": self}, tag=n) for n in range(count)]

    def submit(self, engine, jobs):
        for each in jobs:
            engine.submit(each, lambda job, outcome: self.outcomes.__setitem__(id(job), outcome))


@pytest.fixture
def meeting():
    meeting = Meeting()
    yield meeting
    meeting.over.set()


@pytest.fixture
def engine(config):
    engine = Engine(dataclasses.replace(config, probes_per_host=3))
    engine.start()
    yield engine
    engine.stop(0)


def test_no_more_than_so_many_of_a_server_run_and_those_that_wait_hold_no_slot(engine, meeting):
    meeting.submit(engine, meeting.jobs("one.test", 10))
    wait_until(lambda: len(meeting.running) == 3)
    wait_until(lambda: (engine.in_flight, engine.waiting) == (3, 7))

    meeting.submit(engine, meeting.jobs("two.test", 2) + meeting.jobs("one.test", 1, port=81))
    wait_until(lambda: len(meeting.running) == 6)
    meeting.over.set()
    wait_until(lambda: len(meeting.outcomes) == 13)

    assert {each.status for each in meeting.outcomes.values()} == {Status.UP}
    assert meeting.most == 6
    wait_until(lambda: (engine.in_flight, engine.waiting) == (0, 0))


def test_who_calls_nobody_never_waits(engine, meeting):
    meeting.submit(engine, meeting.jobs("", 20))

    wait_until(lambda: len(meeting.running) == 20)


def test_time_begins_when_a_probe_runs(engine, meeting):
    first, [last] = meeting.jobs("one.test", 3, timeout_s=0.4), meeting.jobs("one.test", 1, 5.0)
    begun = time.monotonic()
    meeting.submit(engine, [*first, last])
    wait_until(lambda: len(meeting.outcomes) == 3)
    meeting.over.set()
    wait_until(lambda: len(meeting.outcomes) == 4)
    waited_ms = 400
    in_all_ms = (time.monotonic() - begun) * 1000

    assert all(meeting.outcomes[id(each)].reason is Reason.TIMEOUT for each in first)
    assert meeting.outcomes[id(last)].status is Status.UP
    assert meeting.outcomes[id(last)].latency_ms <= in_all_ms - waited_ms + 1
    assert meeting.remaining[-1] > 4.9


def test_too_many_that_wait_are_unknown_and_say_why(engine, meeting, monkeypatch):
    engine._lanes._most = 5
    meeting.submit(engine, meeting.jobs("one.test", 10))
    wait_until(lambda: len(meeting.outcomes) == 2)
    seen = list(meeting.outcomes.values())

    assert {(each.status, each.reason) for each in seen} == {
        (Status.UNKNOWN, Reason.INTERNAL_ERROR)
    }
    assert seen[0].detail == (
        "too many checks wait for one.test port 80, of which 3 run at once (KENER_PROBES_PER_HOST)"
    )
    assert (engine.in_flight, engine.waiting) == (3, 5)


def test_who_waited_for_too_long_is_not_probed_any_more(engine, meeting, monkeypatch):
    monkeypatch.setattr(_engine, "LONGEST_WAIT_S", 0.0)
    meeting.submit(engine, meeting.jobs("one.test", 8))
    wait_until(lambda: len(meeting.running) == 3)
    meeting.over.set()
    wait_until(lambda: len(meeting.outcomes) == 8)

    statuses = sorted(each.status for each in meeting.outcomes.values())
    assert statuses == [Status.UNKNOWN] * 5 + [Status.UP] * 3


def test_those_that_wait_are_given_back_when_the_engine_stops(engine, meeting):
    meeting.submit(engine, meeting.jobs("one.test", 6))
    wait_until(lambda: len(meeting.running) == 3)
    left = engine.stop(grace=0.05)

    assert sorted(job.tag for job in left) == [0, 1, 2, 3, 4, 5]
    assert meeting.outcomes == {}
