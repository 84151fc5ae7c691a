"""The mongodb check, against servers that are old, slow, strange or no MongoDB at all."""

import bson
import pytest
from bson.datetime_ms import DatetimeMS
from checks.assertions import that
from checks.mongo_server import HEAD
from checks.of_mongodb import at, check
from checks.servers import Listener

from kener.core.outcome import Reason
from kener.core.status import Status


def replies(*documents):
    """A server that gives these answers, whatever is asked."""

    def serve(connection):
        for document in documents:
            connection.recv(10_000)
            body = document if isinstance(document, bytes) else b"\0" + bson.encode(document)
            connection.sendall(HEAD.pack(HEAD.size + len(body), 1, 1, 2013, 0) + body)
        connection.recv(10_000)

    return Listener(serve)


def test_a_query_that_takes_too_long_is_stopped_by_the_server(probe):
    with replies({"ok": 1}, {"ok": 0, "code": 50, "errmsg": "exceeded time limit"}) as server:
        dsn = at(server.port, path="/shop")
        outcome = probe(check(dsn, "count", collection="orders"), 1.0)

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.TIMEOUT)
    assert outcome.detail == "the query was stopped: it took more than 0.8 s"


def test_dates_and_numbers_beyond_ours_are_no_failure(probe):
    document = {
        "at": DatetimeMS(10**15),
        "ratio": float("nan"),
        "id": bson.ObjectId("6b07657a9bb934b744f3ceb2"),
        "raw": b"\0\1",
        "large": 2**62,
    }
    found = {"ok": 1, "cursor": {"id": 0, "ns": "shop.orders", "firstBatch": [document]}}
    with replies({"ok": 1}, found) as server:
        outcome = probe(
            check(
                at(server.port, path="/shop"),
                "find_one",
                that("json:$.at['$date']['$numberLong']", "equals", 10**15),
                that("json:$.id['$oid']", "equals", "6b07657a9bb934b744f3ceb2"),
                that("json:$.large", ">", 2**61),
                collection="orders",
            )
        )

    assert outcome.status is Status.UP, outcome.detail


def test_an_old_server_is_asked_as_it_knows(probe):
    unknown = {"ok": 0, "code": 59, "errmsg": "no such command: 'hello'"}
    with replies(unknown, {"ok": 1, "ismaster": False, "secondary": True}, {"ok": 1}) as server:
        outcome = probe(check(at(server.port)))

    assert outcome.facts["role"] == "secondary"


def test_a_document_that_is_nested_too_deep_is_down(probe):
    document = {}
    for _ in range(800):
        document = {"a": document}
    found = {"ok": 1, "cursor": {"firstBatch": [document]}}
    with replies({"ok": 1}, found) as server:
        dsn = at(server.port, path="/shop")
        outcome = probe(check(dsn, "find_one", that("json:$.a", "equals", 1), collection="orders"))

    assert (outcome.reason, outcome.detail) == (
        Reason.MISMATCH,
        "the document is nested too deep to be read",
    )


def test_a_document_with_very_many_parts_is_read_beside_other_probes(probe):
    gaps = []

    def tick():
        loop = probe.engine._loop
        gaps.append(loop.time() - due[-1])
        due.append(loop.time() + 0.01)
        timers.append(loop.call_later(0.01, tick))

    def stop():
        timers[-1].cancel()

    due, timers = [float("inf")], []
    found = {"ok": 1, "cursor": {"firstBatch": [{"a": [DatetimeMS(0)] * 60_000}]}}
    with replies({"ok": 1}, found) as server:
        probe.engine._loop.call_soon_threadsafe(tick)
        dsn = at(server.port, path="/shop")
        outcome = probe(
            check(dsn, "find_one", that("json:$.a.length()", "equals", 60_000), collection="orders")
        )
        probe.engine._loop.call_soon_threadsafe(stop)

    assert outcome.status is Status.UP, outcome.detail
    assert len([gap for gap in gaps if gap < 0.1]) > 5  # else not one tick came between


def test_a_huge_answer_is_not_read(probe):
    with Listener(
        lambda c: (c.recv(9999), c.sendall(HEAD.pack(40_000_000, 1, 1, 2013, 0) + b"x" * 99))
    ) as server:
        outcome = probe(check(at(server.port)))

    assert outcome.detail == "the answer has 40000000 bytes; at most 1000000 are read"


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9,
        HEAD.pack(10, 1, 1, 2013, 0),
        HEAD.pack(-1, 1, 1, 2013, 0),
        HEAD.pack(36, 1, 1, 1, 0) + b"\0" * 16,
        HEAD.pack(36, 1, 1, 2013, 0) + b"\1" * 16,
        HEAD.pack(36, 1, 1, 2013, 0) + b"\0" + b"\xff" * 15,
        HEAD.pack(36, 1, 1, 2013, 0) + b"\0\x0f\0\0\0\x03a\0\x05\0\0\0\x7f\0\0\0",
    ],
)
def test_another_kind_of_server_is_down(probe, said):
    with Listener(lambda c: (c.recv(9999), c.sendall(said), c.recv(9999))) as server:
        outcome = probe(check(at(server.port)))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail == "the server does not speak MongoDB's protocol"


@pytest.mark.parametrize(
    "challenge",
    [b"r=x,s=c2FsdA==,i=4096", b"", b"\xff\xfe"],
)
def test_a_challenge_that_is_none_is_down(probe, challenge):
    with replies({"ok": 1}, {"ok": 1, "conversationId": 1, "payload": challenge}) as server:
        outcome = probe(check(at(server.port, "u:p@")))

    assert outcome.detail == "the server does not speak SCRAM"
