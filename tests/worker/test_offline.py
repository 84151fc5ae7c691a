"""Whether a failure is believed: asked of real canaries, by a real engine, on a clock of ours."""

import logging
import socket
import time
from concurrent.futures import Future
from typing import NamedTuple

import pytest
from checks.servers import DnsServer
from servers import a_free_port, wait_until

from kener.checks import Engine, EngineConfig, ProbeJob
from kener.checks.heartbeat import HeartbeatCheck
from kener.checks.tcp import TcpCheck
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.worker.offline import (
    CALM_S,
    DEFAULT,
    EVERY_S,
    GOES_ON_S,
    HELD_S,
    TRUSTED_S,
    Canaries,
    OfflineGuard,
    canaries_of,
)

UP = Outcome(Status.UP, latency_ms=1.0)
DOWN = Outcome(Status.DOWN, Reason.TIMEOUT, "no answer within 10 s", latency_ms=10_000.0)
REFUSED = Outcome(Status.DOWN, Reason.REFUSED, "refused the connection", latency_ms=1.0)
WRONG = Outcome(Status.DOWN, Reason.MISMATCH, "answered 500")
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


@pytest.fixture
def built_in(engine, canary):
    """With a canary that is only our guess."""
    return Watch(engine, Canaries((canary.address,)))


def outcomes(told):
    return [outcome for _, outcome in told]


def notices(caplog):
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]


def test_what_answers_passes_at_once(watch):
    watch.start()
    watch.see(UP)

    assert outcomes(watch.told()) == [UP] * 50


def test_without_canaries_every_failure_is_a_failure_at_once(engine):
    watch = Watch(engine, Canaries())
    watch.see(DOWN)

    assert outcomes(watch.told()) == [DOWN] * 50
    assert watch.asked == []


@pytest.mark.parametrize("which", ["watch", "built_in"])
def test_the_cable_is_pulled_and_nothing_is_down(request, which, canary, caplog):
    watch = request.getfixturevalue(which)
    watch.start()
    watch.see(UP)
    watch.told()
    canary.close()
    watch.now += 12
    watch.see(DOWN)
    assert watch.told() == []  # held until somebody was asked

    seen = outcomes(watch.after_asking())
    assert {(each.status, each.reason) for each in seen} == {(Status.UNKNOWN, Reason.OFFLINE)}
    assert len(seen) == 50
    silent = f"none of 127.0.0.1 port {canary.port} answered"
    assert seen[0].detail == f"this machine seems to be offline: {silent}"

    for _ in range(3):  # and so it goes on
        watch.now += 10
        watch.see(DOWN)
        assert {each.reason for each in outcomes(watch.told())} == {Reason.OFFLINE}
        watch.after_asking()
    assert len(notices(caplog)) == 1
    assert "seems to be offline" in notices(caplog)[0]


def test_a_month_without_answers_is_borne(watch, canary):
    watch.start()
    canary.close()
    watch.guard._misses = 1_000_000
    watch.see(DOWN)
    watch.told()

    assert {each.reason for each in outcomes(watch.after_asking())} == {Reason.OFFLINE}


def test_when_canaries_answer_the_failures_are_told_as_they_are(watch, caplog):
    watch.start()
    watch.see(DOWN)
    assert watch.told() == []
    told = watch.after_asking()

    assert outcomes(told) == [DOWN] * 50
    assert [job.tag.monitor_id for job, _ in told] == list(MANY)
    assert notices(caplog) == []


def test_built_in_canaries_that_never_answered_hide_no_outage(built_in, canary, caplog):
    """A machine that may not call them: it has no internet, and is not offline."""
    canary.close()
    built_in.start()
    built_in.see(DOWN)

    assert outcomes(built_in.told()) == [DOWN] * 50
    assert notices(caplog) == []


def test_built_in_canaries_are_asked_rarely_while_all_is_well(built_in):
    built_in.start()
    for _ in range(60):
        built_in.now += 60
        built_in.see(UP, range(5))
        built_in.told()
        built_in.after_asking()

    assert len(built_in.asked) <= 1 + 3600 / CALM_S[0]


def test_built_in_canaries_that_no_longer_answer_lose_their_say(built_in, canary):
    built_in.start()
    canary.close()
    for _ in range(int(TRUSTED_S / 60) + 1):
        built_in.now += 60
        built_in.told()
        built_in.after_asking()
    built_in.see(DOWN)

    assert outcomes(built_in.told()) == [DOWN] * 50


def test_the_only_monitor_is_believed_at_once(built_in):
    built_in.start()
    built_in.see(DOWN, [1])

    assert outcomes(built_in.told()) == [DOWN]


@pytest.mark.parametrize("online", [True, False])
def test_canaries_of_ones_own_are_asked_even_for_the_only_monitor(watch, canary, online):
    watch.start()
    if not online:
        canary.close()
    watch.see(DOWN, [1])
    assert watch.told() == []

    [seen] = outcomes(watch.after_asking())
    assert seen.reason is (Reason.TIMEOUT if online else Reason.OFFLINE)


def test_others_are_not_held_up_and_each_monitor_keeps_its_order(watch):
    watch.start()
    watch.see(DOWN)
    watch.see(WRONG, [100])
    watch.see(UP, [7, 101], number=1)  # the first of these has a failure that is held
    told = watch.told()
    assert [job.tag for job, _ in told] == [Tag(100), Tag(101, 1)]

    told = watch.after_asking()
    assert len(told) == 51
    assert [outcome for job, outcome in told if job.tag.monitor_id == 7] == [DOWN, UP]


def test_an_answer_from_before_a_failure_does_not_clear_it(watch, canary):
    """The canaries answered, then the cable was pulled, then the failures came."""
    watch.start()
    watch.see(REFUSED)
    watch.told()
    assert len(watch.after_asking()) == 50
    canary.close()
    watch.now += 1
    watch.see(REFUSED)

    assert watch.told() == []
    watch.now += 1.6
    assert watch.told() == []
    assert {each.reason for each in outcomes(watch.after_asking())} == {Reason.OFFLINE}


def test_canaries_are_asked_every_few_seconds_at_most(watch):
    watch.start()
    for _ in range(100):
        watch.now += 0.1
        watch.see(DOWN)
        watch.told()
        watch.after_asking()

    assert len(watch.asked) <= 1 + 10 / EVERY_S


def test_nothing_is_held_for_more_than_five_seconds(engine):
    """Even when the question is never answered."""
    watch = Watch(engine, Canaries((("127.0.0.1", 9),), chosen=True))
    watch.guard._ask = lambda *_: Future()
    watch.told()
    watch.see(DOWN)
    assert watch.told() == []
    watch.now += HELD_S + 0.1

    watch.see(DOWN, range(50, 60))  # these wait for an answer to a question of their own
    assert outcomes(watch.told()) == [DOWN] * 50
    watch.now += HELD_S - 0.1
    assert watch.told() == []
    watch.now += 0.2
    assert outcomes(watch.told()) == [DOWN] * 10


def test_back_online_what_began_before_is_not_believed_and_what_began_after_is(
    watch, canary, caplog
):
    watch.start()
    canary.close()
    watch.see(DOWN)
    watch.told()
    watch.after_asking()
    canary.open()
    watch.now += 3
    watch.told()
    watch.after_asking()
    assert [each for each in notices(caplog) if "online again" in each]

    watch.now += 1
    watch.see(DOWN)  # took 10 s, so it began while we were offline
    assert {each.reason for each in outcomes(watch.told())} == {Reason.OFFLINE}
    watch.see(UP)
    assert outcomes(watch.told()) == [UP] * 50
    watch.now += 60
    watch.see(DOWN)
    watch.told()
    assert outcomes(watch.after_asking()) == [DOWN] * 50
    assert len(notices(caplog)) == 2


def test_dead_canaries_do_not_keep_us_offline_for_ever(watch, canary, caplog):
    watch.start()
    canary.close()
    watch.see(DOWN)
    watch.told()
    watch.after_asking()
    watch.now += 5
    watch.see(UP)
    watch.told()
    watch.now += GOES_ON_S + 1
    watch.see(UP, range(40))
    watch.told()
    watch.now += 1
    watch.see(REFUSED, range(40, 43))
    told = watch.told()

    assert outcomes(told) == [REFUSED] * 3
    assert len(notices(caplog)) == 2


def test_who_calls_nobody_is_neither_counted_nor_held(watch):
    watch.start()
    for number in MANY:
        watch.guard.take(ProbeJob(HeartbeatCheck(), 10.0, tag=Tag(number)), DOWN)

    assert outcomes(watch.told()) == [DOWN] * 50


def test_failures_without_any_way_out_are_counted_too(watch, canary, caplog):
    watch.start()
    canary.close()
    no_way = Outcome(Status.UNKNOWN, Reason.OFFLINE, "this machine has no network at the moment")
    watch.see(no_way)
    assert outcomes(watch.told()) == [no_way] * 50
    watch.see(DOWN, [60])
    watch.told()
    assert [each.reason for each in outcomes(watch.after_asking())] == [Reason.OFFLINE]
    assert len(notices(caplog)) == 1


def test_canaries_that_the_address_policy_refuses_hide_nothing(canary):
    engine = Engine(EngineConfig(clock=lambda: 0, private_networks=()))
    engine.start()
    watch = Watch(engine, Canaries((canary.address,), chosen=True))
    watch.start()
    watch.see(DOWN)
    watch.told()

    assert outcomes(watch.after_asking()) == [DOWN] * 50
    engine.stop(0)


def test_one_canary_that_answers_is_enough_and_nobody_waits_for_the_others(engine, canary):
    silent = [("127.0.0.1", a_free_port()) for _ in range(3)]
    begun = time.monotonic()

    assert engine.any_answers([*silent, canary.address], 5.0).result(5) is True
    assert engine.any_answers(silent, 5.0).result(5) is False
    assert time.monotonic() - begun < 2


def test_canaries_by_name_are_resolved_and_a_name_that_fails_is_no_answer(engine, canary):
    assert engine.any_answers([("localhost", canary.port)], 5.0).result(5) is True


def test_an_engine_that_stops_ends_its_questions():
    with DnsServer({}, deaf={"slow.test"}) as deaf:
        engine = Engine(EngineConfig(clock=lambda: 0, nameservers=(deaf.address,)))
        engine.start()
        question = engine.any_answers([("slow.test", 443)], 60.0)
        wait_until(lambda: deaf.asked)
        engine.stop(0)

    assert question.cancelled()


def test_at_the_end_nothing_is_lost_and_nothing_unconfirmed_is_believed(watch):
    watch.start()
    watch.see(DOWN)
    watch.told()
    watch.see(UP, [200])
    watch.see(DOWN, [201])
    last = watch.guard.close()

    assert len(last) == 52
    seen = {job.tag.monitor_id: outcome for job, outcome in last}
    assert seen[200] is UP
    assert {seen[each].reason for each in (*MANY, 201)} == {Reason.OFFLINE}
    assert watch.guard.close() == []


def test_the_built_in_ones_are_several_and_are_used_when_nothing_is_set():
    assert canaries_of(None) == Canaries(DEFAULT)
    assert canaries_of(()) == Canaries((), chosen=True)
    assert len(DEFAULT) >= 3
