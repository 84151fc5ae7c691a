"""The ping check by way of the system's program, or of a stand-in that behaves as the test says."""

import os
import shutil
import signal
import stat
from pathlib import Path

import pytest
from checks.conftest import wait_until
from checks.of_ping import by, check, may
from checks.servers import has_ipv6

from kener.checks import _ping
from kener.checks._ping import times_in
from kener.core.outcome import Reason
from kener.core.status import Status

__all__ = ["by"]


@pytest.fixture
def program(tmp_path):
    """A stand-in for the system's `ping`: a real process with the given behaviour."""

    def make(script: str) -> str:
        path = tmp_path / "ping"
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return make


REPLY = 'echo "64 bytes from $4: icmp_seq=1 ttl=64 time=12.5 ms"\n'


def test_the_program_is_read(by, program):
    path = program('test "$1 $2 $3" = "-n -c 3" || exit 2\n' + REPLY * 3)
    outcome = by("program", program=path)(check("192.0.2.1"))

    assert outcome.status is Status.UP
    assert outcome.latency_ms == 12.5


@pytest.mark.parametrize(
    ("replies", "status"), [(2, Status.UP), (1, Status.DEGRADED), (0, Status.DOWN)]
)
def test_lost_packets_degrade_from_the_threshold(by, program, replies, status):
    path = program(REPLY * replies + f"echo '3 packets transmitted, {replies} received'\nexit 1\n")
    outcome = by("program", program=path)(check("192.0.2.1"))

    assert outcome.status is status
    assert outcome.facts["packets_received"] == replies
    if status is Status.DEGRADED:
        assert outcome.detail == "2 of 3 pings got no answer"
    if status is Status.DOWN:
        assert outcome.reason is Reason.TIMEOUT


def test_lost_packets_are_down_from_the_other_threshold(by, program):
    path = program(REPLY)
    outcome = by("program", program=path)(check("192.0.2.1", down_loss=60, degraded_loss=30))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH


@pytest.mark.parametrize(
    ("limits", "status", "detail"),
    [
        ((12.5, 12.5), Status.UP, ""),
        ((12, 20), Status.DEGRADED, "the round trip took 12.5 ms; more than 12 ms is too slow"),
        ((5, 12), Status.DOWN, "the round trip took 12.5 ms; more than 12 ms is down"),
    ],
)
def test_a_slow_mean_degrades_or_is_down(by, program, limits, status, detail):
    degraded, down = limits
    slow = check("192.0.2.1", degraded_ms=degraded, down_ms=down)
    outcome = by("program", program=program(REPLY * 3))(slow)

    assert outcome.status is status
    assert outcome.detail == detail
    assert outcome.reason is {Status.DEGRADED: Reason.SLOW, Status.DOWN: Reason.MISMATCH}.get(
        status
    )
    assert outcome.latency_ms == 12.5
    assert outcome.facts["packets_received"] == 3


def test_being_down_by_the_round_trip_weighs_more_than_a_loss(by, program):
    path = program(REPLY)
    outcome = by("program", program=path)(check("192.0.2.1", down_ms=12))

    assert outcome.status is Status.DOWN


@pytest.mark.skipif(shutil.which("ping") is None, reason="needs the Debian package iputils-ping")
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_real_program_is_understood(by, host):
    if ":" in host and not has_ipv6():
        pytest.skip("no IPv6 here")
    if not may("raw") and not may("datagram"):
        pytest.skip("no ICMP at all here")
    outcome = by("program")(check(host, count=1))

    assert outcome.status is Status.UP
    assert outcome.facts["packets_received"] == 1
    assert 0 < outcome.latency_ms < 1000


@pytest.mark.parametrize(
    "complaint",
    [
        "ping: socket: Operation not permitted",
        "ping: permission denied (are you root?)",
        "ping: Lacking privilege for icmp socket.",
        "",
    ],
)
def test_a_program_that_may_not_send_is_no_failure_of_the_target(by, program, complaint):
    outcome = by("program", program=program(f"echo '{complaint}' >&2\nexit 2\n"))(check())

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.NOT_SUPPORTED
    assert outcome.detail.startswith("pings are not supported here: the ping program ")
    assert complaint in outcome.detail


def test_a_program_that_vanished_is_no_failure_of_the_target(by, program):
    path = program(REPLY)
    prober = by("program", program=path)
    assert prober(check("192.0.2.1", degraded_loss=90)).status is Status.UP
    Path(path).unlink()

    outcome = prober(check("192.0.2.1"))

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.NOT_SUPPORTED
    assert outcome.detail == f"pings are not supported here: {path} cannot be run"


def test_a_program_without_a_way_to_the_host_is_believed(by, program):
    said = "echo 'ping: connect: Network is unreachable' >&2\nexit 2\n"
    outcome = by("program", program=program(said))(check())

    # Unknown where this machine itself has no network at all.
    assert outcome.reason in {Reason.UNREACHABLE, Reason.OFFLINE}


HANG = "while :; do sleep 0.05; done\n"


@pytest.fixture
def interruptible():
    """A shell cannot trap a signal that was ignored when it began, and a test run in the
    background (`pytest &` in a script) hands on an ignored SIGINT. The real `ping` sets its own
    handler whatever it was given; for the stand-in we give back the usual."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def is_gone(pid_file) -> bool:
    try:
        os.kill(int(pid_file.read_text()), 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.usefixtures("interruptible")
def test_a_program_that_hangs_is_interrupted_and_what_it_said_counts(
    by, program, tmp_path, monkeypatch
):
    # Interrupted after a second, with all the time that a busy machine may need to end.
    monkeypatch.setattr(_ping, "PROGRAM_GRACE_S", 29.0)
    trap = f"trap '{REPLY.strip()}; exit 0' INT\n"
    path = program(f"{trap}echo $$ > {tmp_path}/pid\n{HANG}")
    outcome = by("program", program=path)(check("192.0.2.1", degraded_loss=90), 30.0)

    assert outcome.status is Status.UP
    assert is_gone(tmp_path / "pid")


def test_a_program_that_cannot_be_interrupted_is_killed_and_what_it_said_counts(
    by, program, tmp_path, monkeypatch
):
    # Interrupted after a second, killed after two, long before the deadline.
    monkeypatch.setattr(_ping, "PROGRAM_GRACE_S", 29.0)
    monkeypatch.setattr(_ping, "KILL_BEFORE_S", 28.0)
    path = program(f"trap '' INT\necho $$ > {tmp_path}/pid\n{REPLY}{HANG}")
    outcome = by("program", program=path)(check("192.0.2.1", degraded_loss=90), 30.0)

    assert outcome.status is Status.UP
    wait_until(lambda: is_gone(tmp_path / "pid"))


@pytest.mark.parametrize(
    ("output", "times"),
    [
        (b"64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.045 ms\n", [0.045]),
        (b"64 bytes from 127.0.0.1: seq=0 ttl=64 time=0.061 ms\n", [0.061]),
        (b"64 bytes from ::1, icmp_seq=0 hlim=64 time=0.1 ms\n... time<1 ms\n", [0.1, 1.0]),
        (b"From 10.0.0.1 icmp_seq=1 Destination Host Unreachable\n", []),
        (b"rtt min/avg/max/mdev = 0.1/0.1/0.1/0.0 ms, time 2003ms\n", []),
    ],
)
def test_outputs_of_the_known_programs_are_understood(output, times):
    assert times_in(output) == times
