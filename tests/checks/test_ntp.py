"""The ntp check, against chrony on loopback, and a server of our own for what chrony never says."""

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass

import pytest
from checks.conftest import wait_until
from checks.servers import UdpServer, has_ipv6
from hypothesis import given
from hypothesis import strategies as st

from kener.checks import _ntp_packet as ntp
from kener.checks.ntp import NtpCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

CHRONYD = shutil.which("chronyd", path=f"{os.environ['PATH']}:/usr/sbin")
NOW = 1_800_000_000 * 10**9
SECOND = ntp.FRACTION


def check(port: int, host: str = "127.0.0.1", **settings) -> NtpCheck:
    return NtpCheck.parse({"host": host, "port": port, **settings})


@pytest.fixture
def chrony(tmp_path):
    """Starts a chronyd of our own, which touches no clock, and gives its port."""
    if CHRONYD is None:
        pytest.skip("needs the Debian package chrony")
    started = []

    def chrony(*directives: str) -> int:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        lines = [
            f"port {port}", "bindaddress 127.0.0.1", "allow 127.0.0.0/8", "cmdport 0",
            "bindcmdaddress /", f"pidfile {tmp_path}/pid", *directives,
        ]  # fmt: skip
        path = tmp_path / "chrony.conf"
        path.write_text("\n".join(lines) + "\n")
        command = [CHRONYD, "-d", "-x", "-U", "-f", str(path)]
        if os.geteuid() == 0:
            command += ["-u", "root"]
        started.append(
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        wait_until(lambda: is_answering(port), 20)
        return port

    yield chrony
    for process in started:
        process.terminate()
        process.wait(20)


def is_answering(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.1)
        asking.connect(("127.0.0.1", port))
        try:
            asking.send(ntp.question(1))
            return len(asking.recv(1000)) >= 48
        except OSError:
            return False


@dataclass
class Clock:
    """What a server answers, and how far its clock is ahead of ours."""

    leap: int = 0
    stratum: int = 2
    reference: bytes = b"\xc0\x00\x02\x01"
    ahead_s: float = 0.0
    mode: int = 4
    tells_times: bool = True
    nonce: int | None = None

    def __call__(self, packet: bytes) -> bytes:
        asked = ntp.PACKET.unpack_from(packet)[-1]
        now = ntp.stamp(time.time_ns() + round(self.ahead_s * 1e9)) if self.tells_times else 0
        first = self.leap << 6 | 4 << 3 | self.mode
        origin = asked if self.nonce is None else self.nonce
        return ntp.PACKET.pack(
            first, self.stratum, 6, -20, 0, 0, self.reference, now, origin, now, now
        )


def test_a_real_server_that_agrees_with_us_is_up(probe, chrony):
    outcome = probe(check(chrony("local stratum 10"), degraded_offset_ms=0))

    assert outcome.status is Status.UP
    assert outcome.facts["stratum"] == 10
    assert outcome.facts["reference"] == "127.127.1.1"
    assert outcome.facts["address"] == "127.0.0.1"
    assert abs(outcome.facts["offset_ms"]) < 1000
    assert 0 <= outcome.facts["delay_ms"] <= outcome.latency_ms


def test_a_real_server_without_a_source_is_down(probe, chrony):
    outcome = probe(check(chrony()))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH
    assert outcome.detail == "its clock is not synchronised (leap indicator 3)"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("ahead_s", [3600.0, -60.0])
def test_the_offset_is_how_far_their_clock_is_ahead(probe, host, ahead_s):
    if ":" in host and not has_ipv6():
        pytest.skip("no IPv6 on this machine")
    with UdpServer(Clock(ahead_s=ahead_s), host=host) as server:
        outcome = probe(check(server.port, host, degraded_offset_ms=0))

    assert outcome.status is Status.UP
    assert outcome.facts["offset_ms"] == pytest.approx(ahead_s * 1000, abs=5000)
    assert outcome.facts["reference"] == "192.0.2.1"


@pytest.mark.parametrize(
    ("limits", "status", "detail"),
    [
        ((0, 0), Status.UP, ""),
        ((7_200_000, 0), Status.UP, ""),
        ((100, 0), Status.DEGRADED, "ms ahead of ours; more than 100 ms is degraded"),
        ((100, 10_000), Status.DOWN, "ms ahead of ours; more than 10000 ms is down"),
        ((0, 10_000), Status.DOWN, "ms ahead of ours; more than 10000 ms is down"),
    ],
)
def test_an_offset_over_the_limits_is_not_up(probe, limits, status, detail):
    degraded, down = limits
    with UdpServer(Clock(ahead_s=3600)) as server:
        settings = {"degraded_offset_ms": degraded, "down_offset_ms": down}
        outcome = probe(check(server.port, **settings))

    assert outcome.status is status
    assert outcome.detail.endswith(detail)
    assert outcome.facts["offset_ms"] > 3_000_000
    assert outcome.latency_ms < 5000


def test_a_clock_behind_ours_is_called_so(probe):
    with UdpServer(Clock(ahead_s=-3600)) as server:
        outcome = probe(check(server.port))

    assert outcome.status is Status.DEGRADED
    assert outcome.detail.startswith("its clock is 3,")
    assert "ms behind ours" in outcome.detail


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        ({"leap": 3}, "its clock is not synchronised (leap indicator 3)"),
        ({"stratum": 16}, "its clock is not synchronised (stratum 16)"),
        (
            {"stratum": 0, "reference": b"RATE"},
            "refuses to tell the time: RATE (we ask too often)",
        ),
        (
            {"stratum": 0, "reference": b"DENY", "leap": 3},
            "refuses to tell the time: DENY (it does not serve us)",
        ),
        (
            {"stratum": 0, "reference": b"\x00\x1b\xff\n"},
            "refuses to tell the time: stratum 0 (it gives no time)",
        ),
        ({"stratum": 5}, "is of stratum 5; at most 4 is wanted"),
        ({"tells_times": False}, "answered without a time"),
    ],
)
def test_an_answer_that_tells_no_good_time_is_down(probe, answer, detail):
    with UdpServer(Clock(**answer)) as server:
        outcome = probe(check(server.port, max_stratum=4))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH
    assert outcome.detail == detail
    assert outcome.facts["stratum"] == answer.get("stratum", 2)


@pytest.mark.parametrize("forged", [{"nonce": 7}, {"nonce": 0}, {"mode": 3}, {"mode": 5}])
def test_what_is_no_answer_to_our_question_is_not_believed(probe, forged):
    with UdpServer(Clock(**forged)) as server:
        outcome = probe(check(server.port), 0.2)

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail.endswith("which answered something else")


def test_the_true_answer_is_found_among_false_ones(probe):
    true, false = Clock(stratum=3), Clock(nonce=9)
    with UdpServer(lambda packet: [b"", b"x" * 47, false(packet), true(packet)]) as server:
        outcome = probe(check(server.port))

    assert outcome.status is Status.UP
    assert outcome.facts["stratum"] == 3


def test_our_question_tells_nothing_of_us(probe):
    with UdpServer(Clock()) as server:
        for _ in range(2):
            probe(check(server.port))

    one, other = (ntp.PACKET.unpack(packet) for packet in server.received)
    assert one[0] == 0x23  # version 4, a client
    assert one[1:-1] == other[1:-1] == (0, 0, 0, 0, 0, bytes(4), 0, 0, 0)
    assert one[-1] != other[-1]


def test_a_port_where_nobody_listens_is_refused(probe):
    with UdpServer(Clock()) as server:
        pass
    outcome = probe(check(server.port))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.REFUSED


def test_a_refused_network_is_not_asked(probe):
    assert probe(check(123, "169.254.169.123")).reason is Reason.BLOCKED


def test_the_formulas_are_those_of_the_standard():
    # Asked at 0 s by our clock, heard at 10.1 s and answered at 10.2 s by theirs, back at 0.5 s.
    ours, theirs = ntp.stamp(NOW), ntp.stamp(NOW + 10 * 10**9)
    seen = ntp.Answer(0, 1, b"GPS\0", theirs + SECOND // 10, theirs + SECOND // 5)
    offset = ntp.offset_ms(seen, ours, ours + SECOND // 2)
    delay = ntp.delay_ms(seen, ours, ours + SECOND // 2)

    assert offset == pytest.approx(9900, abs=0.01)
    assert delay == pytest.approx(400, abs=0.01)
    assert seen.source == "GPS"


def test_the_end_of_an_era_is_no_leap_of_136_years():
    last = (2**32 - ntp.SINCE_1900_S) * 10**9
    before, after = ntp.stamp(last - 10**9), ntp.stamp(last + 10**9)
    seen = ntp.Answer(0, 2, bytes(4), after, after)

    assert after < before
    assert ntp.offset_ms(seen, before, before) == pytest.approx(2000, abs=0.01)


@given(st.binary(max_size=120), st.integers(0, 2**64 - 1))
def test_any_packet_can_be_read(packet, nonce):
    seen = ntp.answer(packet, nonce)
    if seen:
        assert seen.source.isprintable()
        assert seen.kiss.isprintable()


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "host"),
        ({"host": "a b"}, "host"),
        ({"host": "a.test", "port": 0}, "port"),
        ({"host": "a.test", "max_stratum": 16}, "max_stratum"),
        ({"host": "a.test", "degraded_offset_ms": -1}, "degraded_offset_ms"),
        ({"host": "a.test", "degraded_offset_ms": 9, "down_offset_ms": 8}, "down_offset_ms"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        NtpCheck.parse(settings)

    assert list(refused.value.problems) == [field]


def test_the_target_is_the_host_and_a_port_that_is_not_the_usual_one():
    assert NtpCheck.parse({"host": "Time.Test."}).target() == "time.test"
    assert check(1123, "::1").target() == "[::1]:1123"
