"""/api/windows"""

import pytest

from kener.core.instant import DAY, HOUR, as_datetime, iso, parse_iso
from kener.store.clock import now


@pytest.fixture
def planned(call, admin):
    """A daily one whose first window is open."""
    starts = as_datetime(now() - HOUR // 2).replace(microsecond=0, tzinfo=None).isoformat()
    body = {"title": "Upgrade", "starts": starts, "duration": 60, "rrule": "FREQ=DAILY"}
    return call("post", "/api/maintenances", admin, json=body).json["data"]


@pytest.fixture
def windows(call, admin, planned):
    return call("get", f"/api/maintenances/{planned['id']}/windows", admin).json["data"]


def test_a_window_is_what_the_list_says(call, admin, planned, windows):
    data = call("get", f"/api/windows/{windows[0]['id']}", admin).json["data"]

    assert data == windows[0] == planned["window"]
    assert (data["maintenance_id"], data["status"]) == (planned["id"], "in_progress")
    assert (data["edited"], data["original_at"]) == (False, data["starts_at"])
    assert call("get", "/api/windows/nothing", admin).status_code == 404


def test_a_window_is_moved(call, admin, windows):
    path, at = f"/api/windows/{windows[1]['id']}", (now() + 3 * DAY) // 1000 * 1000

    data = call("put", path, admin, json={"starts_at": iso(at), "version": 1}).json["data"]

    assert (data["starts_at"], data["ends_at"], data["edited"], data["version"]) == (
        iso(at),
        iso(at + HOUR),
        True,
        2,
    )
    stale = call("put", path, admin, json={"starts_at": iso(at + 1), "version": 1})
    wrong = call("put", path, admin, json={"ends_at": "soon", "title": "x"})
    assert (stale.status_code, wrong.status_code) == (409, 400)
    assert {each["field"] for each in wrong.json["error"]["details"]} == {"ends_at", "title"}


def test_a_window_is_extended_and_finished(call, admin, windows):
    path = f"/api/windows/{windows[0]['id']}"

    longer = call("post", f"{path}/extend", admin, json={"minutes": 30}).json["data"]
    done = call("post", f"{path}/finish", admin)

    assert parse_iso(longer["ends_at"]) - parse_iso(windows[0]["ends_at"]) == HOUR // 2
    assert (done.status_code, done.json["data"]["status"]) == (200, "completed")
    for action, body in (("finish", {}), ("extend", {"minutes": 1}), ("cancel", {})):
        assert call("post", f"{path}/{action}", admin, json=body).status_code == 409
    assert call("post", f"{path}/extend", admin, json={"minutes": 0}).status_code == 400


def test_a_cancelled_window_is_passed_over(call, admin, planned, windows):
    for _ in range(2):
        response = call("post", f"/api/windows/{windows[0]['id']}/cancel", admin)
        assert (response.status_code, response.json["data"]["status"]) == (200, "cancelled")

    data = call("get", f"/api/maintenances/{planned['id']}", admin).json["data"]
    assert (data["status"], data["window"]["id"]) == ("scheduled", windows[1]["id"])
