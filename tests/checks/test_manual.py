"""The manual check: what was said, as long as it holds."""

import pytest

from kener.checks import PushedStatus
from kener.checks.manual import ManualCheck, judge
from kener.core.errors import Invalid
from kener.core.instant import MINUTE, iso, parse_iso
from kener.core.outcome import Reason
from kener.core.status import Status

AT = parse_iso("2026-03-10T12:00:00Z")


def test_without_a_status_it_is_unknown_and_waits(probe):
    outcome = probe(ManualCheck.parse({}))

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.WAITING)


@pytest.mark.parametrize("status", [Status.UP, Status.DEGRADED, Status.DOWN, Status.UNKNOWN])
def test_it_is_what_was_said(probe, status):
    pushed = PushedStatus(status, "the bridge is closed", AT)
    outcome = probe(ManualCheck.parse({}), extra={"pushed_status": pushed})

    assert outcome.status is status
    assert outcome.reason is (None if status is Status.UP else Reason.REPORTED)
    assert outcome.facts["set_at"] == iso(AT)
    assert (outcome.latency_ms, outcome.again_at) == (None, None)


def test_why_is_in_the_detail_or_the_facts():
    assert judge(PushedStatus(Status.DOWN, "closed", AT), AT).detail == "closed"
    assert judge(PushedStatus(Status.DOWN, "", AT), AT).detail == "set to down by hand"
    assert judge(PushedStatus(Status.UP, "open", AT), AT).facts["message"] == "open"


def test_what_has_run_out_is_unknown_from_that_very_moment():
    pushed = PushedStatus(Status.UP, "", AT, AT + 5 * MINUTE)
    turn = judge(pushed, AT).again_at

    assert turn == AT + 5 * MINUTE
    assert judge(pushed, turn - 1).status is Status.UP
    outcome = judge(pushed, turn)
    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.EXPIRED)
    assert outcome.detail == "the status set 5 minutes ago has run out"
    assert outcome.again_at is None


def test_what_it_needs_is_declared():
    assert ManualCheck.needs == {"pushed_status"}
    assert ManualCheck.is_settled
    assert ManualCheck.parse({}).target() == "set by hand"
    assert ManualCheck.parse({"expires_in": 3600}).target() == "set by hand, for 1 hour"


@pytest.mark.parametrize("expires_in", [-1, 366 * 86_400 + 1, "soon"])
def test_bad_settings_are_named(expires_in):
    with pytest.raises(Invalid) as refused:
        ManualCheck.parse({"expires_in": expires_in})

    assert list(refused.value.problems) == ["expires_in"]
