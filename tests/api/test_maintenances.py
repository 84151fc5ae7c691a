"""/api/maintenances"""

import pytest

from kener.core.instant import DAY, HOUR, as_datetime
from kener.store.clock import now
from kener.store.tables import Event

TCP = {"name": "Shop", "kind": "tcp", "settings": {"host": "127.0.0.1", "port": 1}}


def local(ms):
    """So many ms from now, as one writes it without a zone, in UTC."""
    return as_datetime(now() + ms).replace(microsecond=0, tzinfo=None).isoformat()


def once(ms, **more):
    return {"title": "Upgrade", "starts": local(ms), "duration": 60} | more


@pytest.fixture
def monitor(call, admin):
    return call("post", "/api/monitors", admin, json=TCP).json["data"]


@pytest.fixture
def plan(call, admin):
    def plan(ms=DAY, **more):
        response = call("post", "/api/maintenances", admin, json=once(ms, **more))
        assert response.status_code == 201, response.text
        return response.json["data"]

    return plan


def test_it_is_planned_shown_and_announced(call, make_key, database, monitor):
    key = make_key("write:maintenances", "read:maintenances")
    body = once(DAY, monitors=["shop"], rrule="FREQ=DAILY;COUNT=2", reminders=[60])

    response = call("post", "/api/maintenances", key, json=body)

    data = response.json["data"]
    assert response.headers["Location"] == f"/api/maintenances/{data['id']}"
    assert call("get", response.headers["Location"], key).json["data"] == data
    assert {name: data[name] for name in body if name != "monitors"} == {
        name: value for name, value in body.items() if name != "monitors"
    }
    assert data["monitors"] == [
        {"id": monitor["id"], "slug": "shop", "name": "Shop", "impact": "maintenance"}
    ]
    assert (data["status"], data["window"]["status"]) == ("scheduled", "scheduled")
    assert data["window"]["starts_at"] == f"{body['starts']}Z"
    with database.read() as session:
        assert [each.name for each in session.query(Event)] == ["maintenance.scheduled"]


def test_a_wrong_one_names_every_field(call, admin):
    body = {"duration": "long", "rrule": "FREQ=SECONDLY", "monitors": ["x"], "zzz": 1}

    response = call("post", "/api/maintenances", admin, json=body)

    fields = {each["field"]: each["code"] for each in response.json["error"]["details"]}
    assert response.status_code == 400
    assert fields == {
        "title": "required",
        "starts": "required",
        "duration": "wrong_type",
        "rrule": "invalid",
        "monitors.0.id": "not_found",
        "zzz": "unknown_field",
    }


def test_each_verb_needs_its_permission(call, make_key, plan):
    planned = plan()
    path, window = f"/api/maintenances/{planned['id']}", f"/api/windows/{planned['window']['id']}"
    asked = {
        "read:maintenances": [("get", path), ("get", f"{path}/windows"), ("get", window)],
        "write:maintenances": [
            ("put", path),
            ("put", window),
            ("post", f"{window}/extend"),
            ("post", f"{window}/finish"),
            ("post", f"{window}/cancel"),
            ("post", f"{path}/cancel"),
        ],
        "delete:maintenances": [("delete", path)],
    }
    for permission, requests in asked.items():
        other = make_key(*(each for each in asked if each != permission))
        for method, address in requests:
            response = call(method, address, other, json={"minutes": 1})
            assert (response.status_code, permission in response.text) == (403, True), address


def test_an_open_one_is_in_progress_and_its_monitor_shows_it(call, admin, monitor, plan):
    planned = plan(-HOUR // 2, monitors=[monitor["id"]])

    assert (planned["status"], planned["window"]["status"]) == ("in_progress", "in_progress")
    assert call("get", "/api/monitors/shop", admin).json["data"]["status"] == "maintenance"
    data = call("get", "/api/status").json["data"]
    assert (data["status"], data["sentence"]) == ("maintenance", "Shop is under maintenance.")


def test_an_edit_keeps_what_it_does_not_name(call, admin, plan):
    planned = plan()
    path = f"/api/maintenances/{planned['id']}"

    data = call("put", path, admin, json={"title": "Other", "version": 1}).json["data"]

    assert {name for name in data if data[name] != planned[name]} == {
        "title",
        "version",
        "updated_at",
    }
    stale = call("put", path, admin, json={"title": "Third", "version": 1})
    assert (stale.status_code, stale.json["error"]["code"]) == (409, "CONFLICT")


def test_a_cancelled_one_says_so_and_a_deleted_one_is_gone(call, admin, plan):
    path = f"/api/maintenances/{plan()['id']}"

    data = call("post", f"{path}/cancel", admin).json["data"]
    assert (data["status"], data["window"]) == ("cancelled", None)
    assert data["cancelled_at"] is not None
    assert call("delete", path, admin).status_code == 200
    for method, address in (("get", path), ("get", f"{path}/windows"), ("delete", path)):
        assert call(method, address, admin).status_code == 404


def test_the_list_can_be_filtered(call, admin, monitor, plan):
    plan(title="ahead", monitors=["shop"])
    plan(-HOUR // 2, title="open")
    plan(-2 * DAY, title="over")
    plan(-HOUR // 2, title="both", rrule="FREQ=DAILY")
    plan(title="draft", draft=True)
    off = plan(title="off")
    call("post", f"/api/maintenances/{off['id']}/cancel", admin)

    for query, titles in (
        ("upcoming=true", ["draft", "both", "ahead"]),
        ("upcoming=false", ["off", "over", "open"]),
        ("active=true", ["both", "open"]),
        ("past=true", ["off", "over"]),
        ("past=false&draft=false", ["both", "open", "ahead"]),
        ("monitor=shop", ["ahead"]),
        (f"monitor={monitor['id']}", ["ahead"]),
        ("monitor=nobody", []),
        ("draft=true", ["draft"]),
    ):
        page = call("get", f"/api/maintenances?{query}", admin).json
        assert [each["title"] for each in page["data"]] == titles, query
        assert page["pagination"]["total"] == len(titles)
    for query in ("upcoming=maybe", "when=now", "limit=501"):
        assert call("get", f"/api/maintenances?{query}", admin).status_code == 400


def test_the_list_pages_without_repeats_while_more_is_planned(call, admin, plan):
    made = [plan()["id"] for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = call("get", f"/api/maintenances?limit=2&cursor={cursor}", admin).json
        seen += [each["id"] for each in page["data"]]
        cursor = page["pagination"]["next"]
        plan()

    assert seen == made[::-1]


def test_windows_are_listed_in_their_order_and_in_parts(call, admin, plan):
    path = f"/api/maintenances/{plan(rrule='FREQ=DAILY;COUNT=5')['id']}/windows"
    whole = call("get", path, admin).json
    seen, cursor = [], ""
    while cursor is not None:
        page = call("get", f"{path}?limit=2&cursor={cursor}", admin).json
        assert page["pagination"]["total"] == 5
        seen += page["data"]
        cursor = page["pagination"]["next"]

    assert seen == whole["data"]
    assert [each["starts_at"] for each in seen] == sorted(each["starts_at"] for each in seen)
    assert len({each["id"] for each in seen}) == 5


def test_windows_that_are_over_can_be_left_out(call, admin, plan):
    path = f"/api/maintenances/{plan(-2 * DAY)['id']}/windows"

    for over, count in (("true", 1), ("false", 0)):
        page = call("get", f"{path}?over={over}", admin).json
        assert (len(page["data"]), page["pagination"]["total"]) == (count, count)


def test_a_longer_list_takes_no_more_queries(call, admin, plan, count_queries):
    call("post", "/api/monitors", admin, json=TCP)

    def queries(path):
        with count_queries() as statements:
            assert call("get", path, admin).status_code == 200
        return len(statements)

    first = plan(monitors=["shop"], rrule="FREQ=DAILY;COUNT=2")
    paths = ["/api/maintenances", f"/api/maintenances/{first['id']}/windows", "/api/status"]
    few = [queries(path) for path in paths]
    for _ in range(10):
        plan(monitors=["shop"], rrule="FREQ=DAILY;COUNT=9")
    call("put", f"/api/maintenances/{first['id']}", admin, json={"rrule": "FREQ=DAILY;COUNT=40"})

    assert [queries(path) for path in paths] == few
    assert max(few) <= 12
