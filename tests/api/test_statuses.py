"""POST /api/monitors/<id>/status"""

import pytest

from kener.actions.monitors import create_monitor
from kener.store.clock import now


@pytest.fixture
def bridge(database, sealing):
    with database.write() as session:
        return create_monitor(session, {"name": "Bridge", "kind": "manual"}, now()).public_id


def test_a_pushed_status_is_there_in_the_answer(call, make_key, bridge):
    key = make_key("write:monitors")
    told = {"status": "down", "message": "closed", "expires_in": 60}
    response = call("post", f"/api/monitors/{bridge}/status", key, json=told)

    assert response.status_code == 200, response.text
    data = response.json["data"]
    assert (data["status"], data["reason"], data["detail"]) == ("down", "reported", "closed")
    assert (data["to_fail"], data["retry_interval"]) == (1, 0)
    assert call("get", "/api/status").json["data"]["monitors"][0]["status"] == "down"


def test_it_needs_the_permission_to_change_monitors(call, make_key, bridge):
    key = make_key("read:monitors")
    response = call("post", f"/api/monitors/{bridge}/status", key, json={"status": "up"})

    assert response.status_code == 403


def test_bad_fields_are_named(call, admin, bridge):
    response = call("post", f"/api/monitors/{bridge}/status", admin, json={"status": "fine"})

    assert response.status_code == 400
    assert [each["field"] for each in response.json["error"]["details"]] == ["status"]


def test_a_monitor_that_is_checked_is_not_told(call, admin, database, sealing):
    tcp = {"name": "Port", "kind": "tcp", "settings": {"host": "127.0.0.1", "port": 9}}
    with database.write() as session:
        public_id = create_monitor(session, tcp, now()).public_id
    for name, status in ((public_id, 409), ("nobody", 404)):
        response = call("post", f"/api/monitors/{name}/status", admin, json={"status": "up"})
        assert response.status_code == status
