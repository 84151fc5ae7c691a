"""What is sent and cannot be read, or has bad fields, is refused by their names."""

import json
import time

import pytest
from api.refusals import assert_refused

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


def test_deep_json_is_refused_quickly(call, admin):
    begin = time.monotonic()
    deep = b'{"settings": ' + b'{"a":' * 90_000 + b"1" + b"}" * 90_001
    response = call(
        "post", "/api/monitors", admin, data=deep, headers={"Content-Type": "application/json"}
    )

    assert_refused(response, 400, "INVALID_REQUEST")
    assert time.monotonic() - begin < 5
