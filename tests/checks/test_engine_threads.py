"""Blocking work of the engine, and how work ends."""

import asyncio
import errno
import threading
import time

import pytest
from checks.conftest import wait_until
from checks.scripts import scripted
from checks.servers import silent

from kener.checks import Engine, ProbeJob
from kener.checks.http import HttpCheck
from kener.checks.tcp import TcpCheck
from kener.core.outcome import Reason
from kener.core.status import Status


def test_stopping_returns_what_was_not_probed(config):
    engine, outcomes = Engine(config), []
    engine.start()

    async def fine(context):
        await asyncio.sleep(0.1)
        return {}

    async def forever(context):
        await asyncio.Event().wait()

    engine.submit(scripted(fine, tag="fine"), lambda job, outcome: outcomes.append(job.tag))
    engine.submit(scripted(forever, 60, tag="slow"), lambda job, outcome: outcomes.append(job.tag))
    assert engine.in_flight == 2
    left = engine.stop(grace=0.5)

    assert outcomes == ["fine"]
    assert [job.tag for job in left] == ["slow"]
    assert engine.stop() == []
    with pytest.raises(RuntimeError):
        engine.submit(scripted(fine), lambda job, outcome: None)


def test_stopping_in_the_middle_of_real_probes_leaves_no_thread_behind(config):
    before = set(threading.enumerate())
    engine = Engine(config)
    engine.start()
    with silent() as port:
        http = HttpCheck.parse({"url": f"http://127.0.0.1:{port}/"})
        tcp = TcpCheck.parse({"host": "127.0.0.1", "port": port, "expect": "x"})
        for each in (http, tcp):
            engine.submit(ProbeJob(each, 30.0), lambda job, outcome: None)
        left = engine.stop(grace=0.2)

    assert len(left) == 2
    wait_until(lambda: "kener-engine" not in {t.name for t in set(threading.enumerate()) - before})


def test_blocking_work_has_a_deadline_and_its_thread_is_written_off(probe):
    release = threading.Event()

    async def blocks(context):
        return await context.blocking(lambda: release.wait(20))

    async def counts(context):
        return {"lost": context.services.blocking.lost}

    outcome = probe.all([scripted(blocks, 0.2)])[0]
    lost = probe.all([scripted(counts)])[0].facts["lost"]
    release.set()

    assert outcome.reason is Reason.TIMEOUT
    assert lost == 1
    wait_until(lambda: probe.all([scripted(counts)])[0].facts["lost"] == 0)


def test_a_probe_that_never_got_a_thread_is_unknown_not_down(config, with_engine):
    release = threading.Event()
    probe = with_engine(config)

    async def blocks(context):
        return await context.blocking(lambda: release.wait(20))

    outcomes = probe.all([scripted(blocks, 0.6) for _ in range(16)] + [scripted(blocks, 0.3)])
    release.set()

    assert {each.reason for each in outcomes[:16]} == {Reason.TIMEOUT}
    assert (outcomes[16].status, outcomes[16].reason) == (Status.UNKNOWN, Reason.INTERNAL_ERROR)
    assert outcomes[16].detail == "no thread of this machine was free for it within 0.3 s"


def test_blocking_work_gives_its_result_or_its_error(probe):
    async def works(context):
        return {"sum": await context.blocking(lambda: 1 + 1)}

    def refuse():
        raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")

    async def fails(context):
        return await context.blocking(refuse)

    assert probe.all([scripted(works)])[0].facts == {"sum": 2}
    assert probe.all([scripted(fails)])[0].reason is Reason.REFUSED


def test_more_blocking_work_than_threads_waits_its_turn(probe):
    async def works(context):
        return {"n": await context.blocking(lambda: time.sleep(0.01) or 1)}

    outcomes = probe.all([scripted(works) for _ in range(60)])

    assert {outcome.status for outcome in outcomes} == {Status.UP}
