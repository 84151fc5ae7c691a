"""/api/keys: making, changing, rotating and revoking keys."""

import json
import logging

import pytest
from sqlalchemy import select

from kener.actions.keys import make_key
from kener.core.instant import HOUR, MINUTE, iso
from kener.store.clock import now
from kener.store.tables import ApiKey, Event

NEW = {"name": "Deploy", "permissions": ["write:monitors", "read:monitors"]}
FROM_HERE = {"addresses": ["127.0.0.0/8"]}


@pytest.fixture
def make(call, admin):
    """Make a key by the API, and give the answer's data."""

    def make(by=None, **more):
        answer = call("post", "/api/keys", by or admin, json=NEW | more)
        assert answer.status_code == 201, answer.text
        return answer.json["data"]

    return make


@pytest.fixture
def limited(database):
    """An administrator's key with limits."""
    given = {"name": "Limited", "permissions": ["admin"], "expires_at": iso(now() + HOUR)}
    with database.write() as session:
        key, text = make_key(session, given | FROM_HERE, now())
        return key.public_id, text


def codes(answer):
    return {each["field"]: each["code"] for each in answer.json["error"]["details"]}


def test_a_key_is_made_shown_once_and_opens(call, admin):
    until = iso(now() + HOUR)
    more = FROM_HERE | {"rate_limit": 30, "expires_at": until}
    answer = call("post", "/api/keys", admin, json=NEW | more)
    data = answer.json["data"]

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/keys/{data['id']}"
    assert data.pop("key").startswith(f"kener_{data['id']}_")
    assert data | {"id": "", "created_at": ""} == {
        "id": "",
        "name": "Deploy",
        "state": "active",
        "permissions": ["read:monitors", "write:monitors"],
        "expires_at": until,
        "addresses": ["127.0.0.0/8"],
        "rate_limit": 30,
        "last_used_at": None,
        "last_used_from": None,
        "old_secret_until": None,
        "revoked_at": None,
        "version": 1,
        "created_at": "",
    }
    assert call("get", f"/api/keys/{data['id']}", admin).json["data"] == data


def test_what_a_key_was_used_for_last_is_shown(call, admin, make):
    made = make()
    call("get", "/api/me", made["key"], environ_overrides={"REMOTE_ADDR": "::ffff:192.0.2.7"})

    shown = call("get", f"/api/keys/{made['id']}", admin).json["data"]

    assert shown["last_used_from"] == "192.0.2.7"
    assert iso(now() - MINUTE) <= shown["last_used_at"] <= iso(now())
    assert shown["version"] == 1


def test_every_bad_field_is_told_at_once(call, admin):
    bad = {"name": 7, "permissions": ["fly"], "addresses": ["x"], "rate_limit": 0, "secret": "x"}
    answer = call("post", "/api/keys", admin, json=bad)

    assert answer.status_code == 400
    assert codes(answer) == {
        "name": "wrong_type",
        "permissions": "invalid",
        "addresses.0": "invalid",
        "rate_limit": "invalid",
        "secret": "unknown_field",
    }


def test_fields_not_named_keep_their_value(call, admin, make):
    made = make(**FROM_HERE, rate_limit=30)
    path = f"/api/keys/{made['id']}"

    changed = call("put", path, admin, json={"name": "Other", "version": 1}).json["data"]

    del made["key"]
    assert changed == made | {"name": "Other", "version": 2}
    assert call("put", path, admin, json={"name": "Late", "version": 1}).status_code == 409


def test_a_changed_key_takes_its_limits_at_once(call, admin, make):
    made = make()
    call("put", f"/api/keys/{made['id']}", admin, json={"addresses": ["192.0.2.0/24"]})

    assert call("get", "/api/me", made["key"]).status_code == 403

    call("put", f"/api/keys/{made['id']}", admin, json={"addresses": []})

    assert call("get", "/api/me", made["key"]).status_code == 200


def test_a_rotated_key_opens_with_both_secrets_for_a_while(call, admin, make):
    made = make()
    path = f"/api/keys/{made['id']}/rotate"
    renewed = call("post", path, admin, json={"grace": 600}).json["data"]

    assert iso(now() + 9 * MINUTE) < renewed["old_secret_until"] <= iso(now() + 10 * MINUTE)
    assert renewed["key"] != made["key"]
    assert call("get", "/api/monitors", made["key"]).status_code == 200
    assert call("get", "/api/monitors", renewed["key"]).status_code == 200

    last = call("post", path, admin).json["data"]

    assert last["old_secret_until"] is None
    refused = call("get", "/api/monitors", renewed["key"])
    assert (refused.status_code, refused.json["error"]["code"]) == (401, "KEY_REVOKED")
    assert call("get", "/api/monitors", last["key"]).status_code == 200


def test_a_repeated_rotation_can_be_told_by_its_version(call, admin, make):
    path = f"/api/keys/{make()['id']}/rotate"

    answers = [call("post", path, admin, json={"version": 1}).status_code for _ in range(2)]

    assert answers == [200, 409]


def test_a_revoked_key_stays_in_the_list_and_opens_nothing(call, admin, make):
    made = make()
    path = f"/api/keys/{made['id']}"

    gone = call("delete", path, admin).json["data"]

    assert (gone["state"], gone["id"]) == ("revoked", made["id"])
    assert call("delete", path, admin).json["data"] == gone
    assert call("get", "/api/me", made["key"]).json["error"]["code"] == "KEY_REVOKED"
    assert call("put", path, admin, json={"name": "x"}).status_code == 409
    assert call("post", f"{path}/rotate", admin).status_code == 409
    listed = call("get", "/api/keys?state=revoked", admin).json["data"]
    assert listed == [gone]


def test_the_last_key_may_revoke_itself(call, admin):
    own = call("get", "/api/me", admin).json["data"]["id"]

    assert call("delete", f"/api/keys/{own}", admin).status_code == 200
    assert call("get", "/api/me", admin).status_code == 401


@pytest.mark.parametrize("path", ["/api/keys", "/api/keys/{id}/rotate"])
def test_a_key_that_is_revoked_at_this_moment_makes_nothing_any_more(
    app, call, admin, database, path
):
    def revoke():
        with database.write() as session:
            session.query(ApiKey).one().revoked_at = now()

    app.before_request_funcs[None].append(revoke)  # after the one that looks up who asks
    body = NEW if path == "/api/keys" else {}
    answer = call("post", path.format(id=admin.split("_")[1]), admin, json=body)

    assert (answer.status_code, answer.json["error"]["code"]) == (403, "FORBIDDEN")
    with database.read() as session:
        assert session.query(ApiKey).one().old_hash is None


def test_the_list_comes_in_parts(call, admin, make):
    names = [make(name=f"Key {number}")["name"] for number in range(4)]
    first = call("get", "/api/keys?limit=3", admin).json
    make(name="Meanwhile")
    rest = call("get", f"/api/keys?limit=3&cursor={first['pagination']['next']}", admin).json

    told = [each["name"] for each in first["data"] + rest["data"]]
    assert told == ["Test", *names, "Meanwhile"]
    assert (first["pagination"]["total"], rest["pagination"]["next"]) == (5, None)


@pytest.mark.parametrize("query", ["state=gone", "limit=501", "cursor=x", "name=x"])
def test_an_unknown_parameter_or_value_is_refused(call, admin, query):
    answer = call("get", f"/api/keys?{query}", admin)

    assert (answer.status_code, list(codes(answer))) == (400, [query.partition("=")[0]])


def test_a_limited_key_makes_no_mightier_one(call, limited):
    _, key = limited
    answer = call("post", "/api/keys", key, json=NEW)

    assert answer.status_code == 400
    assert codes(answer) == {"expires_at": "beyond_own", "addresses": "beyond_own"}
    within = NEW | {"addresses": ["127.0.0.1"], "expires_at": iso(now() + MINUTE)}
    assert call("post", "/api/keys", key, json=within).status_code == 201


def test_a_limited_key_gets_at_no_mightier_one(call, admin, make, limited):
    _, key = limited
    path = f"/api/keys/{make()['id']}"

    for answer in (
        call("put", path, key, json={"name": "Mine"}),
        call("post", f"{path}/rotate", key, json={}),
    ):
        assert (answer.status_code, answer.json["error"]["code"]) == (403, "FORBIDDEN")
    assert call("get", path, admin).json["data"]["version"] == 1
    assert call("delete", path, key).status_code == 200


def test_a_key_does_not_lock_itself_out(call, admin):
    own = call("get", "/api/me", admin).json["data"]["id"]
    answer = call("put", f"/api/keys/{own}", admin, json={"addresses": ["10.0.0.0/8"]})

    assert (answer.status_code, codes(answer)) == (400, {"addresses": "invalid"})
    assert call("get", "/api/me", admin).status_code == 200


def test_nobody_finds_a_key_that_is_not_there(call, admin):
    for method, path in [
        ("get", "/api/keys/nobody"),
        ("put", "/api/keys/nobody"),
        ("delete", "/api/keys/nobody"),
        ("post", "/api/keys/nobody/rotate"),
    ]:
        body = {"json": {}} if method in {"put", "post"} else {}
        assert call(method, path, admin, **body).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_keys(call, admin, make, count_queries):
    call("get", "/api/keys", admin)
    counts = []
    for _ in range(2):
        with count_queries() as statements:
            assert call("get", "/api/keys", admin).status_code == 200
        counts.append(len(statements))
        make()
        make()

    assert counts[0] == counts[1] <= 5


def test_no_secret_or_hash_of_a_key_is_told_again(call, admin, make, database, caplog):
    caplog.set_level(logging.DEBUG)
    made = make()
    renewed = call("post", f"/api/keys/{made['id']}/rotate", admin, json={"grace": 60}).json["data"]
    call("get", "/api/me", made["key"])
    told = [
        call("get", "/api/keys", admin).text,
        call("get", f"/api/keys/{made['id']}", admin).text,
        call("put", f"/api/keys/{made['id']}", admin, json={"name": "x"}).text,
        call("delete", f"/api/keys/{made['id']}", admin).text,
        caplog.text,
    ]
    with database.read() as session:
        key = session.scalars(select(ApiKey).where(ApiKey.public_id == made["id"])).one()
        told += [json.dumps(each.data) for each in session.scalars(select(Event))]
        hidden = [key.secret_hash, key.old_hash]
    hidden += [text.rpartition("_")[2] for text in (made["key"], renewed["key"])]

    assert [word for word in hidden for text in told if word in text] == []
