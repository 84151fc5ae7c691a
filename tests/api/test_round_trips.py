"""What a request costs its database and Redis: so many questions, however much there is."""

import pytest
import redis
from factories import a_monitor, a_span, an_incident
from redis.connection import AbstractConnection
from sqlalchemy import event

from kener.core.status import Status
from kener.store.clock import now
from kener.web.database import db
from kener.web.lines import Line

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def trips(monkeypatch):
    """Every command that goes to Redis from here on."""
    sent = []
    send = AbstractConnection.send_packed_command

    def note(connection, command, **given):
        sent.append(b"".join(command))
        return send(connection, command, **given)

    def ask(line, asked):
        sent.append(b"".join(command for command, _ in asked))
        return spoken(line, asked)

    spoken = Line._said
    monkeypatch.setattr(AbstractConnection, "send_packed_command", note)
    monkeypatch.setattr(Line, "_said", ask)
    return sent


@pytest.mark.parametrize("path", ["/api/monitors", "/api/me", "/api/incidents", "/api/nothing"])
def test_a_request_is_counted_in_one_round_trip(call, admin, trips, path):
    call("get", path, admin)  # connects, and loads the script
    trips.clear()

    answer = call("get", path, admin)

    assert answer.headers["X-RateLimit-Remaining"] == "98"
    assert [b"EVALSHA" in each for each in trips] == [True]


def test_so_is_one_that_is_refused(call, trips):
    for _ in range(101):
        answer = call("get", "/api/me")
    assert answer.status_code == 429
    trips.clear()

    assert call("get", "/api/me").status_code == 429
    assert len(trips) == 1


def test_a_window_that_lost_its_end_gets_another(call, admin, redis_url, database):
    with redis.Redis.from_url(redis_url) as client:
        call("get", "/api/me", admin)
        (name,) = client.keys("*key:*")
        client.persist(name)

        call("get", "/api/me", admin)

        assert 0 < client.pttl(name) <= 60_000


QUERIES = ("", "?limit=2", "?status=unknown", "?tag=a", "?q=monitor", "?sort=-name&fields=name")


@pytest.mark.parametrize("query", QUERIES)
def test_a_list_takes_so_many_statements_however_long_it_is(ask, used_key, database, query):
    key = used_key()

    def statements(more):
        with database.write() as session:
            for _ in range(more):
                monitor = a_monitor(session, tags=["a"])
                a_span(session, monitor, Status.UP, now())
                an_incident(session, (monitor, Status.DOWN))
        return ask(key, f"/api/monitors{query}")[1]

    statements(1)
    few = statements(3)

    # Those that are known from the list before need not be read.
    assert statements(30) in {few, few - 1}
    assert 0 < few <= 10


def test_a_key_is_found_by_one_statement(ask, used_key):
    answer, statements = ask(used_key(), "/api/me")

    assert answer.status_code == 200
    assert statements == 2  # BEGIN is the other


def test_a_list_that_is_known_takes_one_round_trip_and_no_statement(learned, ask, used_key, trips):
    key = used_key()
    learned(key)
    trips.clear()

    answer, statements = ask(key)

    assert (answer.status_code, statements, len(trips)) == (200, 0, 1)


def test_a_read_is_one_transaction(call, admin, app):
    """Looking up the key begins it already: each more would be two round trips to PostgreSQL."""
    call("get", "/api/monitors", admin)
    begun = []

    def note(_connection):
        begun.append(1)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "begin", note)
    try:
        call("get", "/api/monitors?limit=7", admin)
    finally:
        event.remove(engine, "begin", note)

    assert len(begun) == 1
