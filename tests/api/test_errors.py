"""What goes wrong is told in one shape, and never in HTML."""

import logging

import pytest
from api.refusals import assert_refused

from kener.web.database import db


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/monitors/",
        "/api/a/b/c",
        "/api//monitors",
        "/api/a//b",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_an_unknown_route_is_not_found(call, admin, method, path):
    assert_refused(call(method, path, admin), 404, "NOT_FOUND")


def test_an_unknown_id_is_not_found(call, admin):
    assert_refused(call("get", "/api/monitors/nobody", admin), 404, "NOT_FOUND")
    assert_refused(call("get", "/api/incidents/nobody", admin), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("patch", "/api/monitors", {"GET", "POST"}),
        ("delete", "/api/incidents", {"GET", "POST"}),
        ("post", "/api/status", {"GET"}),
        ("post", "/api/monitors/x", {"GET", "PUT", "PATCH", "DELETE"}),
        ("get", "/api/monitors/x/check", {"POST"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(call, admin, method, path, allowed):
    response = call(method, path, admin)

    assert_refused(response, 405, "METHOD_NOT_ALLOWED")
    assert set(response.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


@pytest.mark.parametrize("path", ["/api", "/api/monitors", "/api/heartbeat/x", "/api/nothing"])
@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "CONNECT", "NONSENSE"])
def test_a_method_that_nobody_takes_is_refused_in_json(app, path, method):
    response = app.test_client().open(path, method=method)

    assert_refused(response, 405, "METHOD_NOT_ALLOWED")
    assert response.headers["Cache-Control"] == "no-store"
    assert "X-Request-Id" in response.headers


def test_a_strange_host_is_refused_in_json(app):
    response = app.test_client().get("/api/monitors", headers={"Host": "a" * 3000})

    assert_refused(response, 400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/monitors/%00"),
        ("put", "/api/monitors/%00"),
        ("delete", "/api/incidents/%00"),
        ("get", "/api/webhooks/%00"),
        ("get", "/api/monitors?kind=%00"),
        ("get", "/api/heartbeat/%00"),
    ],
)
def test_what_no_database_can_keep_is_no_bug_of_ours(call, admin, method, path):
    body = {"json": {}} if method == "put" else {}

    assert call(method, path, admin, **body).status_code in {200, 400, 404}


def test_when_all_connections_are_taken_that_is_told_and_heals(call, app, admin):
    with app.app_context():
        pool = db.engine.pool
        pool._timeout = 0.05
        taken = [db.engine.raw_connection() for _ in range(pool.size() + pool._max_overflow)]
    answers = [call("get", "/api/monitors", admin), call("get", "/api/heartbeat/x")]
    ready = call("get", "/readyz")
    for each in taken:
        each.close()

    assert_refused(answers[0], 503, "UNAVAILABLE")
    assert answers[1].status_code == 503
    assert (ready.status_code, ready.json["parts"]["database"]["ok"]) == (503, False)
    assert call("get", "/api/monitors", admin).status_code == 200


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/monitors?page=2", "page"),
        ("/api/monitors?limit=0", "limit"),
        ("/api/monitors?limit=501", "limit"),
        ("/api/monitors?limit=ten", "limit"),
        ("/api/monitors?limit=1&limit=2", "limit"),
        ("/api/monitors?cursor=abc", "cursor"),
        ("/api/monitors?cursor=%F0%9F%98%80", "cursor"),
        ("/api/monitors?paused=perhaps", "paused"),
        ("/api/incidents?status=over", "status"),
        ("/api/me?x=1", "x"),
        ("/api/status?x=1", "x"),
    ],
)
def test_a_parameter_that_is_wrong_or_unknown_is_refused(call, admin, path, field):
    response = call("get", path, admin)

    assert_refused(response, 400, "INVALID_REQUEST")
    assert [each["field"] for each in response.json["error"]["details"]] == [field]


def test_a_bug_is_told_by_the_id_of_the_request_and_traced_in_the_log_only(
    call, admin, monkeypatch, caplog
):
    def broken(*_args, **_given):
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr("kener.api.monitors.slice_of_monitors", broken)

    with caplog.at_level(logging.ERROR):
        response = call("get", "/api/monitors", admin, headers={"X-Request-Id": "walk-1"})

    assert_refused(response, 500, "INTERNAL_ERROR")
    assert "walk-1" in response.json["error"]["message"]
    assert "secret of ours" not in response.text
    assert "Traceback" not in response.text
    assert "walk-1" in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_is_told_and_heals(call, app, admin, database):
    with app.app_context(), db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    big = {"title": "x", "message": "y" * 10_000}

    answers = [call("post", "/api/incidents", admin, json=big) for _ in range(4)]
    assert_refused(answers[-1], 503, "UNAVAILABLE")
    assert "full" in answers[-1].json["error"]["message"]

    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert call("post", "/api/incidents", admin, json=big).status_code == 201


def test_a_sane_request_id_is_kept_and_another_is_replaced(call):
    kept = call("get", "/api/status", headers={"X-Request-Id": "abc-1.2_3"})
    assert kept.headers["X-Request-Id"] == "abc-1.2_3"

    for strange in ("a b", "x" * 65, "<script>", ""):
        given = call("get", "/api/status", headers={"X-Request-Id": strange})
        assert given.headers["X-Request-Id"] not in {strange, ""}


def test_a_refused_request_changes_nothing(call, admin):
    wrong = {"name": "x", "kind": "tcp", "settings": {"host": "db", "port": 0}}
    call("post", "/api/monitors", admin, json=wrong)

    assert call("get", "/api/monitors", admin).json["pagination"]["total"] == 0
