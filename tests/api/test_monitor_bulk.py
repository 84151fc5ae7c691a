"""/api/monitors/bulk"""

import pytest
from factories import a_monitor

from kener.store.tables import Monitor

BULK = "/api/monitors/bulk"


@pytest.fixture
def monitors(database):
    with database.write() as session:
        return [a_monitor(session, slug=f"shop-{n}").public_id for n in range(3)]


def test_the_answer_tells_what_became_of_each(call, admin, monitors, database):
    wish = {"action": "pause", "ids": ["shop-0", "nobody", monitors[1]]}
    response = call("post", BULK, admin, json=wish)

    assert response.status_code == 200
    assert response.json["message"] == "2 changed, 0 unchanged, 1 refused"
    data = response.json["data"]
    assert data["action"] == "pause"
    assert [each["id"] for each in data["changed"]] == monitors[:2]
    assert set(data["changed"][0]) == {"id", "slug", "name"}
    assert data["refused"] == [
        {"id": "nobody", "code": "not_found", "message": "There is no monitor 'nobody'."}
    ]
    assert call("get", "/api/monitors/shop-0", admin).json["data"]["paused"] is True
    assert len(call("post", BULK, admin, json=wish).json["data"]["unchanged"]) == 2


def test_a_filter_does_it_to_all_that_fit(call, admin, monitors, database):
    wish = {"action": "delete", "filter": {"q": "shop-1"}}
    data = call("post", BULK, admin, json=wish).json["data"]

    assert [each["slug"] for each in data["changed"]] == ["shop-1"]
    with database.read() as session:
        assert {each.slug for each in session.query(Monitor)} == {"shop-0", "shop-2"}


def test_deleting_needs_its_own_permission_too(call, make_key, monitors, database):
    writer, deleter = make_key("write:monitors"), make_key("delete:monitors")
    both = make_key("write:monitors", "delete:monitors")
    wish = {"action": "delete", "ids": monitors}

    refused = call("post", BULK, writer, json=wish)
    assert refused.status_code == 403
    assert "delete:monitors" in refused.json["error"]["message"]
    assert call("post", BULK, deleter, json=wish).status_code == 403
    with database.read() as session:
        assert session.query(Monitor).count() == 3
    assert len(call("post", BULK, both, json=wish).json["data"]["changed"]) == 3


def test_a_bad_wish_changes_nothing_and_names_every_field(call, admin, monitors, database):
    wish = {"action": "tag", "ids": monitors, "tags": ["ok", "a,b"], "dry": True}
    error = call("post", BULK, admin, json=wish).json["error"]

    assert {each["field"]: each["code"] for each in error["details"]} == {
        "tags.1": "invalid",
        "dry": "unknown_field",
    }
    with database.read() as session:
        assert {tuple(each.tags) for each in session.query(Monitor)} == {()}


def test_a_monitor_may_be_called_bulk(call, admin, database):
    with database.write() as session:
        a_monitor(session, slug="bulk")

    assert call("get", BULK, admin).json["data"]["slug"] == "bulk"
