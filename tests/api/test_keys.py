"""Who may come in."""

import time

import pytest

from kener.actions.keys import INCLUDED, PERMISSIONS, find_key, revoke_key
from kener.core.instant import HOUR, MINUTE
from kener.store.clock import now
from kener.store.tables import ApiKey

GUARDED = [
    ("get", "/api/me", None),
    ("get", "/api/monitors", "read:monitors"),
    ("post", "/api/monitors", "write:monitors"),
    ("get", "/api/monitors/x", "read:monitors"),
    ("put", "/api/monitors/x", "write:monitors"),
    ("delete", "/api/monitors/x", "delete:monitors"),
    ("post", "/api/monitors/x/check", "write:monitors"),
    ("post", "/api/monitors/x/pause", "write:monitors"),
    ("post", "/api/monitors/x/resume", "write:monitors"),
    ("get", "/api/incidents", "read:incidents"),
    ("post", "/api/incidents", "write:incidents"),
    ("get", "/api/incidents/x", "read:incidents"),
    ("put", "/api/incidents/x", "write:incidents"),
    ("delete", "/api/incidents/x", "delete:incidents"),
    ("post", "/api/incidents/x/updates", "write:incidents"),
    ("get", "/api/keys", "admin"),
    ("post", "/api/keys", "admin"),
    ("get", "/api/keys/x", "admin"),
    ("put", "/api/keys/x", "admin"),
    ("delete", "/api/keys/x", "admin"),
    ("post", "/api/keys/x/rotate", "admin"),
    ("get", "/api/settings", "admin"),
    ("put", "/api/settings", "admin"),
]


def test_only_a_listed_few_are_open_to_everybody(app):
    """A new endpoint is guarded, or somebody has to say here that it is not."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api")]
    client = app.test_client()
    is_open = set()
    for rule in rules:
        path = rule.build(dict.fromkeys(rule.arguments, "x") | {"word": "start"})[1]
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            if client.open(path, method=method).status_code not in {401, 404, 405}:
                is_open.add((method, rule.rule))

    elsewhere = {
        each
        for each in is_open
        if each[1].startswith(("/api/heartbeat/", "/api/v2/")) or "." in each[1]
    }
    assert is_open - elsewhere == {("GET", "/api/status"), ("GET", "/api/docs")}


@pytest.mark.parametrize(("method", "path", "_permission"), GUARDED)
def test_without_a_key_nobody_comes_in(call, method, path, _permission):
    response = call(method, path)

    assert response.status_code == 401
    assert response.json["success"] is False
    assert response.json["error"]["code"] == "UNAUTHORIZED"
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path", "permission"), GUARDED[1:])
def test_each_endpoint_asks_for_its_own_permission(call, make_key, method, path, permission):
    enough = {permission, INCLUDED.get(permission), "admin"}
    others = [each for each in PERMISSIONS if each not in enough]

    lacking = call(method, path, make_key(*others), json={})
    assert lacking.status_code == 403
    assert lacking.json["error"]["code"] == "FORBIDDEN"
    assert permission in lacking.json["error"]["message"]
    assert call(method, path, make_key(permission), json={}).status_code not in {401, 403}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer x y", "bearer kener_a_b", "kener_a_b"]
)
def test_a_strange_authorization_is_no_key(app, header):
    response = app.test_client().get("/api/me", headers={"Authorization": header})

    assert (response.status_code, response.json["error"]["code"]) == (401, "UNAUTHORIZED")


def test_an_expired_key_is_told_so(call, make_key):
    key = make_key("admin", expires_at=now() - 1, at=now() - HOUR)

    response = call("get", "/api/me", key)

    assert (response.status_code, response.json["error"]["code"]) == (401, "KEY_EXPIRED")
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_a_revoked_key_is_told_so(call, database, admin):
    with database.write() as session:
        revoke_key(session, find_key(session, admin, now()), now())

    response = call("get", "/api/me", admin)

    assert (response.status_code, response.json["error"]["code"]) == (401, "KEY_REVOKED")


def test_me_says_whose_key_it_is(call, make_key):
    expires = now() + HOUR

    data = call("get", "/api/me", make_key("read:monitors", expires_at=expires)).json["data"]

    assert data["name"] == "Test"
    assert data["permissions"] == ["read:monitors"]
    assert data["expires_at"].endswith("Z")


def test_an_admin_is_told_all_that_follows(call, admin):
    assert call("get", "/api/me", admin).json["data"]["permissions"] == list(PERMISSIONS)


def used_at(database):
    with database.read() as session:
        return session.query(ApiKey).one().used_at


def test_use_is_noted_at_most_once_a_minute(call, database, admin):
    call("get", "/api/me", admin)
    first = used_at(database)
    call("get", "/api/me", admin)

    assert abs(first - now()) < MINUTE
    assert used_at(database) == first


def test_a_write_notes_the_use_of_its_key_too(call, database, admin):
    call("post", "/api/monitors", admin, json={})

    assert used_at(database) is not None


def test_a_busy_database_delays_no_answer(call, database, admin):
    with database.write() as busy:
        busy.query(ApiKey).update({"name": "Busy"})
        begin = time.monotonic()
        response = call("get", "/api/me", admin)
        assert response.status_code == 200
        assert time.monotonic() - begin < 2

    assert used_at(database) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_stranger_does_not_come_near_the_write_lock(call, database):
    """Else anybody could stop all checks from being recorded."""
    with database.write():
        response = call("post", "/api/monitors", "kener_wrong_wrong", json={})

    assert response.status_code == 401
