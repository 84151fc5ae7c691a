"""The heartbeat check: the age and the word of the last report decide."""

import pytest

from kener.checks import LastPing
from kener.checks.heartbeat import HeartbeatCheck
from kener.core.errors import Invalid
from kener.core.instant import MINUTE, SECOND, iso, parse_iso
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
    assert outcome.facts["last_heard_s"] == seconds
    assert list(outcome.facts) == ["last_heard_s", "due_at"]


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
    assert HeartbeatCheck.secret_fields() == {"push_token"}
    assert HeartbeatCheck.reference_fields() == set()


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"period": 1}, "period"),
        ({"grace": -1}, "grace"),
        ({"schedule": "cron"}, "cron"),
        ({"schedule": "weekly"}, "schedule"),
        ({"cron": "61 * * * *"}, "cron"),
        ({"cron": "0 0 30 2 *"}, "cron"),
        ({"schedule": "cron", "cron": "* * * * * *"}, "cron"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"max_run_time": -1}, "max_run_time"),
        ({"push_token": "short"}, "push_token"),
        ({"push_token": "with a space in it"}, "push_token"),
        ({"push_token": "x" * 101}, "push_token"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        HeartbeatCheck.parse(settings)

    assert list(refused.value.problems) == [field]


AT = parse_iso("2026-03-10T12:00:00Z")
NIGHTLY = HeartbeatCheck.parse(
    {"schedule": "cron", "cron": "0 3 * * *", "time_zone": "Europe/Berlin", "grace": 600}
)
LIMITED = HeartbeatCheck.parse({"period": 3600, "grace": 300, "max_run_time": 1200})


@pytest.mark.parametrize("check", [CHECK, NIGHTLY, LIMITED])
def test_it_asks_to_be_looked_at_the_moment_a_report_is_overdue(check):
    last = LastPing(AT)
    turn = check.judge(last, AT).again_at

    assert check.judge(last, turn - 1).status is Status.UP
    assert check.judge(last, turn).status is Status.DOWN
    assert check.judge(last, turn).again_at is None


def test_a_cron_says_when_it_is_due_in_its_own_zone():
    last = LastPing(AT)
    due = parse_iso("2026-03-11T02:10:00Z")  # 03:00 in Berlin, and ten minutes of grace

    assert NIGHTLY.judge(last, AT).facts["due_at"] == iso(due)
    assert NIGHTLY.judge(last, AT).again_at == due + 1
    missed = NIGHTLY.judge(last, due + MINUTE)
    assert missed.reason is Reason.MISSED
    assert missed.detail == (
        "last heard 14 hours ago; a report was due at 2026-03-11 03:00 (Europe/Berlin)"
    )
    assert NIGHTLY.target() == "by 0 3 * * * in Europe/Berlin, 10 minutes grace"


def test_when_the_clocks_change_the_job_is_due_when_cron_starts_it():
    check = HeartbeatCheck.parse(
        {"schedule": "cron", "cron": "30 2 * * *", "time_zone": "Europe/Berlin", "grace": 0}
    )
    last = LastPing(parse_iso("2026-03-28T01:31:00Z"))

    # On 2026-03-29 there is no 02:30 there: cron starts it at 03:00, at 01:00 UTC.
    assert check.judge(last, last.pinged_at).facts["due_at"] == "2026-03-29T01:00:00Z"


def test_a_run_that_does_not_end_within_the_grace_is_down():
    last = LastPing(AT, started_at=AT + MINUTE, running_since=AT + MINUTE)
    lost = CHECK.judge(last, AT + MINUTE).again_at

    assert lost == AT + 2 * MINUTE + 1
    assert CHECK.judge(last, lost - 1).status is Status.UP
    outcome = CHECK.judge(last, lost)
    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISSED)
    assert outcome.detail == "started 1 minute ago and has not ended"


def test_a_first_run_that_does_not_end_is_down_though_nothing_was_ever_reported():
    last = LastPing(started_at=AT, running_since=AT)

    assert CHECK.judge(last, AT).reason is Reason.WAITING
    assert CHECK.judge(last, CHECK.judge(last, AT).again_at).status is Status.DOWN


def test_a_run_that_began_in_time_is_not_missed_while_it_may_go_on():
    begun = AT + 3600 * SECOND
    last = LastPing(AT, started_at=begun, running_since=begun)
    over = begun + (1200 + 300) * SECOND

    assert LIMITED.judge(last, AT + 3901 * SECOND).status is Status.UP
    assert LIMITED.judge(last, over).status is Status.DEGRADED
    assert LIMITED.judge(last, over + 1).detail == "started 25 minutes ago and has not ended"


def test_a_run_that_began_too_late_does_not_undo_that_it_was_missed():
    begun = AT + 3901 * SECOND
    last = LastPing(AT, started_at=begun, running_since=begun)

    assert LIMITED.judge(last, begun + 1).reason is Reason.MISSED


def test_a_run_that_goes_on_too_long_is_degraded():
    last = LastPing(AT, started_at=AT, running_since=AT)
    long = LIMITED.judge(last, AT).again_at

    assert long == AT + 1200 * SECOND + 1
    outcome = LIMITED.judge(last, long + MINUTE)
    assert (outcome.status, outcome.reason) == (Status.DEGRADED, Reason.SLOW)
    assert outcome.detail == "has been running for 21 minutes; more than 20 minutes is too long"


def test_a_run_that_took_too_long_stays_degraded_until_the_next_report():
    outcome = LIMITED.judge(LastPing(AT, run_ms=1_300_000), AT + MINUTE)

    assert (outcome.status, outcome.reason) == (Status.DEGRADED, Reason.SLOW)
    assert outcome.detail == "ran for 21 minutes 40 seconds; more than 20 minutes is too long"
    assert LIMITED.judge(LastPing(AT, run_ms=1_200_000), AT).status is Status.UP
    assert CHECK.judge(LastPing(AT, run_ms=9_000_000), AT).status is Status.UP


def test_a_failure_outweighs_a_new_run():
    last = LastPing(AT, True, started_at=AT + 1, running_since=AT + 1)

    assert CHECK.judge(last, AT + 2).reason is Reason.REPORTED


def test_what_came_along_is_in_the_facts():
    last = LastPing(AT, True, "no\nroom", AT, None, 1500, 3, 12.5, "step 2 of 3")
    outcome = CHECK.judge(last, AT)

    assert outcome.detail == "reported a failure with exit code 3 just now: no room"
    wanted = {"run_time_s": 1.5, "exit_code": 3, "ping_ms": 12.5}
    wanted |= {"message": "no room", "log": "step 2 of 3"}
    assert {name: outcome.facts[name] for name in wanted} == wanted


def test_what_the_target_measured_is_its_latency_while_it_is_well():
    assert CHECK.judge(LastPing(AT, ping_ms=42.0), AT).latency_ms == 42.0
    assert CHECK.judge(LastPing(AT, True, ping_ms=42.0), AT).latency_ms is None
