"""The http check, against servers that are closed, silent, slow, or speak something else."""

import threading

import pytest
from checks.of_http import check
from checks.servers import HttpServer, Listener, free_port, ok, silent

from kener.core.outcome import Reason
from kener.core.status import Status


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "127.66.1.2"])
def test_a_refused_network_is_not_probed(probe, host):
    outcome = probe(check(f"http://{host}/"))

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.BLOCKED
    assert "checks may not reach" in outcome.detail


def test_a_closed_port_refuses(probe):
    port = free_port()
    outcome = probe(check(f"http://127.0.0.1:{port}/"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.REFUSED
    assert outcome.detail == f"127.0.0.1 port {port} refused the connection"


def test_a_silent_server_times_out(probe):
    with silent() as port:
        outcome = probe(check(f"http://127.0.0.1:{port}/"), 0.3)

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail == "no answer within 0.3 s while waiting for the answer"
    assert 290 <= outcome.latency_ms < 2000
    assert outcome.facts["address"] == "127.0.0.1"
    assert set(outcome.phases) == {"dns", "connect"}


def test_a_dripping_server_times_out_as_well(probe):
    stopped = threading.Event()

    def drip(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not stopped.wait(0.05):
            connection.sendall(b".")

    with Listener(drip) as server:
        outcome = probe(check(f"http://127.0.0.1:{server.port}/"), 0.4)
        stopped.set()

    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail.endswith("while reading the answer")


def test_a_connection_closed_without_an_answer_is_down(probe):
    with Listener(lambda connection: connection.recv(1000)) as server:
        outcome = probe(check(f"http://127.0.0.1:{server.port}/"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.UNREACHABLE
    assert outcome.detail.endswith("closed the connection without an answer")


def test_an_answer_that_is_no_http_is_down(probe):
    with Listener(lambda c: (c.recv(1000), c.sendall(b"SSH-2.0-OpenSSH_9.6\r\n"))) as server:
        outcome = probe(check(f"http://127.0.0.1:{server.port}/"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH


def test_slow_is_degraded(probe):
    with HttpServer(ok()) as server:
        outcome = probe(check(server.url), degraded_over_ms=0.001)

    assert outcome.status is Status.DEGRADED
    assert outcome.reason is Reason.SLOW
    assert "too slow" in outcome.detail
