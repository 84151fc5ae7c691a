"""POST /api/monitors/test: a real probe, and nothing is stored."""

import socket
from contextlib import contextmanager
from threading import Thread

import pytest
from checks.servers import HttpServer, ok
from kinds import with_kinds

from kener.core.instant import SECOND
from kener.store.clock import now
from kener.store.tables import Monitor, Result
from kener.web import trials

__all__ = ["with_kinds"]
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATH = "/api/monitors/test"


@contextmanager
def a_port():
    """A port of loopback on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        yield server.getsockname()[1]


def tcp(port, **more):
    return {"kind": "tcp", "settings": {"host": "127.0.0.1", "port": port}, "timeout": 2} | more


def test_an_open_port_is_up_and_nothing_is_stored(call, admin, database):
    with a_port() as port:
        answer = call("post", PATH, admin, json=tcp(port))

    data = answer.json["data"]
    assert answer.status_code == 200
    assert list(data) == [
        "status", "reason", "detail", "latency_ms", "phases", "facts", "failed_assertions",
    ]  # fmt: skip
    assert (data["status"], data["reason"]) == ("up", None)
    assert data["facts"]["address"] == "127.0.0.1"
    assert data["phases"]["connect"] >= 0
    with database.read() as session:
        assert (session.query(Monitor).count(), session.query(Result).count()) == (0, 0)


@ONE_DATABASE
def test_a_closed_port_is_down_and_says_why(call, admin):
    with a_port() as port:
        pass
    data = call("post", PATH, admin, json=tcp(port)).json["data"]

    assert (data["status"], data["reason"], data["detail"]) == (
        "down", "refused", f"127.0.0.1 port {port} refused the connection",
    )  # fmt: skip


@ONE_DATABASE
def test_what_is_wrong_is_named_as_when_creating(call, admin):
    answer = call("post", PATH, admin, json=tcp(0, interval=1, colour="red"))

    fields = {each["field"] for each in answer.json["error"]["details"]}
    assert answer.status_code == 400
    assert fields == {"settings.port", "interval", "colour"}


@ONE_DATABASE
@pytest.mark.parametrize("value", [7, None, ["x"]])
def test_an_id_must_be_text(call, admin, value):
    answer = call("post", PATH, admin, json={"id": value})

    assert answer.json["error"]["details"][0]["field"] == "id"


@ONE_DATABASE
def test_an_id_that_is_not_there_is_a_404(call, admin):
    assert call("post", PATH, admin, json={"id": "nobody"}).status_code == 404


def test_a_stored_monitor_is_tested_with_changes_and_its_secrets(call, admin, database):
    """The stored password is sent to the server it was entered for, and to no other."""
    heard = []
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):

        def serve():
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(65536).decode())
                connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

        thread = Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        settings = {"url": url, "username": "kener", "password": "hunter2"}
        fields = {"name": "Shop", "kind": "http", "settings": settings}
        made = call("post", "/api/monitors", admin, json=fields).json["data"]
        changed = {"url": f"{url}health", "password": "***", "accepted_statuses": "204"}
        answer = call("post", PATH, admin, json={"id": made["id"], "settings": changed})
        thread.join()
        elsewhere = {"url": f"http://127.0.0.1:{other.getsockname()[1]}/", "password": "***"}
        refused = call("post", PATH, admin, json={"id": made["id"], "settings": elsewhere})

    assert answer.json["data"]["status"] == "up"
    assert heard[0].startswith("GET /health ")
    assert "Authorization: Basic a2VuZXI6aHVudGVyMg==" in heard[0]
    assert refused.json["error"]["details"][0]["field"] == "settings.password"
    assert "hunter2" not in answer.text + refused.text
    with database.read() as session:
        assert session.query(Monitor).one().version == 1


@ONE_DATABASE
def test_a_heartbeat_is_tested_by_what_it_last_reported(call, admin, app):
    beat = {"name": "Backup", "kind": "heartbeat", "settings": {"period": 60}}
    made = call("post", "/api/monitors", admin, json=beat).json["data"]
    new = call("post", PATH, admin, json=beat).json["data"]
    app.test_client().get(made["heartbeat_url"].partition("://")[2].partition("/")[2])
    reported = call("post", PATH, admin, json={"id": made["slug"]}).json["data"]

    assert (new["status"], new["reason"]) == ("unknown", "waiting")
    assert reported["status"] == "up"


@ONE_DATABASE
@pytest.mark.usefixtures("with_kinds")
def test_failed_assertions_are_listed_apart_from_the_facts(call, admin):
    settings = {
        "assertions": [{"source": "status", "value": 404}, {"source": "status", "value": 200}]
    }
    data = call("post", PATH, admin, json={"kind": "walk", "settings": settings}).json["data"]

    assert (data["status"], data["failed_assertions"]) == ("down", ["status equals 404"])
    assert "failed_assertions" not in data["facts"]


@ONE_DATABASE
def test_a_probe_into_a_network_that_is_denied_is_blocked(call, admin):
    settings = {"host": "169.254.169.254", "port": 80}
    data = call("post", PATH, admin, json=tcp(80, settings=settings)).json["data"]

    assert (data["status"], data["reason"]) == ("unknown", "blocked")


@ONE_DATABASE
def test_only_a_few_are_tested_at_once_and_others_are_turned_away(call, admin, app):
    """Each waits for a server that never answers; the one too many does not wait."""
    form = {"kind": "http", "timeout": 1.5}
    answers = []
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        form["settings"] = {"url": f"http://127.0.0.1:{server.getsockname()[1]}/"}
        threads = [
            Thread(target=lambda: answers.append(call("post", PATH, admin, json=form)))
            for _ in range(trials.AT_ONCE)
        ]
        for thread in threads:
            thread.start()
        held = [server.accept()[0] for _ in threads]
        started = now()
        refused = call("post", PATH, admin, json=form)
        took = now() - started
        for thread in threads:
            thread.join()
        for each in held:
            each.close()

    assert (refused.status_code, refused.json["error"]["code"]) == (429, "RATE_LIMITED")
    assert "tests are running already" in refused.json["error"]["message"]
    assert refused.headers["Retry-After"] == "5"
    assert took < SECOND
    assert [each.json["data"]["reason"] for each in answers] == ["timeout"] * trials.AT_ONCE
    with a_port() as port:
        assert call("post", PATH, admin, json=tcp(port)).status_code == 200


@ONE_DATABASE
def test_a_stored_secret_that_the_server_sends_back_is_not_shown(call, admin):
    call("put", "/api/secrets/KEY", admin, json={"value": "pass-w0rd"})
    look = {"source": "header:x-key", "op": "equals", "value": "another"}
    with HttpServer(lambda seen: ok(headers=f"X-Key: {seen.headers['x-key']}\r\n")) as server:
        own = {"url": server.url, "headers": "X-Key: {{ secret.KEY }}", "assertions": [look]}
        data = call("post", PATH, admin, json={"kind": "http", "settings": own}).json["data"]

    assert server.received[0].headers["x-key"] == "pass-w0rd"
    assert data["detail"] == "expected header:x-key equals “another”, got “•••”"
