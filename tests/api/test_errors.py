"""What goes wrong is told in one shape, and never in HTML."""

import json
import logging
import time

import pytest

from kener.web.database import db

BODIES = [
    (b"{", "not JSON"),
    (b"", "not JSON"),
    (b"[]", "JSON object"),
    (b'"x"', "JSON object"),
    (b"null", "JSON object"),
    (b'{"interval": NaN}', "not JSON"),
    (b'{"timeout": 1e999}', "not JSON"),
    (b'{"name": "\xff"}', "UTF-8"),
    (b'{"name": "a", "name": "b"}', "twice"),
    (b'{"settings": {"port": 1, "host": "a", "port": 2}}', "twice"),
    (b'{"interval": ' + b"9" * 5000 + b"}", "not JSON"),
    (b"[" * 200_000, "nested"),
]


def assert_refused(response, status, code):
    assert response.status_code == status
    assert response.mimetype == "application/json"
    assert response.json["success"] is False
    assert response.json["error"]["code"] == code
    assert response.json["error"]["message"]
    assert response.headers["X-Request-Id"]


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
        ("post", "/api/monitors/x", {"GET", "PUT", "DELETE"}),
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


@pytest.mark.parametrize(("body", "says"), BODIES)
def test_a_body_that_is_no_json_object_is_refused(call, admin, body, says):
    response = call(
        "post", "/api/monitors", admin, data=body, headers={"Content-Type": "application/json"}
    )

    assert_refused(response, 400, "INVALID_REQUEST")
    assert says in response.json["error"]["message"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_must_say_that_it_is_json(call, admin, kind):
    response = call("post", "/api/monitors", admin, data=b"{}", headers={"Content-Type": kind})

    assert_refused(response, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_of_more_than_a_megabyte_is_refused(call, admin):
    body = json.dumps({"name": "x" * 1_000_000})

    response = call(
        "post", "/api/monitors", admin, data=body, headers={"Content-Type": "application/json"}
    )

    assert_refused(response, 413, "PAYLOAD_TOO_LARGE")


def test_every_bad_field_is_named(call, admin):
    response = call("post", "/api/monitors", admin, json={"interval": "60", "colour": "red"})

    assert_refused(response, 400, "INVALID_REQUEST")
    details = {each["field"]: each for each in response.json["error"]["details"]}
    assert set(details) == {"name", "kind", "interval", "colour"}
    assert details["name"]["code"] == "required"
    assert details["interval"]["code"] == "wrong_type"
    assert details["colour"] == {
        "field": "colour",
        "code": "unknown_field",
        "message": "there is no such field",
    }


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        (
            "/api/incidents",
            {"title": "", "monitors": ["nobody"], "resolved_at": "1999-01-01T00:00:00Z", "x": 1},
            {"title", "message", "monitors.0.id", "resolved_at", "x"},
        ),
        (
            "/api/incidents",
            {"impact": "huge", "monitors": [7]},
            {"title", "message", "impact", "monitors.0"},
        ),
        (
            "/api/webhooks",
            {"name": "", "url": "ftp://x", "events": ["no"]},
            {"name", "url", "events"},
        ),
        (
            "/api/incidents",
            {
                "title": "x",
                "message": "x",
                "started_at": "soon",
                "status": "x",
                "resolved_at": "2020-01-01T00:00:00Z",
            },
            {"started_at", "status"},
        ),
        ("/api/webhooks", {"url": 1}, {"name", "url"}),
    ],
)
def test_every_bad_field_is_named_whatever_is_wrong_with_it(call, admin, path, body, fields):
    response = call("post", path, admin, json=body)

    assert_refused(response, 400, "INVALID_REQUEST")
    assert {each["field"] for each in response.json["error"]["details"]} == fields


def test_a_thousand_bad_fields_do_not_make_a_huge_answer(call, admin):
    response = call("post", "/api/monitors", admin, json={f"f{n}": n for n in range(1000)})

    assert len(response.json["error"]["details"]) == 100


def test_a_strange_field_name_comes_back_as_json(call, admin):
    response = call(
        "post",
        "/api/monitors",
        admin,
        data=b'{"\\ud800": 1}',
        headers={"Content-Type": "application/json"},
    )

    assert_refused(response, 400, "INVALID_REQUEST")


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


def test_deep_json_is_refused_quickly(call, admin):
    begin = time.monotonic()
    deep = b'{"settings": ' + b'{"a":' * 90_000 + b"1" + b"}" * 90_001
    response = call(
        "post", "/api/monitors", admin, data=deep, headers={"Content-Type": "application/json"}
    )

    assert_refused(response, 400, "INVALID_REQUEST")
    assert time.monotonic() - begin < 5
