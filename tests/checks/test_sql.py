"""The sql check, against PostgreSQL, MariaDB and SQLite files."""

import contextlib
import json
import os
import sqlite3
import threading
import time
from dataclasses import replace
from urllib.parse import quote

import psycopg
import pymysql
import pytest
from checks.conftest import wait_until
from checks.databases import PASSWORD, Relay, a_mariadb, postgres_tls, prepared_postgresql
from checks.servers import Listener, free_port, silent

from kener.checks import check_types
from kener.checks._mysql_connection import Task, connected
from kener.checks._sql_dsn import parse_sql_dsn
from kener.checks._sql_mysql import _kill
from kener.checks.sql import SqlCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

SLEEPY = {"postgresql": "SELECT pg_sleep(30)", "mysql": "SELECT SLEEP(30)"}
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def check(dsn, query="SELECT 1", *assertions, **settings) -> SqlCheck:
    return SqlCheck.parse({"dsn": dsn, "query": query, "assertions": list(assertions), **settings})


def that(source, op, value, **more):
    return {"source": source, "op": op, "value": value, **more}


@pytest.fixture(scope="session")
def postgresql(postgresql_server):
    server = prepared_postgresql(postgresql_server)
    yield server
    with psycopg.connect(server.admin, autocommit=True) as connection:
        connection.execute("DROP TABLE orders")
        connection.execute("DROP USER watcher")


@pytest.fixture(scope="session")
def postgresql_port(postgresql):
    with Relay(postgresql.socket) as relay:
        yield relay.port


@pytest.fixture(scope="session")
def mariadb(authority, tmp_path_factory):
    path = tmp_path_factory.mktemp("mariadb") / "server.pem"
    certificate = authority.issue_cert("localhost", common_name="localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(str(path))
    path.chmod(0o600)
    with a_mariadb(path) as server:
        yield server


class Server:
    """One of the two, by the same words."""

    def __init__(self, scheme, port, execute):
        self.scheme, self.port, self.execute = scheme, port, execute
        self.database = {"postgresql": "postgres", "mysql": "shop"}[scheme]

    def dsn(self, password=PASSWORD, host="127.0.0.1", database=None, options="", user="watcher"):
        where = f"{host}:{self.port}/{database or self.database}{options}"
        return f"{self.scheme}://{user}:{quote(password, safe='')}@{where}"

    def running(self):
        """The queries of our user that the server works on."""
        if self.scheme == "postgresql":
            return self.execute(
                "SELECT query FROM pg_stat_activity WHERE usename = 'watcher' AND state = 'active'"
            )
        return self.execute(
            "SELECT info FROM information_schema.processlist"
            " WHERE user = 'watcher' AND info IS NOT NULL"
        )


@pytest.fixture(params=["postgresql", "mysql"])
def server(request):
    if request.param == "postgresql":
        postgresql = request.getfixturevalue("postgresql")
        port = request.getfixturevalue("postgresql_port")
        return Server("postgresql", port, postgresql.execute)
    mariadb = request.getfixturevalue("mariadb")
    return Server("mysql", mariadb.port, mariadb.execute)


def test_a_database_that_answers_is_up(probe, server):
    outcome = probe(check(server.dsn()))

    assert outcome.status is Status.UP, outcome.detail
    assert outcome.facts == {"rows": 1, "value": 1, "address": "127.0.0.1"}
    assert set(outcome.phases) == {"connect", "query"}
    assert outcome.latency_ms >= outcome.phases["query"] > 0


def test_the_first_value_is_judged(probe, server):
    query = "SELECT count(*), 'more' FROM orders"
    good = probe(check(server.dsn(), query, that("value", ">", 200), that("rows", "equals", 1)))
    bad = probe(check(server.dsn(), query, that("value", "<", 5)))
    fair = probe(check(server.dsn(), query, that("value", "<", 5, severity="degraded")))

    assert good.status is Status.UP
    assert (bad.status, bad.reason) == (Status.DOWN, Reason.MISMATCH)
    assert bad.detail == "expected value < 5, got 250"
    assert bad.facts["value"] == 250
    assert fair.status is Status.DEGRADED


def test_no_row_has_no_value(probe, server):
    query = "SELECT number FROM orders WHERE number = 0"
    outcome = probe(check(server.dsn(), query, that("value", "equals", 1)))

    assert probe(check(server.dsn(), query, that("rows", "equals", 0))).status is Status.UP
    assert outcome.detail == "expected value equals 1, but the query gave no row"


def test_many_rows_are_counted_to_a_hundred(probe, server):
    outcome = probe(check(server.dsn(), "SELECT number FROM orders ORDER BY number"))

    assert outcome.status is Status.UP
    assert outcome.facts["rows"] == 100
    assert outcome.facts["value"] == 1
    wait_until(lambda: not server.running())


def test_values_of_all_kinds_can_be_compared(probe, server):
    for expression, seen in [
        ("NULL", None),
        ("1.50", "1.50"),
        ("'ünï'", "ünï"),
        ("CURRENT_DATE", time.strftime("%Y-")),
        ("99999999999999999999999999", "99999999999999999999999999"),
    ]:
        op = "contains" if expression == "CURRENT_DATE" else "equals"
        outcome = probe(check(server.dsn(), f"SELECT {expression}", that("value", op, seen)))
        assert outcome.status is Status.UP, outcome.detail


def test_a_write_is_refused(probe, server):
    for query in [
        "WITH gone AS (DELETE FROM orders RETURNING number) SELECT count(*) FROM gone",
        "SELECT * FROM orders LIMIT 1; DELETE FROM orders",
        "SELECT 1; COMMIT; DELETE FROM orders",
        "SELECT 1 INTO shown",
    ]:
        outcome = probe(check(server.dsn(), query))
        assert outcome.status is Status.DOWN, query
        assert outcome.reason is Reason.MISMATCH

    assert server.execute(f"SELECT count(*) FROM {prefix(server)}orders")[0][0] == 250


def prefix(server):
    return "shop." if server.scheme == "mysql" else ""


def test_a_function_cannot_write_either(probe, server):
    if server.scheme == "postgresql":
        server.execute(
            "CREATE OR REPLACE FUNCTION wipe() RETURNS int LANGUAGE sql"
            " AS 'DELETE FROM orders; SELECT 1'"
        )
    else:
        server.execute(
            "CREATE OR REPLACE FUNCTION shop.wipe() RETURNS int MODIFIES SQL DATA"
            " BEGIN DELETE FROM shop.orders; RETURN 1; END"
        )
    outcome = probe(check(server.dsn(), "SELECT wipe()"))

    assert outcome.status is Status.DOWN
    assert outcome.detail == "the query wants to write, which is never done by a check"
    assert server.execute(f"SELECT count(*) FROM {prefix(server)}orders")[0][0] == 250


def test_a_long_query_is_stopped_on_the_server(probe, server):
    began = time.monotonic()
    outcome = probe(check(server.dsn(), SLEEPY[server.scheme]), 1.0)

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.TIMEOUT)
    assert outcome.detail.startswith("the query was stopped: it took more than 0.")
    assert time.monotonic() - began < 2
    wait_until(lambda: not server.running())


def test_a_network_that_breaks_in_a_query_is_down_in_time(probe, postgresql):
    with Relay(postgresql.socket) as relay:
        server = Server("postgresql", relay.port, postgresql.execute)
        asked = threading.Thread(target=cut_when_running, args=(server, relay))
        asked.start()
        began = time.monotonic()
        outcome = probe(check(server.dsn(), "SELECT pg_sleep(30)"), 1.5)
        asked.join()

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.TIMEOUT)
    assert time.monotonic() - began < 2.5
    wait_until(lambda: not server.running())


def cut_when_running(server, relay):
    wait_until(server.running)
    relay.is_cut.set()


def test_a_query_is_killed_if_the_server_does_not_stop_it(mariadb):
    server = Server("mysql", mariadb.port, mariadb.execute)
    dsn = parse_sql_dsn(server.dsn())
    task = Task(dsn, ("127.0.0.1",), "SELECT SLEEP(30)", time.monotonic() + 20, None)
    with connected(task) as (connection, _):

        def sleep():
            with contextlib.suppress(pymysql.Error):
                connection.query(task.query)

        sleeper = threading.Thread(target=sleep)
        sleeper.start()
        wait_until(server.running)
        _kill(connection, task)
        sleeper.join(5)

        assert not sleeper.is_alive()
        assert not server.running()
    task.lines.cut()


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
def test_a_query_that_waits_for_a_lock_is_stopped(probe, server, postgresql):
    with psycopg.connect(postgresql.admin) as connection:
        connection.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        outcome = probe(check(server.dsn(), "SELECT count(*) FROM orders"), 1.0)

    assert outcome.reason is Reason.TIMEOUT
    wait_until(lambda: not server.running())


def test_a_query_that_gives_too_much_is_cut_off(probe, server):
    outcome = probe(check(server.dsn(), "SELECT repeat('x', 9000000)"))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail == "the answer is longer than 4 MB"


def test_a_wrong_password_is_told_without_it(probe, server):
    outcome = probe(check(server.dsn(password="wr0ng-secret")))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail.startswith("the server refused the connection: ")
    assert "wr0ng" not in repr(outcome)
    assert "watcher" not in repr(outcome)


def test_a_database_that_does_not_exist_is_named(probe, server):
    outcome = probe(check(server.dsn(database="nowhere")))

    assert outcome.status is Status.DOWN
    assert outcome.detail.startswith("the server refused the connection: ")
    if server.scheme == "postgresql":
        assert "nowhere" in outcome.detail


def test_a_bad_query_is_told_in_the_servers_words(probe, server):
    outcome = probe(check(server.dsn(), "SELECT watcher FROM nothing_here"))

    assert outcome.detail.startswith("the server refused the query: ")
    assert "nothing_here" in outcome.detail
    assert "watcher" not in outcome.detail


def test_a_closed_port_is_refused(probe, server):
    dsn = f"{server.scheme}://watcher:x@127.0.0.1:{free_port()}/shop"
    outcome = probe(check(dsn))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.REFUSED)


def test_a_server_that_says_nothing_times_out(probe, server):
    with silent() as port:
        outcome = probe(check(f"{server.scheme}://watcher:x@127.0.0.1:{port}/shop"), 0.5)

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.TIMEOUT)


def test_another_kind_of_server_is_down(probe, server):
    for greeting in (b"220 mail.test ESMTP\r\n" * 20, b"\0" * 200, b"\xff" * 200):
        with Listener(lambda c, said=greeting: (c.sendall(said), c.recv(100))) as listener:
            outcome = probe(check(f"{server.scheme}://watcher:x@127.0.0.1:{listener.port}/shop"), 2)

        assert outcome.status is Status.DOWN, outcome.detail
        assert "x@" not in outcome.detail


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


def test_a_refused_network_is_not_probed(probe, server):
    outcome = probe(check(f"{server.scheme}://watcher:x@127.66.0.9/shop"))

    assert outcome.reason is Reason.BLOCKED


VERIFIED = {"postgresql": "?sslmode=verify-full", "mysql": "?ssl-mode=verify_identity"}
ENCRYPTED = {"postgresql": "?sslmode=require", "mysql": "?ssl-mode=required"}


@pytest.fixture
def tls_server(server, request, tls_for):
    """The same, by TLS, with a certificate for localhost."""
    if server.scheme == "mysql":
        yield server
        return
    path = request.getfixturevalue("postgresql").socket
    with Relay(path, postgres_tls(tls_for("localhost"))) as relay:
        yield Server("postgresql", relay.port, server.execute)


def test_tls_is_verified_by_the_name(probe, tls_server):
    verified = VERIFIED[tls_server.scheme]
    good = probe(check(tls_server.dsn(host="localhost", options=verified), ip_version="ipv4"))
    wrong = probe(check(tls_server.dsn(host="127.0.0.1", options=verified)))
    trusting = probe(check(tls_server.dsn(options=ENCRYPTED[tls_server.scheme])))

    assert good.status is Status.UP, good.detail
    assert good.facts["address"] == "127.0.0.1"
    assert (wrong.status, wrong.reason) == (Status.DOWN, Reason.TLS_FAILED), wrong.detail
    assert wrong.detail.startswith("the certificate is not valid: it is ")
    assert trusting.status is Status.UP, trusting.detail


def test_a_server_without_tls_is_down_when_it_must_have_it(probe, postgresql_port):
    dsn = f"postgresql://watcher:x@127.0.0.1:{postgresql_port}/postgres?sslmode=require"

    assert probe(check(dsn)).reason is Reason.TLS_FAILED


def test_nothing_comes_from_our_environment(probe, postgresql_port, monkeypatch, tmp_path):
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"*:*:*:*:{PASSWORD.replace(':', chr(92) + ':')}\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("PGOPTIONS", "-c nonsense=1")
    outcome = probe(check(f"postgresql://watcher@127.0.0.1:{postgresql_port}/postgres"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH


def test_a_boolean_and_a_document_are_themselves(probe, postgresql, postgresql_port):
    dsn = f"postgresql://watcher:{quote(PASSWORD, safe='')}@127.0.0.1:{postgresql_port}/postgres"
    for expression, seen in [("true", True), ("'{\"a\": 1}'::jsonb -> 'a'", 1)]:
        outcome = probe(check(dsn, f"SELECT {expression}", that("value", "equals", seen)))
        assert outcome.status is Status.UP, outcome.detail


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


@pytest.fixture
def folder(tmp_path):
    """One that checks may read, with a database in it."""
    folder = tmp_path / "shared"
    folder.mkdir()
    with sqlite3.connect(folder / "shop.sqlite") as connection:
        connection.execute("CREATE TABLE orders (number INTEGER)")
        connection.executemany("INSERT INTO orders VALUES (?)", [(n,) for n in range(1, 251)])
    connection.close()
    return folder


@pytest.fixture
def sqlite_probe(with_engine, config, folder, tmp_path):
    private = (str(tmp_path / "shared" / "data"),)
    return with_engine(replace(config, sqlite_folders=(str(folder),), private_paths=private))


def test_a_file_is_queried(sqlite_probe, folder):
    dsn = f"sqlite://{folder}/shop.sqlite"
    outcome = sqlite_probe(check(dsn, "SELECT count(*) FROM orders", that("value", "equals", 250)))
    many = sqlite_probe(check(dsn, "SELECT number FROM orders"))

    assert outcome.status is Status.UP, outcome.detail
    assert outcome.facts == {"rows": 1, "value": 250}
    assert many.facts["rows"] == 100


def test_a_file_is_only_read(sqlite_probe, folder):
    dsn = f"sqlite://{folder}/shop.sqlite"
    other = folder / "other.sqlite"
    for query in [
        "WITH n AS (SELECT 1) DELETE FROM orders",
        "WITH n AS (SELECT 1) INSERT INTO orders SELECT 1",
        "SELECT 1; DELETE FROM orders",
        f"SELECT 1; ATTACH '{other}' AS other",
        "SELECT load_extension('x')",
    ]:
        outcome = sqlite_probe(check(dsn, query))
        assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH), query

    assert not other.exists()
    with sqlite3.connect(folder / "shop.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (250,)
    connection.close()


def test_an_endless_query_is_stopped(sqlite_probe, folder):
    began = time.monotonic()
    outcome = sqlite_probe(check(f"sqlite://{folder}/shop.sqlite", ENDLESS), 0.5)

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.TIMEOUT)
    assert outcome.detail == "the query was stopped: it took more than 0.4 s"
    assert time.monotonic() - began < 1


def test_a_value_that_is_too_long_is_refused(sqlite_probe, folder):
    outcome = sqlite_probe(check(f"sqlite://{folder}/shop.sqlite", "SELECT zeroblob(900000000)"))

    assert outcome.status is Status.DOWN
    assert outcome.detail == "SQLite refused the query: string or blob too big"


def test_without_the_setting_no_file_is_read(probe, folder):
    outcome = probe(check(f"sqlite://{folder}/shop.sqlite"))

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.NOT_SUPPORTED)
    assert "KENER_SQLITE_FOLDERS" in outcome.detail


def test_only_files_below_the_folders_are_read(sqlite_probe, folder, tmp_path):
    outside = tmp_path / "outside.sqlite"
    sqlite3.connect(outside).close()
    (folder / "link.sqlite").symlink_to(outside)
    (folder / "data").mkdir()
    (folder / "data" / "kener.sqlite").write_bytes(b"")
    (folder / "inner.sqlite").symlink_to(folder / "data" / "kener.sqlite")
    for path in (outside, folder / "link.sqlite", folder / "data/kener.sqlite", "/etc/passwd",
                 folder / "inner.sqlite", f"{folder}-beside/x.sqlite"):  # fmt: skip
        outcome = sqlite_probe(check(f"sqlite://{path}"))
        assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.NOT_SUPPORTED), path


def test_a_file_that_is_none_is_down(sqlite_probe, folder):
    os.mkfifo(folder / "pipe")
    (folder / "text").write_text("not a database, but long enough to be looked at" * 100)
    for name, detail in [
        ("gone.sqlite", "there is no such file"),
        ("pipe", "this is not a file"),
        ("", "this is not a file"),
        ("text", "the file is not a sound SQLite database"),
    ]:
        outcome = sqlite_probe(check(f"sqlite://{folder}/{name}"))
        assert (outcome.status, outcome.detail) == (Status.DOWN, detail)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "dsn"),
        ({"dsn": "oracle://u:s3cret@db.example/x"}, "dsn"),
        ({"dsn": "postgresql://u:s3cret@db.example/x?sslmode=maybe"}, "dsn"),
        ({"dsn": "postgresql://u:s3cret@db.example/x?options=-c%20a=b"}, "dsn"),
        ({"dsn": "mysql://u:s3cret@db.example/x?local_infile=1"}, "dsn"),
        ({"dsn": "sqlite://relative/s3cret"}, "dsn"),
        ({"dsn": "sqlite:///srv/../etc/s3cret"}, "dsn"),
        ({"dsn": "sqlite:///"}, "dsn"),
        ({"query": ""}, "query"),
        ({"query": "DELETE FROM orders"}, "query"),
        ({"query": "BEGIN NOT ATOMIC SELECT 1; END"}, "query"),
        ({"query": "/*!50000 CALL wipe() */"}, "query"),
        ({"query": "SELECTED"}, "query"),
        ({"query": "SELECT '\0'"}, "query"),
        ({"assertions": [{"source": "status", "op": "equals", "value": 1}]}, "assertions"),
    ],
)
def test_bad_settings_are_named(settings, field):
    whole = settings if field == "dsn" else {"dsn": "sqlite:///x", **settings}
    with pytest.raises(Invalid) as refused:
        SqlCheck.parse(whole)

    assert [name.partition(".")[0] for name in refused.value.problems] == [field]
    assert "s3cret" not in json.dumps(refused.value.problems)


def test_the_target_tells_no_secret():
    dsn = "postgres://watcher:hunter2@Db.Example/shop?sslmode=verify-full"
    one, file = check(dsn), check("sqlite:////srv/shop.sqlite")

    assert one.target() == "postgresql://db.example:5432/shop"
    assert one.server() == ("db.example", 5432)
    assert file.target() == "sqlite:///srv/shop.sqlite"
    assert file.server() is None
    assert check_types()["sql"].reference_fields() == {"dsn"}
