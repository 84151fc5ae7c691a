"""The sql check, against servers that dawdle, ask for our files or want the password in plain."""

import threading
import time

import pytest
from checks.conftest import wait_until
from checks.of_sql import check
from checks.servers import Listener

from kener.core.outcome import Reason
from kener.core.status import Status


@pytest.mark.parametrize("tls", [False, True])
def test_a_server_that_dawdles_holds_no_thread(probe, tls_for, tls):
    gone = threading.Event()

    def dawdle(connection, number=b"\0"):
        connection.sendall(b"\xff\xff\x01" + number)
        while not gone.wait(0.05):
            connection.sendall(b"x")

    def greet(connection):
        greeting = mysql_greeting(0xAA0F)
        connection.sendall(greeting)
        connection.recv(36)
        with tls_for("localhost").wrap_socket(connection, server_side=True) as secured:
            dawdle(secured, b"\3")

    mode = "required" if tls else "disabled"
    with Listener(greet if tls else dawdle) as listener:
        dsn = f"mysql://u:x@127.0.0.1:{listener.port}/x?ssl-mode={mode}"
        outcome = probe(check(dsn), 0.5)
        wait_until(lambda: probe.engine._services.blocking.lost == 0, 2)
        gone.set()

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.TIMEOUT)


HELLO = b"R\0\0\0\x08\0\0\0\0" + b"Z\0\0\0\x05I"
"""What a PostgreSQL that asks for no password says first."""


def test_a_postgresql_that_answers_no_command_is_left_at_the_deadline(probe):
    def serve(connection):
        connection.recv(1000)
        connection.sendall(HELLO)
        while connection.recv(1000):
            pass

    with Listener(serve) as listener:
        began = time.monotonic()
        outcome = probe(check(f"postgresql://u@127.0.0.1:{listener.port}/x?sslmode=disable"), 0.5)
        took = time.monotonic() - began

    assert outcome.reason is Reason.TIMEOUT
    assert took < 4  # psycopg would wait for 5 s after the deadline


def test_a_postgresql_whose_greeting_has_no_end_is_down(probe):
    def serve(connection):
        connection.recv(1000)
        connection.sendall(b"R\0\0\0\x08\0\0\0\0")
        while True:
            connection.sendall(b"S\0\0\0\x08a\0b\0" * 10_000)

    with Listener(serve) as listener:
        outcome = probe(check(f"postgresql://u@127.0.0.1:{listener.port}/x?sslmode=disable"), 2)

    assert outcome.reason is Reason.MISMATCH
    assert outcome.detail == "the server's greeting has no end"


def test_a_mysql_that_asks_for_our_files_gets_none(probe, caplog):
    """LOAD DATA LOCAL INFILE: a server may ask for any file in answer to any query."""

    def serve(connection):
        connection.sendall(mysql_greeting(0xA20F))
        connection.recv(1000)
        connection.sendall(b"\x07\0\0\2\0\0\0\2\0\0\0")
        while heard := connection.recv(1000):
            is_query = b"SELECT" in heard
            connection.sendall(
                b"\x0c\0\0\1\xfb/etc/passwd" if is_query else b"\x07\0\0\1\0\0\0\2\0\0\0"
            )
            told.append(heard)

    told = []
    with Listener(serve) as listener:
        outcome = probe(check(f"mysql://u:x@127.0.0.1:{listener.port}/x?ssl-mode=disabled"), 2)

    assert b"SELECT" in told[-1]
    assert outcome.status is Status.DOWN
    assert outcome.detail == "the server does not speak the MySQL protocol"
    assert not caplog.records


def mysql_greeting(capabilities):
    """The first packet of a MySQL server."""
    greeting = b"\x0a5.7.0\0" + b"\1\0\0\0" + b"12345678\0" + capabilities.to_bytes(2, "little")
    greeting += b"\x21\2\0" + (0x0018).to_bytes(2, "little") + b"\x15" + b"\0" * 10
    greeting += b"123456789012\0mysql_native_password\0"
    return len(greeting).to_bytes(3, "little") + b"\0" + greeting


def test_a_server_that_wants_the_password_in_plain_is_not_given_it(probe):
    told = []

    def serve(connection):
        connection.sendall(mysql_greeting(0xA20F))
        told.append(connection.recv(1000))
        switch = b"\xfemysql_clear_password\0"
        connection.sendall(len(switch).to_bytes(3, "little") + b"\2" + switch)
        told.append(connection.recv(1000))

    with Listener(serve) as listener:
        dsn = f"mysql://u:hunter2@127.0.0.1:{listener.port}/x?ssl-mode=disabled"
        outcome = probe(check(dsn))

    assert outcome.status is Status.DOWN
    assert outcome.detail.endswith("the server asks for the password in plain text")
    assert len(told[0]) > 20
    assert b"hunter2" not in b"".join(told)


def test_without_tls_no_password_is_encrypted_with_a_key_that_anybody_sent(probe):
    """As MySQL 8 asks for it; who stands in between could send a key as well."""
    told = []

    def serve(connection):
        connection.sendall(mysql_greeting(0xA20F))
        told.append(connection.recv(1000))
        for number, packet in (
            (2, b"\xfecaching_sha2_password\0" + b"a" * 20 + b"\0"),
            (4, b"\1\4"),
        ):
            connection.sendall(len(packet).to_bytes(3, "little") + bytes([number]) + packet)
            told.append(connection.recv(1000))

    with Listener(serve) as listener:
        dsn = f"mysql://u:hunter2@127.0.0.1:{listener.port}/x"
        outcome = probe(check(dsn))

    assert len(told[1]) == 36
    assert told[2] == b""
    assert outcome.status is Status.DOWN
    assert "only TLS can protect" in outcome.detail
