"""The redis check, against a real Valkey or Redis."""

import socket
import subprocess
from contextlib import contextmanager

import pytest
import redis
from checks.assertions import that
from checks.conftest import wait_until
from checks.servers import Listener, free_port, silent
from servers import a_free_port, a_short_folder, redis_binary

from kener.checks.redis import RedisCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

PASSWORD = "hunter2/@:#"


@contextmanager
def a_server(*options):
    """On a TCP port of 127.0.0.1; gives the port."""
    port = a_free_port()
    with a_short_folder("kener-redis-") as folder:
        command = [redis_binary(), "--bind", "127.0.0.1", "--port", str(port)]
        command += ["--dir", str(folder), "--save", "", *options]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_until(lambda: listens(port))
            yield port
        finally:
            process.kill()
            process.wait(5)


def listens(port):
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def open_port():
    with a_server() as port:
        with redis.Redis(port=port) as client:
            client.set("name", "shop")
            client.set("huge", "x" * 100_000)
            client.rpush("queue", 1, 2, 3)
        with redis.Redis(port=port, db=3) as client:
            client.set("name", "third")
        yield port


@pytest.fixture(scope="session")
def guarded_port():
    user = ["--user", "watcher", "on", f">{PASSWORD}", "~*", "+ping", "+get"]
    with a_server("--requirepass", PASSWORD, *user) as port:
        yield port


def check(dsn, command="PING", *assertions, **settings):
    return RedisCheck.parse(
        {"dsn": dsn, "command": command, "assertions": list(assertions), **settings}
    )


def at(port, credentials="", path=""):
    return f"redis://{credentials}127.0.0.1:{port}{path}"


def test_a_server_that_answers_is_up(probe, open_port):
    outcome = probe(check(at(open_port)))

    assert outcome.status is Status.UP, outcome.detail
    assert outcome.facts == {"address": "127.0.0.1"}
    assert set(outcome.phases) == {"dns", "connect", "reply"}


def test_a_value_is_judged(probe, open_port):
    few = that("reply", "<", 3, severity="degraded")
    good = probe(check(at(open_port), "LLEN queue", that("reply", "equals", 3)))
    fair = probe(check(at(open_port), "llen queue", few))

    assert good.status is Status.UP
    assert good.facts["reply"] == 3
    assert fair.status is Status.DEGRADED
    assert fair.detail == "expected reply < 3, got 3"


def test_the_database_is_chosen(probe, open_port):
    for path, value in [("", "shop"), ("/0", "shop"), ("/3", "third")]:
        outcome = probe(check(at(open_port, path=path), "GET name", that("reply", "equals", value)))
        assert outcome.status is Status.UP, outcome.detail


def test_a_value_that_is_missing_is_told(probe, open_port):
    outcome = probe(check(at(open_port), "GET 'no such'", that("reply", "equals", "x")))

    assert outcome.detail == "expected reply equals “x”, but there is no such value"
    assert probe(check(at(open_port), "GET nothing")).status is Status.UP


def test_a_line_of_info_is_judged(probe, open_port):
    outcome = probe(
        check(
            at(open_port),
            "INFO clients",
            that("info:connected_clients", ">=", 1),
            that("info:blocked_clients", ">", 5),
            that("reply", "contains", "# Clients"),
        )
    )

    assert outcome.detail == "expected info:blocked_clients > 5, got “0”"


def test_a_list_can_be_judged(probe, open_port):
    outcome = probe(check(at(open_port), "ROLE", that("reply", "contains", "master")))

    assert outcome.status is Status.UP, outcome.detail


def test_a_huge_value_is_not_read(probe, open_port):
    outcome = probe(check(at(open_port), "GET huge"))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail == "the reply has 100000 bytes; at most 65536 are read"


@pytest.mark.parametrize("user", ["", "watcher", "default"])
def test_a_password_is_given(probe, guarded_port, user):
    assert probe(check(at(guarded_port, f"{user}:{PASSWORD}@"))).status is Status.UP


@pytest.mark.parametrize("credentials", ["", ":wr0ng@", "watcher:wr0ng@", "nobody:wr0ng@"])
def test_a_wrong_password_is_down_and_not_told(probe, guarded_port, credentials):
    outcome = probe(check(at(guarded_port, credentials)))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail.startswith("the server answered: ")
    assert "wr0ng" not in repr(outcome)
    assert PASSWORD not in repr(outcome)


def test_a_server_that_sends_the_password_back_does_not_have_it_shown(probe):
    def echo(connection):
        connection.recv(1000)
        connection.sendall(b"+OK\r\n")
        connection.recv(1000)
        connection.sendall(b"+you said hunter2!\r\n")

    for assertions in ([], [that("reply", "equals", "x")]):
        with Listener(echo) as server:
            outcome = probe(check(at(server.port, ":hunter2@"), "GET name", *assertions))

        assert outcome.facts["reply"].startswith("you said ")
        assert "hunter2" not in repr(outcome)


def test_what_the_user_may_not_do_is_told(probe, guarded_port):
    outcome = probe(check(at(guarded_port, f"watcher:{PASSWORD}@"), "DBSIZE"))

    assert outcome.status is Status.DOWN
    assert "NOPERM" in outcome.detail
    assert "watcher" not in outcome.detail


def test_tls_is_spoken_and_verified(probe, tls_for):
    def pong(connection):
        if connection.recv(100) == b"*1\r\n$4\r\nPING\r\n":
            connection.sendall(b"+PONG\r\n")

    with Listener(pong, tls=tls_for("localhost")) as server:
        good = probe(check(f"rediss://localhost:{server.port}", ip_version="ipv4"))
        wrong = probe(check(f"rediss://127.0.0.1:{server.port}"))
        trusting = probe(check(f"rediss://127.0.0.1:{server.port}", verify_tls=False))

    assert good.status is Status.UP, good.detail
    assert wrong.reason is Reason.TLS_FAILED
    assert trusting.status is Status.UP


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"+" + b"x" * 200_000,
        b"$1x\r\n",
        b"*-2222222222222222222222222\r\n",
        b"*2000\r\n",
        b"*1\r\n" * 50,
        b"!\r\n",
        b":\r\n",
        b"$99999999999\r\n",
        b"+PON",
    ],
)
def test_another_kind_of_server_is_down(probe, said):
    with Listener(lambda c: (c.recv(100), c.sendall(said))) as server:
        outcome = probe(check(at(server.port)))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)


def test_a_server_that_hangs_up_is_down(probe):
    with Listener(lambda c: c.recv(100)) as server:
        outcome = probe(check(at(server.port)))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.UNREACHABLE)


def test_silence_times_out(probe):
    with silent() as port:
        outcome = probe(check(at(port)), 0.3)

    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail.endswith("while waiting for the reply")


def test_a_closed_port_is_refused(probe):
    assert probe(check(at(free_port()))).reason is Reason.REFUSED


def test_a_refused_network_is_not_probed(probe):
    assert probe(check("redis://127.66.0.9")).reason is Reason.BLOCKED


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "dsn"),
        ({"dsn": "unix:///run/redis.sock"}, "dsn"),
        ({"dsn": "redis://:s3cret@cache.example/one"}, "dsn"),
        ({"dsn": "redis://s3cret@cache.example/1"}, "dsn"),
        ({"dsn": "redis://cache.example/123456"}, "dsn"),
        ({"command": ""}, "command"),
        ({"command": "SET name x"}, "command"),
        ({"command": "FLUSHALL"}, "command"),
        ({"command": "EVAL 'return 1' 0"}, "command"),
        ({"command": "KEYS *"}, "command"),
        ({"command": "GET"}, "command"),
        ({"command": "GET 'a"}, "command"),
        ({"command": "PING\r\nFLUSHALL"}, "command"),
        ({"assertions": [that("value", "equals", 1)]}, "assertions"),
        ({"assertions": [that("info", "equals", 1)]}, "assertions"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        RedisCheck.parse(settings if field == "dsn" else {"dsn": "redis://x", **settings})

    assert [name.partition(".")[0] for name in refused.value.problems] == [field]
    assert "s3cret" not in str(refused.value.problems)


def test_an_argument_cannot_become_a_command(probe):
    heard = []
    with Listener(lambda c: (heard.append(c.recv(1000)), c.sendall(b"$-1\r\n"))) as server:
        probe(check(at(server.port), 'GET "a\r\nFLUSHALL\r\n"'))

    assert heard == [b"*2\r\n$3\r\nGET\r\n$13\r\na\r\nFLUSHALL\r\n\r\n"]


def test_the_target_tells_no_secret():
    one = check("rediss://watcher:hunter2@Cache.Example/2")

    assert one.target() == "rediss://cache.example:6379/2"
    assert one.server() == ("cache.example", 6379)


@pytest.mark.parametrize(
    ("opening", "part", "detail"),
    [
        (b"", b"*500\r\n" + b":1\r\n" * 499, "1500 items; at most 1000"),
        (b"*9\r\n", b"$9999\r\n" + b"x" * 9999 + b"\r\n", "69993 bytes; at most 65536"),
        (b"*9\r\n", b"+" + b"x" * 9999 + b"\r\n", "69993 bytes; at most 65536"),
    ],
)
def test_a_reply_is_bounded_as_a_whole(probe, opening, part, detail):
    with Listener(lambda c: (c.recv(1000), c.sendall(opening + part * 9))) as server:
        outcome = probe(check(at(server.port), "ROLE"))

    assert outcome.reason is Reason.MISMATCH
    assert outcome.detail == f"the reply has {detail} are read"
