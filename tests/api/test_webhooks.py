"""/api/webhooks"""

import pytest
from receivers import LOOPBACK, a_receiver
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook as Verifier

from kener.actions.deliveries import deliver, dispatch_events
from kener.actions.events import emit
from kener.actions.keys import create_key
from kener.store import clock
from kener.store.tables import Webhook

FIELDS = {"name": "Chat", "url": "https://hooks.example/kener", "events": ["monitor.down"]}
DATA = {"monitor_id": "abc123", "name": "API Server", "status": "down"}


@pytest.fixture
def config(config):
    return config.model_copy(update={"private_networks": LOOPBACK})


def key_for(database, *permissions):
    with database.write() as session:
        _, text = create_key(session, "Tests", permissions, None, clock.now())
    return {"Authorization": f"Bearer {text}"}


class Api:
    """Requests as one key, and what came back."""

    def __init__(self, client, headers):
        self.client, self.headers = client, headers

    def __call__(self, method, path="", expect=200, **given):
        url = f"/api/webhooks{path}"
        answer = self.client.open(url, method=method, headers=self.headers, **given)
        assert answer.status_code == expect, answer.text
        assert answer.json["success"] is (expect < 400)
        return answer.json


@pytest.fixture
def api(client, database):
    return Api(client, key_for(database, "admin"))


def test_a_new_webhook_is_shown_with_its_secret_this_once(api):
    made = api("POST", json=FIELDS, expect=201)["data"]

    assert made.pop("secret").startswith("whsec_")
    assert {name: made[name] for name in FIELDS} == FIELDS
    assert (made["enabled"], made["version"]) == (True, 1)
    assert api("GET", f"/{made['id']}")["data"] == made
    assert api("GET")["data"] == [made]
    assert api("GET")["pagination"] == {"limit": 500, "next": None, "total": 1}


def test_a_list_can_be_taken_in_parts(api):
    names = [f"Receiver {number}" for number in range(5)]
    for name in names:
        api("POST", json=FIELDS | {"name": name}, expect=201)
    seen, cursor = [], ""
    while cursor is not None:
        part = api("GET", f"?limit=2&cursor={cursor}")
        seen += [each["name"] for each in part["data"]]
        cursor = part["pagination"]["next"]

    assert seen == names


def test_a_wrong_body_names_every_bad_field(api):
    given = {"url": "http://10.0.0.1/", "events": ["monitor.exploded"], "colour": "red"}
    error = api("POST", json=given, expect=400)["error"]

    assert error["code"] == "INVALID_REQUEST"
    assert {each["field"] for each in error["details"]} == {"name", "url", "events", "colour"}
    del given["events"], given["colour"]
    error = api("POST", json=given | {"name": "Chat"}, expect=400)["error"]
    assert error["details"][0]["field"] == "url"
    assert "KENER_PRIVATE_NETWORKS" in error["details"][0]["message"]
    assert api("GET")["data"] == []


@pytest.mark.parametrize("given", [{"enabled": "yes"}, {"events": "monitor.down"}, {"name": 7}])
def test_types_are_taken_as_they_are(api, given):
    error = api("POST", json=FIELDS | given, expect=400)["error"]

    assert [each["field"].partition(".")[0] for each in error["details"]] == list(given)


def test_a_change_keeps_what_it_does_not_name(api):
    made = api("POST", json=FIELDS, expect=201)["data"]
    changed = api("PUT", f"/{made['id']}", json={"enabled": False, "version": 1})["data"]

    assert (changed["name"], changed["enabled"], changed["version"]) == ("Chat", False, 2)
    assert "secret" not in changed
    error = api("PUT", f"/{made['id']}", json={"name": "x", "version": 1}, expect=409)["error"]
    assert error["code"] == "CONFLICT"


def test_a_deleted_webhook_is_gone(api):
    made = api("POST", json=FIELDS, expect=201)["data"]

    assert api("DELETE", f"/{made['id']}")["data"] == {"id": made["id"]}
    assert api("GET", f"/{made['id']}", expect=404)["error"]["code"] == "NOT_FOUND"


def test_events_arrive_signed_and_their_delivery_is_listed(api, database, config):
    with a_receiver(lambda _: (202, {}, b"queued")) as receiver:
        made = api("POST", json=FIELDS | {"url": receiver.url()}, expect=201)["data"]
        with database.write() as session:
            emit(session, "monitor.down", DATA, clock.now())
            emit(session, "monitor.up", DATA, clock.now())
        with database.write() as session:
            dispatch_events(session, clock.now())
        deliver(database, config, clock.now)
        (got,) = receiver.got

    assert Verifier(made["secret"]).verify(got.body, got.headers)["event"] == "monitor.down"
    (listed,) = api("GET", f"/{made['id']}/deliveries")["data"]
    assert (listed["id"], listed["state"]) == (got.headers["webhook-id"], "delivered")
    assert (listed["event"], listed["attempts"], listed["next_attempt_at"]) == (
        "monitor.down",
        1,
        None,
    )
    assert [each["status_code"] for each in listed["log"]] == [202]
    whole = api("GET", f"/{made['id']}/deliveries/{listed['id']}")["data"]
    assert whole["body"] == got.json
    assert whole["log"][0]["answer"] == "queued"


def test_a_test_and_a_redelivery_go_the_same_way(api, database, config):
    with a_receiver() as receiver:
        made = api("POST", json=FIELDS | {"url": receiver.url()}, expect=201)["data"]
        path = f"/{made['id']}"
        test = api("POST", f"{path}/test", expect=202)["data"]
        assert (test["event"], test["state"], test["log"]) == ("webhook.test", "pending", [])
        again = f"{path}/deliveries/{test['id']}/redeliver"
        assert api("POST", again, expect=409)["error"]["code"] == "CONFLICT"
        deliver(database, config, clock.now)
        assert api("POST", again, expect=202)["data"]["state"] == "pending"
        deliver(database, config, clock.now)

    assert receiver.ids == [test["id"], test["id"]]
    (listed,) = api("GET", f"{path}/deliveries")["data"]
    assert (listed["state"], len(listed["log"])) == ("delivered", 2)


def test_deliveries_are_listed_the_newest_first_in_parts(api):
    made = api("POST", json=FIELDS, expect=201)["data"]
    path = f"/{made['id']}"
    names = [api("POST", f"{path}/test", expect=202)["data"]["id"] for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        part = api("GET", f"{path}/deliveries?limit=2&cursor={cursor}")
        assert part["pagination"]["total"] == 5
        seen += [each["id"] for each in part["data"]]
        cursor = part["pagination"]["next"]

    assert seen == names[::-1]


def test_a_new_secret_signs_from_now_on(api, database, config):
    with a_receiver() as receiver:
        made = api("POST", json=FIELDS | {"url": receiver.url()}, expect=201)["data"]
        renewed = api("POST", f"/{made['id']}/secret")["data"]["secret"]
        api("POST", f"/{made['id']}/test", expect=202)
        deliver(database, config, clock.now)
        (got,) = receiver.got

    assert renewed != made["secret"]
    assert Verifier(renewed).verify(got.body, got.headers)


def test_no_secret_is_told_twice(api, database, client):
    made = api("POST", json=FIELDS, expect=201)["data"]
    test = api("POST", f"/{made['id']}/test", expect=202)["data"]
    with database.read() as session:
        sealed = session.scalars(select(Webhook)).one().secret_sealed
    path = f"/api/webhooks/{made['id']}"
    for each in ("", "/deliveries", f"/deliveries/{test['id']}"):
        text = client.get(f"{path}{each}", headers=api.headers).text
        assert made["secret"] not in text
        assert sealed not in text


def test_a_delivery_of_another_webhook_is_not_found(api):
    mine, theirs = (api("POST", json=FIELDS, expect=201)["data"]["id"] for _ in range(2))
    test = api("POST", f"/{theirs}/test", expect=202)["data"]["id"]

    api("GET", f"/{mine}/deliveries/{test}", expect=404)
    api("POST", f"/{mine}/deliveries/{test}/redeliver", expect=404)


ROUTES = [
    ("GET", ""),
    ("POST", ""),
    ("GET", "/x"),
    ("PUT", "/x"),
    ("DELETE", "/x"),
    ("POST", "/x/test"),
    ("POST", "/x/secret"),
    ("GET", "/x/deliveries"),
    ("GET", "/x/deliveries/y"),
    ("POST", "/x/deliveries/y/redeliver"),
]


def test_only_admins_come_near_webhooks(client, database):
    weak = Api(
        client,
        key_for(database, "read:monitors", "write:monitors", "delete:monitors", "write:incidents"),
    )
    for method, path in ROUTES:
        assert weak(method, path, expect=403)["error"]["code"] == "FORBIDDEN"
        nobody = Api(client, {})(method, path, expect=401)
        assert nobody["error"]["code"] == "UNAUTHORIZED"


def test_what_is_not_there_is_not_found(api):
    for method, path in ROUTES[2:]:
        given = {"json": {}} if method in {"PUT", "POST"} else {}
        assert api(method, path, expect=404, **given)["error"]["code"] == "NOT_FOUND"
