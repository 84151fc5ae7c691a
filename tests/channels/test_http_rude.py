"""Outgoing HTTP to receivers that drip, flood or fall silent."""

import gzip
import time
from contextlib import contextmanager
from threading import Event

import pytest
from receivers import LOOPBACK, a_receiver, a_rude_receiver

from kener.channels._http import BUDGET, READ, Way, post

WAY = Way(LOOPBACK)
HURRIED = Way(LOOPBACK, deadline=0.6)


@contextmanager
def at_most(seconds):
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds


def reading(connection):
    """Read the request, so that what follows is an answer."""
    while piece := connection.recv(65536):
        if piece.endswith(b"ping"):
            return


def dripping(head, drop, every):
    def behave(connection):
        reading(connection)
        connection.sendall(head)
        while not Event().wait(every):
            connection.sendall(drop)

    return behave


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX-Long: "])
def test_a_receiver_that_drips_its_headers_is_left_at_the_deadline(head):
    with a_rude_receiver(dripping(head, b"x", 0.1)) as receiver, at_most(2):
        reply = post(receiver.url(), b"ping", {}, HURRIED)

    assert (reply.status, reply.error) == (None, "no answer within 0.6 s")
    assert 550 <= reply.took_ms < 1500


def test_a_receiver_that_drips_its_body_has_answered_all_the_same():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"
    with a_rude_receiver(dripping(head, b"x", 0.1)) as receiver, at_most(2):
        reply = post(receiver.url(), b"ping", {}, HURRIED)

    assert (reply.status, reply.error) == (200, "")
    assert 550 <= reply.took_ms < 1500


def test_a_receiver_that_never_answers_is_left_at_the_deadline():
    with a_rude_receiver(reading) as receiver, at_most(2):
        reply = post(receiver.url(), b"what ends the reading never comes", {}, HURRIED)

    assert reply.error == "no answer within 0.6 s"


def test_a_handshake_that_drips_is_left_at_the_deadline():
    def behave(connection):
        connection.sendall(b"\x16\x03\x03\x40\x00")
        while not Event().wait(0.1):
            connection.sendall(b"\x00")

    with a_rude_receiver(behave) as receiver, at_most(2):
        reply = post(receiver.url(scheme="https"), b"", {}, HURRIED)

    assert reply.status is None
    assert reply.error == "no answer within 0.6 s"


def test_a_tls_receiver_that_drips_is_left_at_the_deadline(tls_for, authorities):
    context = tls_for("hooks.test")

    def behave(connection):
        with context.wrap_socket(connection, server_side=True) as wrapped:
            dripping(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x", 0.1)(wrapped)

    with a_rude_receiver(behave) as receiver, at_most(2):
        way = Way(LOOPBACK, lambda _: ["127.0.0.1"], authorities, deadline=0.6)
        reply = post(receiver.url("hooks.test", scheme="https"), b"ping", {}, way)

    assert reply.error == "no answer within 0.6 s"


def test_a_resolver_that_hangs_is_left_at_the_deadline():
    end = Event()

    def resolve(_):
        end.wait(10)
        return ["127.0.0.1"]

    with at_most(2):
        reply = post("http://slow.test/", b"", {}, Way(LOOPBACK, resolve, deadline=0.3))
    end.set()

    assert reply.error == "no answer within 0.3 s"


def flood(head, sent, piece=b"x" * 65536):
    def behave(connection):
        reading(connection)
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            sent.append(len(piece))

    return behave


ENDLESS = {
    "a length that is never reached": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    "no length": b"HTTP/1.1 200 OK\r\n\r\n",
    "a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n",
    "a redirect's body": b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n",
    "a redirect's chunk": b"HTTP/1.1 302 Found\r\nLocation: /\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n",
}


@pytest.mark.parametrize("head", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_answer_is_cut_off(head):
    sent = []
    with a_rude_receiver(flood(head, sent)) as receiver, at_most(5):
        reply = post(receiver.url(), b"ping", {}, WAY)

    assert reply.error == ""
    assert reply.body == "x" * READ
    assert sum(sent) < 16_000_000  # what loopback's buffers swallow, not what ten seconds would


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "piece"),
    [(CHUNKED, b"x" * 65536), (CHUNKED + b"0\r\n", b"X-More: 1\r\n" * 6000)],
    ids=["a chunk's length", "trailers"],
)
def test_an_answer_that_never_comes_to_its_end_is_cut_off(head, piece):
    sent = []
    with a_rude_receiver(flood(head, sent, piece)) as receiver, at_most(5):
        reply = post(receiver.url(), b"ping", {}, WAY)

    assert (reply.status, reply.error, reply.body) == (200, "", "")
    assert sum(sent) < BUDGET + 16_000_000


def test_an_answer_that_is_always_about_to_come_is_cut_off():
    wait = b"HTTP/1.1 100 Continue\r\n\r\n" * 2000
    with a_rude_receiver(flood(b"", [], wait)) as receiver, at_most(5):
        reply = post(receiver.url(), b"ping", {}, WAY)

    assert reply.error == "the connection broke off before there was an answer"


def test_an_endless_header_is_an_error():
    with a_rude_receiver(flood(b"HTTP/1.1 200 OK\r\nX-Long: ", [])) as receiver, at_most(5):
        reply = post(receiver.url(), b"ping", {}, WAY)

    assert reply.error == "the connection broke off before there was an answer"


def test_a_bomb_is_kept_as_it_came():
    bomb = gzip.compress(b"0" * 50_000_000)
    answer = (200, {"Content-Encoding": "gzip"}, bomb)
    with a_receiver(lambda _: answer) as receiver:
        reply = post(receiver.url(), b"", {}, WAY)

    assert len(reply.body) <= READ
    assert receiver.got[0].headers["accept-encoding"] == "identity"
