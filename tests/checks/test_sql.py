"""The sql check, against PostgreSQL and MariaDB."""

import contextlib
import json
import threading
import time

import psycopg
import pymysql
import pytest
from checks.assertions import that
from checks.conftest import wait_until
from checks.databases import Relay
from checks.of_sql import Server, check, server
from checks.servers import Listener, free_port, silent

from kener.checks import check_types
from kener.checks._mysql_connection import Task, connected
from kener.checks._sql_dsn import parse_sql_dsn
from kener.checks._sql_mysql import _kill
from kener.checks.sql import SqlCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

__all__ = ["server"]
SLEEPY = {"postgresql": "SELECT pg_sleep(30)", "mysql": "SELECT SLEEP(30)"}


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


def test_a_refused_network_is_not_probed(probe, server):
    outcome = probe(check(f"{server.scheme}://watcher:x@127.66.0.9/shop"))

    assert outcome.reason is Reason.BLOCKED


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
