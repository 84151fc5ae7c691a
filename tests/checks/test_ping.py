"""The ping check: real packets on loopback by every way that this machine has."""

import asyncio
import socket
import struct

import pytest
from checks.of_ping import by, check, may
from checks.servers import has_ipv6

from kener.checks import ProbeJob
from kener.checks._failures import Unreachable
from kener.checks._icmp import EchoSocket, checksum, without_ip_header
from kener.checks.ping import PingCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

__all__ = ["by"]


@pytest.mark.parametrize("way", ["datagram", "raw"])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_loopback_answers(by, way, host):
    if not may(way, socket.AF_INET6 if ":" in host else socket.AF_INET):
        pytest.skip(f"no {way} socket for ICMP here")
    outcome = by(way)(check(host, count=2))

    assert outcome.status is Status.UP
    assert outcome.facts["packets_sent"] == outcome.facts["packets_received"] == 2
    assert outcome.facts["loss_percent"] == 0
    assert outcome.facts["address"] == host
    assert 0 < outcome.latency_ms < 1000


def test_many_pings_at_once_keep_their_answers_apart(by):
    if not may("raw"):
        pytest.skip("no raw socket for ICMP here")
    jobs = [ProbeJob(check(f"127.0.0.{n % 200 + 1}", count=2), 10.0) for n in range(300)]
    outcomes = by("raw").all(jobs)

    assert {(outcome.status, outcome.detail) for outcome in outcomes} == {(Status.UP, "")}
    assert all(o.facts["address"] == job.check.host for o, job in zip(outcomes, jobs, strict=True))


def test_without_any_way_it_is_unknown_and_never_up(by):
    outcome = by()(check())

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.NOT_SUPPORTED
    assert "not supported here" in outcome.detail


def test_a_missing_program_is_no_way(by):
    outcome = by("program", program="no-such-ping")(check())

    assert outcome.reason is Reason.NOT_SUPPORTED


def test_the_checksum_is_that_of_the_standard():
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D


def test_an_ip_header_is_skipped_only_where_there_is_one():
    reply = struct.pack("!BBHHH", 0, 0, 0, 1, 2) + bytes(40)

    assert without_ip_header(b"\x45" + bytes(19) + reply) == reply
    assert without_ip_header(reply) == reply
    assert without_ip_header(b"") == b""


@pytest.mark.skipif(not may("raw"), reason="no raw socket for ICMP here")
def test_a_router_that_says_no_ends_the_wait():
    async def quoted() -> None:
        echo = EchoSocket(asyncio.get_running_loop(), socket.AF_INET, socket.SOCK_RAW)
        try:
            waiting = echo.send("127.0.0.1")
            request = echo._packet(echo._number, bytes(40))
            news = struct.pack("!BBHHH", 3, 1, 0, 0, 0) + b"\x45" + bytes(19) + request[:8]
            echo._take(b"\x45" + bytes(19) + news, 0.0)
            with pytest.raises(Unreachable, match=r"127\.0\.0\.1 cannot be reached"):
                await asyncio.wait_for(waiting, 1)
        finally:
            echo.close()

    asyncio.run(quoted())


def test_a_refused_network_is_not_pinged(probe):
    assert probe(check("169.254.1.1")).reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "host"),
        ({"host": "a b"}, "host"),
        ({"host": "a.test", "count": 0}, "count"),
        ({"host": "a.test", "down_loss": 101}, "down_loss"),
        ({"host": "-f.test"}, "host"),
        ({"host": "a.test", "down_ms": -1}, "down_ms"),
        ({"host": "a.test", "down_ms": 10, "degraded_ms": 20}, "degraded_ms"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        PingCheck.parse(settings)

    assert list(refused.value.problems) == [field]


def test_an_ipv6_only_wish_for_a_name_without_is_said(probe):
    if not has_ipv6():
        pytest.skip("no IPv6 here")
    outcome = probe(check("127.0.0.1", ip_version="ipv6"))

    assert outcome.reason is Reason.DNS_FAILED
