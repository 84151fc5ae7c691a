"""POST /api/monitors/test, for kinds that need more than the network: they get it there too."""

import pytest

from kener.actions.heartbeats import Report, Said, receive
from kener.actions.monitors import create_monitor
from kener.actions.statuses import push_status
from kener.store.clock import now

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def bridge(database, sealing):
    with database.write() as session:
        monitor = create_monitor(session, {"name": "Bridge", "kind": "manual"}, now())
        push_status(session, monitor, {"status": "down", "message": "closed"}, now())
        return monitor


def test_a_group_is_tried_with_the_members_it_is_to_have(call, admin, bridge):
    group = {"kind": "group", "settings": {"members": ["bridge"]}}
    data = call("post", "/api/monitors/test", admin, json=group).json["data"]

    assert (data["status"], data["detail"]) == ("down", "1 of 1 is down: Bridge")


def test_a_manual_monitor_is_tried_with_what_it_was_told(call, admin, bridge):
    stored = {"id": bridge.public_id}
    data = call("post", "/api/monitors/test", admin, json=stored).json["data"]

    assert (data["status"], data["detail"]) == ("down", "closed")
    unsaved = call("post", "/api/monitors/test", admin, json={"kind": "manual"}).json["data"]
    assert unsaved["reason"] == "waiting"


def test_a_heartbeat_is_tried_with_its_last_report(call, admin, database, sealing):
    with database.write() as session:
        monitor = create_monitor(session, {"name": "Backup", "kind": "heartbeat"}, now())
        receive(session, monitor.id, Said(Report.FAIL, b"no room", exit_code=3), now())
    stored = {"id": monitor.public_id}
    data = call("post", "/api/monitors/test", admin, json=stored).json["data"]

    assert data["detail"] == "reported a failure with exit code 3 just now: no room"
