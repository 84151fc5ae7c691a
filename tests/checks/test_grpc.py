"""The grpc check, against a real server of the reference implementation."""

import contextlib
import sys
from pathlib import Path

import pytest
from checks.daemons import Pem, running
from checks.servers import HttpServer, Listener, free_port, ok, silent
from servers import a_free_port

from kener.checks import _grpc_wire as wire
from kener.checks.grpc import GrpcCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

PROGRAM = Path(__file__).with_name("grpc_server.py")


def check(port: int, service: str = "", **settings) -> GrpcCheck:
    return GrpcCheck.parse({"host": "127.0.0.1", "port": port, "service": service, **settings})


@pytest.fixture(scope="session")
def serve(tmp_path_factory):
    """Starts a server that lives as long as the tests; gives its port."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: object) -> int:
            port = a_free_port()
            command = [sys.executable, str(PROGRAM), str(port), *map(str, arguments)]
            stack.enter_context(running(command, tmp_path_factory.mktemp("grpc"), port))
            return port

        yield start


@pytest.fixture(scope="session")
def port(serve) -> int:
    return serve()


@pytest.fixture(scope="session")
def tls_port(serve, authority, tmp_path_factory) -> int:
    issued = authority.issue_cert("grpc.test", common_name="grpc.test")
    pem = Pem(tmp_path_factory.mktemp("pem"), issued)
    return serve(pem.certificate, pem.key)


@pytest.mark.parametrize("service", ["", "good"])
def test_a_serving_service_is_up(probe, port, service):
    outcome = probe(check(port, service))

    assert (outcome.status, outcome.detail) == (Status.UP, "")
    assert outcome.facts == {
        "address": "127.0.0.1",
        "grpc_status": "OK",
        "grpc_health": "SERVING",
    }
    assert outcome.latency_ms == outcome.phases["total"]


@pytest.mark.parametrize(
    ("service", "status", "detail"),
    [
        ("bad", Status.DOWN, "the service bad says that it is not serving"),
        ("odd", Status.DEGRADED, "the service odd does not know how it is (UNKNOWN)"),
        ("nope", Status.DOWN, "the server knows no service nope"),
        ("grüezi" * 40, Status.DOWN, f"the server knows no service {('grüezi' * 40)[:100]}"),
    ],
)
def test_other_answers_are_not_up(probe, port, service, status, detail):
    outcome = probe(check(port, service))

    assert (outcome.status, outcome.detail) == (status, detail)
    assert outcome.reason is Reason.MISMATCH
    assert "grpc_status" in outcome.facts


def test_a_server_without_the_health_service_is_down(probe, serve):
    outcome = probe(check(serve("bare")))

    assert outcome.status is Status.DOWN
    assert outcome.detail == "the server has no health service (grpc.health.v1)"


def test_a_token_and_metadata_are_sent(probe, port):
    without = probe(check(port, "guarded"))
    with_token = probe(check(port, "guarded", bearer_token="s3cret"))
    tenant = probe(check(port, "tenant", metadata="X-Tenant: shop"))

    assert without.status is Status.DOWN
    assert without.detail == "the server answered UNAUTHENTICATED: “who are you? schöner Gruß”"
    assert with_token.status is Status.UP
    assert tenant.status is Status.UP


def test_tls_is_verified_for_the_name(probe, tls_port):
    good = probe(check(tls_port, tls=True, server_name="grpc.test"))
    bad = probe(check(tls_port, tls=True))
    trusting = probe(check(tls_port, tls=True, verify_tls=False))

    assert (good.status, good.detail) == (Status.UP, "")
    assert good.phases["tls"] > 0
    assert good.facts["tls_days"] > 0
    assert bad.reason is Reason.TLS_FAILED
    assert trusting.status is Status.UP


def test_a_slow_server_times_out(probe, port):
    outcome = probe(check(port, "slow"), 0.3)

    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail == "no answer within 0.3 s while waiting for the answer"


def test_a_web_server_is_down(probe, tls_for):
    with HttpServer(ok()) as plain:
        outcome = probe(check(plain.port))
    with HttpServer(ok(), tls=tls_for("127.0.0.1")) as encrypted:
        over_tls = probe(check(encrypted.port, tls=True))

    for each in (outcome, over_tls):
        assert each.status is Status.DOWN
        assert each.reason is Reason.UNREACHABLE, each


def test_closed_silent_and_refused_hosts(probe):
    refused = probe(check(free_port()))
    with silent() as quiet:
        timed_out = probe(check(quiet), 0.3)
    with Listener(lambda c: None) as rude:
        hung_up = probe(check(rude.port))
    blocked = probe(GrpcCheck.parse({"host": "127.66.0.9"}))

    assert refused.reason is Reason.REFUSED
    assert timed_out.reason is Reason.TIMEOUT
    assert hung_up.reason is Reason.UNREACHABLE
    assert blocked.reason is Reason.BLOCKED


def http2(*headers: bytes, status: bytes = b"\x88", body: bytes = b"") -> Listener:
    """A server that answers any call with one HEADERS frame (RFC 9113, 6.2) and maybe a DATA
    frame; `headers` are names and values in turn, `status` one byte of HPACK."""
    pairs = zip(headers[::2], headers[1::2], strict=True)
    block = status + b"".join(
        b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value for name, value in pairs
    )

    def frame(kind: int, flags: int, payload: bytes, stream: int = 1) -> bytes:
        head = len(payload).to_bytes(3, "big") + bytes([kind, flags])
        return head + stream.to_bytes(4, "big") + payload

    def serve(connection):
        connection.recv(65536)
        connection.sendall(frame(4, 0, b"", 0) + frame(1, 4 if body else 5, block))
        if body:
            connection.sendall(frame(0, 1, body))
        while connection.recv(65536):
            pass

    return Listener(serve)


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        ({"status": b"\x8d"}, "answered in HTTP (404), but not in gRPC"),
        ({"body": b"hello"}, "answered in HTTP (200), but not in gRPC"),
        ({"headers": [b"grpc-status", b"0"]}, "the answer cannot be read"),
        ({"headers": [b"grpc-status", b"99"]}, "the answer cannot be read"),
        ({"headers": [b"grpc-status", b"0"], "body": b"x" * 9000}, "the answer cannot be read"),
        ({"headers": [b"grpc-status", b"14"]}, "the server answered UNAVAILABLE"),
        (
            {"headers": [b"grpc-status", b"13", b"grpc-message", b"a%0A%1B[1m%FF%zz"]},
            "the server answered INTERNAL: “a [1m�%zz”",
        ),
    ],
)
def test_an_answer_that_is_not_as_it_should_be_is_down(probe, answer, detail):
    with http2(*answer.pop("headers", []), **answer) as server:
        outcome = probe(check(server.port))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH
    assert outcome.detail == detail


def test_what_a_server_sends_back_of_our_secrets_is_hidden(probe):
    with http2(b"grpc-status", b"16", b"grpc-message", b"not t0ken nor k3y-one") as server:
        settings = {"bearer_token": "t0ken", "metadata": "x-key: k3y-one"}
        outcome = probe(check(server.port, **settings))

    assert outcome.detail == "the server answered UNAUTHENTICATED: “not ••• nor •••”"


def test_a_server_that_ran_out_of_time_is_a_timeout(probe):
    with http2(b"grpc-status", b"4") as server:
        outcome = probe(check(server.port))

    assert outcome.reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        (b"\0\0\0\0\0", "UNKNOWN"),
        (b"\0\0\0\0\x02\x08\x01", "SERVING"),
        (b"\0\0\0\0\x02\x08\x03", "SERVICE_UNKNOWN"),
        (b"\0\0\0\0\x0a\x12\x01x\x1d1234\x08\x01", "SERVING"),
    ],
)
def test_a_frame_is_read(frame, status):
    assert wire.health_status(frame) == status


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x01\0\0\0\x02\x08\x01",
        b"\0\0\0\0\x05\x08\x01",
        b"\0\0\0\0\x02\x08\x09",
        b"\0\0\0\0\x02\x12\x7f",
        b"\0\0\0\0\x02\x0b\x01",
        b"\0\0\0\0\x0b" + b"\xff" * 11,
        b"\0\xff\xff\xff\xff\x08\x01",
    ],
)
def test_a_garbled_frame_is_refused(frame):
    with pytest.raises(wire.Garbled):
        wire.health_status(frame)


@pytest.mark.parametrize("number", ["", "17", "-1", "x", "²", "0" * 99])
def test_a_garbled_status_is_refused(number):
    with pytest.raises(wire.Garbled):
        wire.code_name(number)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"metadata": "grpc-timeout: 1S"}, "metadata"),
        ({"metadata": "no colon"}, "metadata"),
        ({"bearer_token": "two\nlines"}, "bearer_token"),
        ({"server_name": "not a name"}, "server_name"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        check(50051, **settings)

    assert list(refused.value.problems) == [field]


def test_the_target_names_the_service_and_no_secret():
    asked = check(50051, "shop.Cart", bearer_token="s3cret")

    assert asked.target() == "127.0.0.1:50051 shop.Cart"
    assert "s3cret" not in repr(asked)
