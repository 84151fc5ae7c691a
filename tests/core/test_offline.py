"""When so many fail at once that we might be offline."""

import pytest

from kener.core.offline import MONITORS, WINDOW_S, Suspicion, Window, is_explained
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status


def a_window(*outcomes):
    """Of (monitor, host, at, failed)."""
    window = Window()
    for monitor, host, at, failed in outcomes:
        window.add(monitor, host, at, failed=failed)
    return window


def failures(count, hosts=100, at=0.0, first=0):
    return [(n, f"host-{n % hosts}", at, True) for n in range(first, first + count)]


def answers(count, at=0.0, first=1000):
    return [(n, f"host-{n}", at, False) for n in range(first, first + count)]


@pytest.mark.parametrize(
    "reason", ["timeout", "dns_failed", "refused", "unreachable", "tls_failed"]
)
def test_failures_to_reach_a_target_are_explained(reason):
    assert is_explained(Outcome(Status.DOWN, Reason(reason)))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.UP, None),
        (Status.DOWN, Reason.MISMATCH),
        (Status.DOWN, Reason.MISSED),
        (Status.DEGRADED, Reason.SLOW),
        (Status.UNKNOWN, Reason.INTERNAL_ERROR),
    ],
)
def test_what_a_target_answered_is_not(status, reason):
    assert not is_explained(Outcome(status, reason))


def test_nothing_seen_is_not_suspicious():
    assert Window().suspicion(0.0) is Suspicion.NONE


def test_five_monitors_on_three_hosts_and_half_of_all_are_needed():
    assert a_window(*answers(5), *failures(5)).suspicion(1.0) is Suspicion.MANY
    assert a_window(*failures(4), *answers(4)).suspicion(1.0) is Suspicion.NONE
    assert a_window(*failures(50, hosts=2)).suspicion(1.0) is Suspicion.NONE
    assert a_window(*failures(50, hosts=3)).suspicion(1.0) is Suspicion.MANY


def test_failures_scattered_among_answers_are_not_suspicious():
    mixed = [
        each for n in range(50) for each in (*failures(1, first=n), *answers(2, first=99 + 2 * n))
    ]

    assert a_window(*mixed).suspicion(1.0) is Suspicion.NONE


def test_what_answered_before_the_cable_was_pulled_says_nothing():
    """Failures are seen late, as timeouts: by then most of the window are still answers."""
    assert a_window(*answers(500), *failures(5, at=20.0)).suspicion(20.0) is Suspicion.MANY


def test_answers_after_the_failures_clear_them():
    window = a_window(*failures(5), *answers(5, at=1.0))
    assert window.suspicion(1.0) is Suspicion.MANY

    window.add(4711, "host", 2.0, failed=False)
    assert window.suspicion(2.0) is Suspicion.NONE


def test_only_the_newest_outcome_of_a_monitor_counts():
    again = [(1, "host-1", float(n), True) for n in range(20)]
    assert a_window(*again, *answers(10, at=20.0)).suspicion(20.0) is Suspicion.NONE

    window = a_window(*failures(5))
    for n in range(5):
        window.add(n, f"host-{n}", 1.0, failed=False)
    assert window.suspicion(1.0) is Suspicion.NONE


def test_what_is_older_than_the_window_is_forgotten():
    window = a_window(*failures(5))

    assert window.suspicion(WINDOW_S) is Suspicion.MANY
    assert window.suspicion(WINDOW_S + 0.1) is Suspicion.NONE


@pytest.mark.parametrize("seen", range(1, MONITORS))
def test_few_monitors_are_told_apart(seen):
    half = -(-seen // 2)

    assert a_window(*failures(half), *answers(seen - half)).suspicion(0.0) is Suspicion.FEW
    assert a_window(*failures(half - 1), *answers(seen)).suspicion(0.0) is Suspicion.NONE
