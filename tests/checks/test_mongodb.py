"""The mongodb check, against a server of others that speaks its protocol (on top of SQLite), and
one of ours that asks for passwords."""

import socket
import subprocess
import sys
from pathlib import Path

import pymongo
import pytest
from checks.assertions import that
from checks.conftest import wait_until
from checks.mongo_server import MongoServer
from checks.of_mongodb import at, check
from checks.servers import Listener, free_port, silent
from servers import a_free_port, a_short_folder

from kener.checks.mongodb import MongoDbCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

PASSWORD = "hunter2/@:#"


def listens(port):
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def port():
    program = Path(sys.executable).with_name("nx-27017")
    if not program.exists():
        pytest.skip("needs nx-27017, a server that speaks MongoDB's protocol")
    port = a_free_port()
    with a_short_folder("kener-mongodb-") as folder:
        command = [str(program), "--db", "memory", "--host", "127.0.0.1", "-p", str(port)]
        command += ["--log-file", str(folder / "log"), "--pid-file", str(folder / "pid")]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            wait_until(lambda: listens(port))
            with pymongo.MongoClient("127.0.0.1", port, directConnection=True) as client:
                orders = [{"number": n, "state": "open" if n % 2 else "done"} for n in range(20)]
                client.shop.orders.insert_many(orders)
            yield port
        finally:
            process.kill()
            process.wait(5)


def test_a_server_that_answers_is_up(probe, port):
    outcome = probe(check(at(port), "ping", that("role", "equals", "primary")))

    assert outcome.status is Status.UP, outcome.detail
    assert outcome.facts == {"address": "127.0.0.1", "role": "primary"}
    assert set(outcome.phases) == {"dns", "connect", "sign_in", "command"}


def test_documents_are_counted(probe, port):
    settings = {"collection": "orders", "filter": '{"state": "open", "number": {"$gt": 5}}'}
    good = probe(check(at(port, path="/shop"), "count", that("count", "equals", 7), **settings))
    bad = probe(check(at(port, path="/shop"), "count", that("count", "<", 5), **settings))

    assert good.status is Status.UP, good.detail
    assert good.facts["count"] == 7
    assert bad.detail == "expected count < 5, got 7"


def test_a_document_is_judged(probe, port):
    settings = {"collection": "orders", "filter": '{"number": 3}'}
    good = probe(
        check(
            at(port, path="/shop"), "find_one", that("json:$.state", "equals", "open"), **settings
        )
    )
    none = probe(
        check(
            at(port, path="/shop"),
            "find_one",
            that("json:$.state", "equals", "open"),
            collection="orders",
            filter='{"number": 300}',
        )
    )

    assert good.status is Status.UP, good.detail
    assert none.detail == "expected json:$.state equals “open”, but no document was found"


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-256", "SCRAM-SHA-1"])
def test_pymongo_signs_in_to_our_server_as_we_do(probe, mechanism):
    with MongoServer("watcher", PASSWORD, [mechanism]) as server:
        with pymongo.MongoClient(
            "127.0.0.1",
            server.port,
            username="watcher",
            password=PASSWORD,
            authMechanism=mechanism,
            directConnection=True,
            serverSelectionTimeoutMS=5000,
        ) as client:
            assert client.admin.command("ping") == {"ok": 1}
        outcome = probe(check(at(server.port, f"watcher:{PASSWORD}@")))

    assert outcome.status is Status.UP, outcome.detail


def test_the_mechanism_and_database_of_the_user_can_be_said(probe):
    with MongoServer("watcher", PASSWORD) as server:
        path = "/shop?authSource=admin&authMechanism=SCRAM-SHA-1"
        good = probe(check(at(server.port, f"watcher:{PASSWORD}@", path)))
        bad = probe(check(at(server.port, f"watcher:{PASSWORD}@", "/shop")))

    assert good.status is Status.UP, good.detail
    assert bad.detail == "the server refused the user or password"
    assert {each["mechanism"] for each in server.asked if "saslStart" in each} == {
        "SCRAM-SHA-1",
        "SCRAM-SHA-256",
    }


def test_a_wrong_password_is_down_and_not_told(probe):
    with MongoServer("watcher", PASSWORD) as server:
        for credentials in ("watcher:wr0ng@", "nobody:wr0ng@", ""):
            outcome = probe(check(at(server.port, credentials)))

            assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
            assert "wr0ng" not in repr(outcome)
            assert "watcher" not in repr(outcome)


def test_a_server_that_does_not_know_the_password_is_not_believed(probe):
    with MongoServer("watcher", "another", lies=True) as server:
        outcome = probe(check(at(server.port, f"watcher:{PASSWORD}@")))

    assert outcome.status is Status.DOWN
    assert outcome.detail.startswith("the server does not know this user's password")
    assert "ping" not in [next(iter(each)) for each in server.asked]


def test_tls_is_spoken_and_verified(probe, tls_for):
    with MongoServer("u", PASSWORD, tls=tls_for("localhost")) as server:
        where = f"{server.port}/?tls=true"
        good = probe(check(f"mongodb://u:{PASSWORD}@localhost:{where}", ip_version="ipv4"))
        wrong = probe(check(f"mongodb://u:{PASSWORD}@127.0.0.1:{where}"))
        trusting = probe(check(f"mongodb://u:{PASSWORD}@127.0.0.1:{where}", verify_tls=False))

    assert good.status is Status.UP, good.detail
    assert wrong.reason is Reason.TLS_FAILED
    assert trusting.status is Status.UP


def test_a_server_that_hangs_up_or_is_silent_is_down(probe):
    with Listener(lambda c: c.recv(100)) as server:
        assert probe(check(at(server.port))).reason is Reason.UNREACHABLE
    with silent() as port:
        assert probe(check(at(port)), 0.3).reason is Reason.TIMEOUT
    assert probe(check(at(free_port()))).reason is Reason.REFUSED
    assert probe(check("mongodb://127.66.0.9")).reason is Reason.BLOCKED


def test_without_the_library_the_extra_is_named(probe, monkeypatch):
    monkeypatch.setitem(sys.modules, "bson", None)
    monkeypatch.delitem(sys.modules, "kener.checks._mongodb", raising=False)
    monkeypatch.delattr("kener.checks._mongodb", raising=False)
    outcome = probe(check("mongodb://127.0.0.1"))

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.NOT_SUPPORTED)
    assert "run make extras" in outcome.detail


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "dsn"),
        ({"dsn": "mongodb+srv://u:s3cret@cluster.example/shop"}, "dsn"),
        ({"dsn": "mongodb://u:s3cret@one.example,two.example/shop"}, "dsn"),
        ({"dsn": "mongodb://u:s3cret@one.example/?replicaSet=x"}, "dsn"),
        ({"dsn": "mongodb://s3cret@one.example/"}, "dsn"),
        ({"dsn": "mongodb://u:s3cret@one.example/a.b"}, "dsn"),
        ({"command": "drop"}, "command"),
        ({"command": "count"}, "collection"),
        ({"command": "count", "collection": "orders", "dsn": "mongodb://x"}, "collection"),
        ({"command": "count", "collection": "system.users"}, "collection"),
        ({"filter": "state: open"}, "filter"),
        ({"filter": "[]"}, "filter"),
        ({"filter": '{"_id": {"$oid": "none"}}'}, "filter"),
        ({"filter": '{"$where": "sleep(1000)"}'}, "filter"),
        ({"filter": '{"$or": [{"a": {"$expr": {"$function": {}}}}]}'}, "filter"),
        ({"assertions": [that("count", "equals", 1)]}, "assertions"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        MongoDbCheck.parse(settings if field == "dsn" else {"dsn": "mongodb://x/shop", **settings})

    assert [name.partition(".")[0] for name in refused.value.problems] == [field]
    assert "s3cret" not in str(refused.value.problems)


def test_the_target_tells_no_secret():
    one = check("mongodb://watcher:hunter2@Db.Example/shop", "count", collection="orders")

    assert one.target() == "mongodb://db.example:27017/shop orders"
    assert one.server() == ("db.example", 27017)
    assert one.destination() == check("mongodb://db.example/shop").destination()
