"""Whether a failure is believed: asked of real canaries, by a real engine, on a clock of ours."""

import time

import pytest
from canaries import DOWN, MANY, REFUSED, UP, Watch, canary, engine, notices, outcomes, watch
from checks.servers import DnsServer
from servers import a_free_port, wait_until

from kener.checks import Engine, EngineConfig
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.worker.offline import CALM_S, DEFAULT, GOES_ON_S, TRUSTED_S, Canaries, canaries_of

__all__ = ["canary", "engine", "watch"]


@pytest.fixture
def built_in(engine, canary):
    """With a canary that is only our guess."""
    return Watch(engine, Canaries((canary.address,)))


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


def test_the_built_in_ones_are_several_and_are_used_when_nothing_is_set():
    assert canaries_of(None) == Canaries(DEFAULT)
    assert canaries_of(()) == Canaries((), chosen=True)
    assert len(DEFAULT) >= 3
