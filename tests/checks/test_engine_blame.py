"""Whose fault a failure is: theirs, ours, or that of a machine that stood still."""

import asyncio
import errno
import os
import time

import pytest
from checks.scripts import scripted

from kener.checks import _lag
from kener.checks._failures import of_errno
from kener.core.outcome import Reason
from kener.core.status import Status


@pytest.mark.parametrize(
    ("number", "status", "reason"),
    [
        (errno.ECONNREFUSED, Status.DOWN, Reason.REFUSED),
        (errno.ETIMEDOUT, Status.DOWN, Reason.TIMEOUT),
        (errno.ECONNRESET, Status.DOWN, Reason.UNREACHABLE),
        (errno.EHOSTUNREACH, Status.DOWN, Reason.UNREACHABLE),
        (errno.EMFILE, Status.UNKNOWN, Reason.INTERNAL_ERROR),
        (errno.ENOBUFS, Status.UNKNOWN, Reason.INTERNAL_ERROR),
    ],
)
def test_error_numbers_are_told_apart_into_theirs_and_ours(probe, number, status, reason):
    async def fail(context):
        raise OSError(number, os.strerror(number))

    outcome = probe.all([scripted(fail)])[0]

    assert (outcome.status, outcome.reason) == (status, reason)


def test_no_route_is_our_fault_only_when_there_is_no_way_out_at_all():
    assert of_errno(errno.ENETUNREACH, "x", lambda: True).status is Status.DOWN
    assert of_errno(errno.ENETUNREACH, "x", lambda: False).status is Status.UNKNOWN


def test_running_out_of_local_ports_is_our_fault():
    assert of_errno(errno.EADDRNOTAVAIL, "x", lambda: True).status is Status.UNKNOWN


def test_the_cause_of_a_wrapped_error_counts(probe):
    async def wrapped(context):
        try:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "refused")
        except OSError as error:
            raise RuntimeError("a library's own error") from error

    assert probe.all([scripted(wrapped)])[0].reason is Reason.REFUSED


def test_a_timeout_across_a_stalled_loop_is_repeated_not_believed(probe):
    tries = []

    async def slow_only_at_first(context):
        tries.append(time.monotonic())
        if len(tries) == 1:
            asyncio.get_running_loop().call_soon(time.sleep, 0.9)
            await asyncio.sleep(5)
        return {}

    outcome = probe.all([scripted(slow_only_at_first, 0.3)])[0]

    assert len(tries) == 2
    assert outcome.status is Status.UP


def test_a_failure_across_a_suspended_machine_is_repeated_not_believed(probe, monkeypatch):
    slept, tries = [0.0], []
    real = _lag.clock_in_sleep
    monkeypatch.setattr(_lag, "clock_in_sleep", lambda: real() + slept[0])

    async def cut_off_by_sleep(context):
        tries.append(context.now)
        if len(tries) == 1:
            slept[0] = 3600.0  # an hour in which only that clock has gone on
            raise ConnectionResetError(errno.ECONNRESET, "reset")
        return {}

    async def cut_off(context):
        tries.append(context.now)
        raise ConnectionResetError(errno.ECONNRESET, "reset")

    assert probe.all([scripted(cut_off_by_sleep)])[0].status is Status.UP
    assert len(tries) == 2
    assert probe.all([scripted(cut_off)])[0].reason is Reason.UNREACHABLE
    assert len(tries) == 3


def test_a_loop_that_stalls_twice_gives_no_verdict(probe):
    async def always_stalled(context):
        asyncio.get_running_loop().call_soon(time.sleep, 0.9)
        await asyncio.sleep(5)

    outcome = probe.all([scripted(always_stalled, 0.3)])[0]

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.INTERNAL_ERROR
