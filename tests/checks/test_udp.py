"""The udp check, against real sockets on loopback."""

import asyncio
import socket
import threading

import pytest
from checks.conftest import NOW
from checks.servers import UdpServer, free_port, has_ipv6

from kener.checks import Context
from kener.checks._datagrams import ask
from kener.checks.udp import UdpCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status


def check(port: int, host: str = "127.0.0.1", **settings) -> UdpCheck:
    return UdpCheck.parse({"host": host, "port": port, **settings})


def closed_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_answer_is_up(probe, host):
    if ":" in host and not has_ipv6():
        pytest.skip("no IPv6 on this machine")
    with UdpServer(lambda packet: b"pong " + packet, host=host) as server:
        outcome = probe(check(server.port, host, send=r"ping\n"))

    assert outcome.status is Status.UP
    assert server.received == [b"ping\n"]
    assert outcome.facts == {"address": host, "answered": True, "size_bytes": 10}
    assert outcome.latency_ms == outcome.phases["answer"] > 0


def test_an_empty_packet_may_be_sent_and_come_back(probe):
    with UdpServer(lambda packet: packet) as server:
        outcome = probe(check(server.port))

    assert outcome.status is Status.UP
    assert outcome.facts["size_bytes"] == 0
    assert server.received == [b""]


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"send": r"\x01\x02", "expect": r"\x02"}, Status.UP),
        ({"encoding": "hex", "send": "01 02", "expect": "02"}, Status.UP),
        ({"encoding": "hex", "send": "01 02", "expect": "03"}, Status.DOWN),
    ],
)
def test_what_is_expected_must_be_in_the_answer(probe, settings, status):
    with UdpServer(lambda packet: packet) as server:
        outcome = probe(check(server.port, **settings))

    assert outcome.status is status
    if status is Status.DOWN:
        assert outcome.reason is Reason.MISMATCH
        assert outcome.detail == "expected “03”, got “01 02”"
        assert outcome.facts["answered"]


@pytest.mark.parametrize("answer", ["required", "optional"])
def test_a_port_where_nobody_listens_is_refused(probe, answer):
    port = closed_port()
    outcome = probe(check(port, answer=answer))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.REFUSED
    assert outcome.detail == f"127.0.0.1 says that nobody listens on port {port}"


def test_silence_is_down_when_an_answer_is_required(probe):
    with UdpServer(lambda _: None) as server:
        outcome = probe(check(server.port, wait_s=0.1), 0.3)

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail == f"no answer within 0.3 s while asking 127.0.0.1:{server.port}"


def test_silence_is_up_when_an_answer_is_optional(probe):
    with UdpServer(lambda _: None) as server:
        outcome = probe(check(server.port, answer="optional", wait_s=0.1))

    assert outcome.status is Status.UP
    assert outcome.facts == {"answered": False}
    assert outcome.latency_ms is None
    assert server.received == [b""]


def test_who_had_no_time_to_listen_does_not_say_up(probe):
    with UdpServer(lambda _: None) as server:
        outcome = probe(check(server.port, answer="optional", wait_s=0.1), 0.12)

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TIMEOUT


def test_an_optional_answer_is_judged_when_it_comes(probe):
    with UdpServer(lambda _: b"go away") as server:
        right = probe(check(server.port, answer="optional", expect="go"))
        wrong = probe(check(server.port, answer="optional", expect="welcome"))

    assert right.status is Status.UP
    assert right.latency_ms > 0
    assert wrong.status is Status.DOWN
    assert wrong.detail == "expected “welcome”, got “go away”"


def test_an_answer_from_another_port_is_none(probe):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.1", 0))
        with UdpServer(lambda _: b"me, me", sender=stranger) as server:
            outcome = probe(check(server.port), 0.2)

    assert server.received == [b""]
    assert outcome.reason is Reason.TIMEOUT


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_the_next_address_is_asked_when_the_first_refuses(probe):
    # localhost is ::1 and 127.0.0.1 in the resolver's own table, whatever the hosts file says.
    for host in ("127.0.0.1", "::1"):
        with UdpServer(lambda packet: packet, host=host) as server:
            outcome = probe(check(server.port, "localhost"))

        assert outcome.status is Status.UP
        assert outcome.facts["address"] == host


def test_a_refused_network_is_not_probed(probe):
    outcome = probe(check(53, "127.66.0.9"))

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"host": "a.test"}, "port"),
        ({"host": "a.test", "port": 0}, "port"),
        ({"host": "a b", "port": 1}, "host"),
        ({"host": "a.test", "port": 1, "encoding": "hex", "send": "0"}, "send"),
        ({"host": "a.test", "port": 1, "encoding": "base64"}, "encoding"),
        ({"host": "a.test", "port": 1, "send": "x" * 4001}, "send"),
        ({"host": "a.test", "port": 1, "answer": "maybe"}, "answer"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        UdpCheck.parse(settings)

    assert list(refused.value.problems) == [field]


def test_the_target_is_host_and_port():
    assert check(free_port(), "[::1]").target().startswith("[::1]:")


def test_a_flood_of_wrong_answers_leaves_other_probes_their_turn(probe):
    loop, sent, turns, seen = probe.engine._loop, threading.Event(), [0], []

    def accept(heard):
        sent.wait(5)  # all that follow wait already: nothing is to be waited for
        seen.append(turns[0])
        return heard if heard == b"right" else None

    def turn():
        turns[0] += 1
        if not seen or len(seen) < 20:
            loop.call_soon(turn)

    async def asked(port):
        context = Context(probe.engine._services, NOW, loop.time() + 5, {})
        loop.call_soon(turn)
        return await ask("127.0.0.1", port, b"?", accept, context)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        asking = asyncio.run_coroutine_threadsafe(asked(server.getsockname()[1]), loop)
        _, client = server.recvfrom(10)
        for answer in [b"wrong"] * 19 + [b"right"]:
            server.sendto(answer, client)
        sent.set()

        assert asking.result(5).answer == b"right"
    assert len(set(seen)) == 20
