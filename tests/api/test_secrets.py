"""/api/secrets: values go in and never come out."""

import json
import logging

import pytest
import redis
from factories import a_webhook
from rq.job import Job
from sqlalchemy import select

from kener.actions.results import Probed, record
from kener.checks import EngineConfig, probe_once
from kener.store import clock
from kener.store.claims import Claim
from kener.store.clock import now
from kener.store.secrets import unseal
from kener.store.tables import Event, Monitor, Secret
from kener.worker.preparing import Preparing

VALUE = "a-very-secret-token"
SHOP = {
    "name": "Shop",
    "kind": "http",
    "settings": {
        "url": "http://127.0.0.1:9/",
        "bearer_token": "{{ secret.TOKEN }}",
        "secret_headers": "X-Key: {{ secret.TOKEN }}",
    },
    "to_fail": 1,
}


@pytest.fixture
def put(call, admin):
    def put(name="TOKEN", **body):
        return call("put", f"/api/secrets/{name}", admin, json=body or {"value": VALUE})

    return put


def test_a_secret_is_stored_and_told_of_without_its_value(call, admin, put, database):
    made = put(value=VALUE, note="of the shop")

    assert (made.status_code, made.json["message"]) == (201, "Secret created")
    assert set(made.json["data"]) == {"name", "note", "used_by", "created_at", "updated_at"}
    assert call("get", "/api/secrets", admin).json["data"] == [made.json["data"]]
    with database.read() as session:
        assert unseal(session.scalars(select(Secret.value_sealed)).one()) == VALUE


def test_a_secret_is_replaced_and_its_users_are_counted(call, admin, put, database):
    put()
    monitor = call("post", "/api/monitors", admin, json=SHOP).json["data"]

    answer = put(value="another")

    assert (answer.status_code, answer.json["data"]["used_by"]) == (200, 1)
    shown = call("get", f"/api/monitors/{monitor['id']}", admin).json["data"]
    assert shown["version"] == monitor["version"] + 1


def test_a_reference_alone_is_shown_and_what_holds_more_is_not(call, admin, put):
    put()
    settings = call("post", "/api/monitors", admin, json=SHOP).json["data"]["settings"]

    assert settings["bearer_token"] == "{{ secret.TOKEN }}"
    assert settings["secret_headers"] == "***"


def test_a_secret_in_use_is_a_conflict_and_goes_once_it_is_not(call, admin, put):
    put()
    monitor = call("post", "/api/monitors", admin, json=SHOP).json["data"]
    refused = call("delete", "/api/secrets/TOKEN", admin)
    call("delete", f"/api/monitors/{monitor['id']}", admin)

    assert (refused.status_code, refused.json["error"]["code"]) == (409, "CONFLICT")
    assert "Shop" in refused.json["error"]["message"]
    assert call("delete", "/api/secrets/TOKEN", admin).json["data"] == {"name": "TOKEN"}
    assert call("delete", "/api/secrets/TOKEN", admin).status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"note": "x"}, "value", "required"),
        ({"value": 7}, "value", "wrong_type"),
        ({"value": ""}, "value", "required"),
        ({"value": "x", "values": "y"}, "values", "unknown_field"),
    ],
)
def test_what_is_wrong_is_named(put, body, field, code):
    answer = put(**body)

    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json["error"]["details"]] == [
        (field, code)
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_list_comes_in_parts(call, admin, put):
    for name in ("A", "B", "C"):
        put(name)
    first = call("get", "/api/secrets?limit=2", admin).json
    rest = call("get", f"/api/secrets?cursor={first['pagination']['next']}", admin).json

    assert [each["name"] for each in first["data"] + rest["data"]] == ["A", "B", "C"]
    assert first["pagination"]["total"] == 3


def test_a_secret_is_in_no_answer_log_event_or_job(call, admin, database, redis_url, caplog):
    """All that a secret passes on its way: stored, used, tested, probed, failed, told of."""
    caplog.set_level(logging.DEBUG)
    answers = [call("put", "/api/secrets/TOKEN", admin, json={"value": VALUE})]
    with database.write() as session:
        a_webhook(session, "http://127.0.0.1:9/")
    made = call("post", "/api/monitors", admin, json=SHOP)
    answers += [
        made,
        call("post", "/api/monitors/test", admin, json={"id": made.json["data"]["id"]}),
        call("get", "/api/monitors", admin),
        call("get", "/api/secrets", admin),
        call("put", "/api/secrets/1", admin, json={"value": VALUE}),
        call("put", "/api/secrets/TOKEN", admin, json={"value": VALUE, "note": 7}),
    ]
    bad = SHOP | {
        "settings": {"url": "http://127.0.0.1:9/", "secret_headers": "{{secret.TOKEN}} x"}
    }
    answers.append(call("post", "/api/monitors", admin, json=bad))
    with database.write() as session:
        monitor = session.scalars(select(Monitor)).one()
        claim = Claim(monitor.id, 1, now(), monitor.version)
        ((_, job),) = Preparing().prepare(session, [claim])
        assert job.check.bearer_token.get_secret_value() == VALUE
        outcome = probe_once(job.check, 2, EngineConfig(clock=clock.now))
        record(session, [Probed(monitor.id, 1, claim.slot_at, outcome)], now())
    answers.append(call("get", "/api/monitors", admin))
    answers.append(call("get", "/api/status"))

    told = [each.text for each in answers] + [caplog.text, repr(job), str(outcome)]
    with database.read() as session:
        events = session.scalars(select(Event)).all()
        told += [json.dumps(each.data) for each in events]
    with redis.Redis.from_url(redis_url) as client:
        jobs = [Job.fetch(key.decode().split(":")[2], client) for key in client.keys("rq:job:*")]
        told += [each.data.decode() + each.description for each in jobs]
    assert events
    assert jobs
    assert [each for each in told if VALUE in each] == []
