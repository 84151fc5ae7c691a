"""What is held back, for how long, and what is said of it in the end."""

from concurrent.futures import Future

from canaries import DOWN, MANY, REFUSED, UP, Tag, Watch, canary, engine, notices, outcomes, watch

from kener.checks import ProbeJob
from kener.checks.heartbeat import HeartbeatCheck
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.worker.offline import EVERY_S, HELD_S, Canaries

__all__ = ["canary", "engine", "watch"]
WRONG = Outcome(Status.DOWN, Reason.MISMATCH, "answered 500")


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
