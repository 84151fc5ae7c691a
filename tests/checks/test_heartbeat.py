"""The heartbeat check: the age and the word of the last report decide."""

import pytest

from kener.checks import LastPing
from kener.checks.heartbeat import HeartbeatCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

CHECK = HeartbeatCheck.parse({"period": 600, "grace": 60})


@pytest.fixture
def after(probe):
    """The outcome when the last report came so many seconds ago."""

    def after(seconds: float, **last):
        now = probe.engine.config.clock()
        ping = LastPing(now - int(seconds * 1000), **last)
        return probe(CHECK, extra={"last_ping": ping})

    return after


@pytest.mark.parametrize("last", [None, LastPing()])
def test_one_that_never_reported_is_unknown_and_waiting(probe, last):
    outcome = probe(CHECK, extra={"last_ping": last})

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.WAITING


@pytest.mark.parametrize("seconds", [0, 600, 660])
def test_a_report_within_period_and_grace_is_up(after, seconds):
    outcome = after(seconds)

    assert outcome.status is Status.UP
    assert outcome.latency_ms is None
    assert outcome.facts == {"last_heard_s": seconds}


def test_a_report_from_a_clock_ahead_of_ours_is_up(after):
    assert after(-30).status is Status.UP


def test_silence_beyond_the_grace_is_down(after):
    outcome = after(725)

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISSED
    assert outcome.detail == "last heard 12 minutes ago; a report is due every 10 minutes"


def test_a_reported_failure_is_down_with_its_message(after):
    outcome = after(70, failed=True, message="disk\nfull")

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.REPORTED
    assert outcome.detail == "reported a failure 1 minute ago: disk full"


def test_silence_after_a_failure_is_missed(after):
    assert after(9000, failed=True).reason is Reason.MISSED


def test_what_it_needs_is_declared():
    assert HeartbeatCheck.needs == {"last_ping"}
    assert CHECK.target() == "every 10 minutes, 1 minute grace"


@pytest.mark.parametrize(
    ("settings", "field"), [({"period": 1}, "period"), ({"grace": -1}, "grace")]
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        HeartbeatCheck.parse(settings)

    assert list(refused.value.problems) == [field]
