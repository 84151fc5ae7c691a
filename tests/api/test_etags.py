"""ETag, If-None-Match and If-Match."""

from threading import Barrier, Thread

import pytest
from factories import the_location

from kener.actions.results import Probed, record
from kener.core.instant import MINUTE
from kener.core.outcome import Outcome
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Monitor

TCP = {"name": "Shop", "kind": "tcp", "settings": {"host": "127.0.0.1", "port": 1}}
INCIDENT = {"title": "Trouble", "message": "We look."}
WEBHOOK = {"name": "Chat", "url": "https://hooks.example/kener"}
PAGE = {"title": "Shop", "slug": "shop"}
WHERE = [
    ("/api/monitors", TCP),
    ("/api/incidents", INCIDENT),
    ("/api/webhooks", WEBHOOK),
    ("/api/pages", PAGE),
]
NEW_NAME = {"/api/incidents": "title", "/api/pages": "title"}


@pytest.fixture(params=WHERE, ids=lambda each: each[0].rpartition("/")[2])
def thing(request, call, admin):
    """An object of each sort: its address, its ETag, and a way to send a change of it."""
    path, body = request.param
    made = call("post", path, admin, json=body)
    assert made.status_code == 201
    return Thing(call, admin, made, path)


@pytest.fixture
def shop(call, admin):
    return Thing(call, admin, call("post", "/api/monitors", admin, json=TCP), "/api/monitors")


class Thing:
    def __init__(self, call, key, made, path):
        self.call, self.key = call, key
        self.path = f"{path}/{made.json['data']['id']}"
        self.tag = made.headers["ETag"]
        self.field = NEW_NAME.get(path, "name")

    def get(self, **headers):
        return self.call("get", self.path, self.key, headers=named(headers))

    def change(self, text, method="put", **headers):
        body = {self.field: text}
        return self.call(method, self.path, self.key, json=body, headers=named(headers))

    def send(self, method, below="", **headers):
        return self.call(method, self.path + below, self.key, headers=named(headers))

    def name(self):
        return self.get().json["data"][self.field]


def named(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


def assert_failed(response):
    assert response.status_code == 412
    assert response.json["error"]["code"] == "PRECONDITION_FAILED"
    assert "ETag" not in response.headers


def see(database, monitor_path):
    """A probe comes in."""
    with database.write() as session:
        monitor = session.query(Monitor).filter_by(public_id=monitor_path.rpartition("/")[2]).one()
        up = Outcome(Status.UP, latency_ms=12.5)
        record(session, [Probed(monitor.id, the_location(session).id, now() - MINUTE, up)], now())


@pytest.mark.parametrize(
    "path",
    ["/api/me", "/api/monitors", "/api/incidents?open=true", "/api/webhooks", "/api/secrets"],
)
def test_what_is_known_already_is_not_sent_again(call, admin, path):
    first = call("get", path, admin)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")

    again = call("get", path, admin, headers={"If-None-Match": f'"other", {tag}'})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert again.headers["Vary"] == "Authorization"
    assert again.headers["X-Request-Id"]
    assert "X-RateLimit-Remaining" in again.headers
    assert "Content-Type" not in again.headers
    assert call("get", path, admin, headers={"If-None-Match": '"other"'}).status_code == 200
    assert call("get", path, admin, headers={"If-None-Match": f"W/{tag}"}).status_code == 304
    assert call("head", path, admin).headers["ETag"] == tag


def test_a_list_has_another_tag_when_something_in_it_changed(call, admin, database, shop):
    tags = [call("get", "/api/monitors", admin).headers["ETag"]]
    see(database, shop.path)
    tags.append(call("get", "/api/monitors", admin).headers["ETag"])
    shop.change("Other")
    tags.append(call("get", "/api/monitors", admin).headers["ETag"])
    tags.append(call("get", "/api/monitors?limit=1", admin).headers["ETag"])

    assert len(set(tags)) == 4


def test_the_status_has_the_same_tag_while_nothing_happens(call, shop, database):
    tag = call("get", "/api/status").headers["ETag"]

    assert call("get", "/api/status", headers={"If-None-Match": tag}).status_code == 304
    see(database, shop.path)
    assert call("get", "/api/status", headers={"If-None-Match": tag}).status_code == 200


def test_another_key_that_sees_less_has_another_tag(call, admin, make_key):
    body = {"name": "Backup", "kind": "heartbeat", "settings": {"period": 60}}
    path = f"/api/monitors/{call('post', '/api/monitors', admin, json=body).json['data']['id']}"
    reader = make_key("read:monitors")

    tag = call("get", path, admin).headers["ETag"]

    assert call("get", path, reader, headers={"If-None-Match": tag}).status_code == 200


def test_an_error_has_no_tag(call, admin):
    for path in ("/api/monitors/nobody", "/api/monitors?limit=0"):
        response = call("get", path, admin, headers={"If-None-Match": "*"})
        assert response.status_code in {400, 404}
        assert "ETag" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"


def test_the_tag_that_a_write_answers_is_that_of_the_next_read(thing):
    if "webhooks" not in thing.path:  # a new one shows its secret, this once
        assert thing.get().headers["ETag"] == thing.tag
    changed = thing.change("Other", If_Match=thing.tag)
    assert changed.status_code == 200
    assert thing.get().headers["ETag"] == changed.headers["ETag"] != thing.tag
    third = thing.change("Third", "patch", If_Match=changed.headers["ETag"])
    assert (third.status_code, thing.name()) == (200, "Third")


def test_an_old_tag_changes_nothing(thing):
    thing.change("Other")

    for method in ("put", "patch"):
        assert_failed(thing.change("Lost", method, If_Match=thing.tag))
    assert_failed(thing.send("delete", If_Match=thing.tag))

    assert thing.name() == "Other"


@pytest.mark.parametrize(
    "condition", ["", '""', '"x"', '"*"', "nonsense", '"-"', "W/{tag}", '"x", "y"', "{other}"]
)
def test_what_is_not_the_tag_does_not_match(shop, condition):
    given = condition.format(tag=shop.tag, other=shop.tag.replace(".1-", ".10-"))

    assert_failed(shop.change("Lost", If_Match=given))
    assert shop.name() == "Shop"


def test_any_tag_of_a_list_and_a_star_match(shop):
    assert shop.change("One", If_Match=f'"x", {shop.tag}').status_code == 200
    assert shop.change("Two", If_Match="*").status_code == 200
    assert shop.send("delete", If_Match="*").status_code == 200
    assert shop.send("delete", If_Match="*").status_code == 404


def test_a_check_in_between_does_not_spoil_an_edit(shop, database):
    tag = shop.get().headers["ETag"]
    see(database, shop.path)
    assert shop.get().headers["ETag"] != tag

    assert shop.change("Edited", If_Match=tag).status_code == 200


def test_the_next_monitor_of_the_same_slug_is_another(call, admin, shop):
    shop.send("delete")
    call("post", "/api/monitors", admin, json=TCP)

    path, headers = "/api/monitors/shop", {"If-Match": shop.tag}

    assert_failed(call("put", path, admin, json={"name": "Lost"}, headers=headers))


def test_a_pause_can_be_conditional_and_is_a_change(shop):
    paused = shop.send("post", "/pause", If_Match=shop.tag)
    assert paused.status_code == 200

    for below in ("/resume", "/check", "/pause"):
        assert_failed(shop.send("post", below, If_Match=shop.tag))
    tag = paused.headers["ETag"]
    assert shop.send("post", "/resume", If_Match=tag).json["data"]["paused"] is False


def test_an_update_of_an_incident_can_be_conditional(call, admin):
    made = call("post", "/api/incidents", admin, json=INCIDENT)
    path = f"/api/incidents/{made.json['data']['id']}/updates"
    say, headers = {"status": "resolved", "message": "Over."}, {"If-Match": made.headers["ETag"]}

    first = call("post", path, admin, json=say, headers=headers)
    second = call("post", path, admin, json=say, headers=headers)

    assert first.status_code == 201
    assert_failed(second)


def test_a_message_of_an_incident_is_changed_only_as_it_was_read(call, admin):
    incident = call("post", "/api/incidents", admin, json=INCIDENT).json["data"]
    path = f"/api/incidents/{incident['id']}/updates/{incident['updates'][0]['id']}"
    headers = {"If-Match": call("get", path, admin).headers["ETag"]}

    first = call("patch", path, admin, json={"message": "It is the router."}, headers=headers)
    assert first.status_code == 200
    assert_failed(call("patch", path, admin, json={"message": "It is I."}, headers=headers))
    assert_failed(call("delete", path, admin, headers=headers))
    headers = {"If-Match": first.headers["ETag"]}
    again = call("put", path, admin, json={"message": "It was the router."}, headers=headers)
    assert again.json["data"]["message"] == "It was the router."


def test_settings_are_changed_only_as_they_were_read(call, admin):
    headers = {"If-Match": call("get", "/api/settings", admin).headers["ETag"]}

    first = call("put", "/api/settings", admin, json={"title": "Shop"}, headers=headers)
    assert first.status_code == 200
    assert_failed(call("put", "/api/settings", admin, json={"title": "Inn"}, headers=headers))
    headers = {"If-Match": first.headers["ETag"]}
    assert (
        call("put", "/api/settings", admin, json={"title": "Inn"}, headers=headers).status_code
        == 200
    )


def test_a_condition_that_nobody_asks_about_is_not_passed_over(call, admin):
    response = call("post", "/api/monitors", admin, json=TCP, headers={"If-Match": "*"})

    assert_failed(response)
    assert call("get", "/api/monitors", admin).json["pagination"]["total"] == 0


def test_a_secret_can_be_made_only_if_it_is_not_there(call, admin):
    def put(value, **headers):
        body, path = {"value": value}, "/api/secrets/TOKEN"
        return call("put", path, admin, json=body, headers=named(headers))

    assert_failed(put("a", If_Match="*"))
    made = put("a", If_None_Match="*")
    assert made.status_code == 201
    assert_failed(put("b", If_None_Match="*"))
    changed = put("b", If_Match=made.headers["ETag"])
    assert changed.status_code == 200
    assert_failed(put("c", If_Match=made.headers["ETag"]))
    assert_failed(
        call("delete", "/api/secrets/TOKEN", admin, headers={"If-Match": made.headers["ETag"]})
    )
    gone = {"If-Match": changed.headers["ETag"]}
    assert call("delete", "/api/secrets/TOKEN", admin, headers=gone).status_code == 200


def test_of_many_who_change_the_same_at_once_one_wins(thing):
    barrier, codes = Barrier(4), []

    def change(number):
        barrier.wait()
        codes.append(thing.change(f"Number {number}", If_Match=thing.tag).status_code)

    threads = [Thread(target=change, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(codes) == [200, 412, 412, 412]


def test_a_condition_costs_no_more_queries_for_more_tags(shop, count_queries):
    def queries(tags):
        with count_queries() as statements:
            shop.change("Other", If_Match=", ".join(tags))
        return len(statements)

    queries(['"x"'])
    assert queries(['"x"']) == queries([f'"{number}"' for number in range(200)]) <= 6
