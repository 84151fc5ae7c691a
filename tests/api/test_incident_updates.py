"""/api/incidents/<id>/updates, and what else is done to an incident."""

import pytest

from kener.core.instant import HOUR, MINUTE, iso
from kener.store.clock import now
from kener.store.tables import Event

TROUBLE = {"title": "Service Disruption", "message": "We are investigating.", "impact": "major"}
RESOLVED = {"status": "resolved", "message": "All is well."}


@pytest.fixture
def incident(call, admin):
    begun = {"started_at": iso(now() - HOUR)}
    return call("post", "/api/incidents", admin, json=TROUBLE | begun).json["data"]


@pytest.fixture
def path(incident):
    return f"/api/incidents/{incident['id']}"


@pytest.fixture
def say(call, admin, path):
    def say(message, **more):
        body = {"status": "identified", "message": message} | more
        return call("post", f"{path}/updates", admin, json=body)

    return say


def test_an_update_has_an_address_of_its_own(call, admin, path, say):
    response = say("It is the disk.")

    newest = response.json["data"]["updates"][0]
    assert response.headers["Location"] == f"{path}/updates/{newest['id']}"
    shown = call("get", response.headers["Location"], admin).json["data"]
    assert shown == newest == shown | {"status": "identified", "message": "It is the disk."}
    assert call("get", f"{path}/updates/nobody", admin).status_code == 404


def test_an_update_of_another_incident_is_not_found(call, admin, path, say):
    update = say("It is the disk.").json["data"]["updates"][0]["id"]
    other = call("post", "/api/incidents", admin, json=TROUBLE).json["data"]["id"]

    for method, body in (("get", {}), ("put", {"json": {"message": "x"}}), ("delete", {})):
        response = call(method, f"/api/incidents/{other}/updates/{update}", admin, **body)
        assert response.status_code == 404
    assert call("get", f"{path}/updates/{update}", admin).status_code == 200


def test_updates_are_listed_from_the_newest_and_page_without_repeats(call, admin, path, say):
    at = now() - 30 * MINUTE
    for number in range(4):
        say(f"Number {number}", at=iso(at + (number // 2) * MINUTE))
    whole = [each["id"] for each in call("get", f"{path}/updates", admin).json["data"]]
    seen, cursor = [], ""
    while cursor is not None:
        page = call("get", f"{path}/updates?limit=2&cursor={cursor}", admin).json
        assert page["pagination"]["total"] >= 5
        seen += [each["id"] for each in page["data"]]
        cursor = page["pagination"]["next"]
        say("Meanwhile")

    assert seen == whole
    assert call("get", f"{path}/updates?sort=x", admin).status_code == 400


def test_a_longer_list_of_updates_takes_no_more_queries(call, admin, path, say, count_queries):
    def queries():
        with count_queries() as statements:
            assert call("get", f"{path}/updates", admin).status_code == 200
        return len(statements)

    few = queries()
    for number in range(10):
        say(f"Number {number}")

    assert queries() == few
    assert few <= 8


def test_an_update_is_changed_by_what_is_named(call, admin, path, say):
    address = say("It is the disk.").headers["Location"]

    changed = call("put", address, admin, json={"status": "resolved"}).json["data"]

    data = call("get", path, admin).json["data"]
    assert changed == data["updates"][0] == changed | {"message": "It is the disk."}
    assert (data["status"], data["resolved_at"]) == ("resolved", changed["at"])
    early = iso(now() - 30 * MINUTE)
    assert call("put", address, admin, json={"at": early}).json["data"]["at"] == early
    data = call("get", path, admin).json["data"]
    assert (data["status"], data["resolved_at"]) == ("investigating", None)


def test_a_wrong_change_of_an_update_names_every_field(call, admin, say):
    address = say("It is the disk.").headers["Location"]

    response = call("put", address, admin, json={"status": 5, "message": "", "at": 1, "notify": 0})

    fields = {each["field"] for each in response.json["error"]["details"]}
    assert (response.status_code, fields) == (400, {"status", "message", "at", "notify"})


def test_a_deleted_update_takes_its_status_along(call, admin, path, say):
    address = say("Over.", status="resolved").headers["Location"]

    assert call("delete", address, admin).json["data"] == {"id": address.rsplit("/", 1)[1]}

    data = call("get", path, admin).json["data"]
    assert (data["status"], data["resolved_at"]) == ("investigating", None)
    last = f"{path}/updates/{data['updates'][0]['id']}"
    refused = call("delete", last, admin)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "CONFLICT")


def test_no_event_is_sent_where_none_is_wanted(call, admin, path, say, database):
    address = say("Quietly.", notify=False).headers["Location"]
    call("put", address, admin, json={"message": "Still.", "notify": False})
    call("delete", f"{address}?notify=false", admin)
    call("put", path, admin, json={"title": "Trouble", "notify": False})
    call("post", "/api/incidents", admin, json=TROUBLE | {"notify": False})

    with database.read() as session:
        assert [each.name for each in session.query(Event)] == ["incident.created"]


def test_a_postmortem_is_told_when_all_is_over(call, admin, path, say):
    early = say("Learned.", status="postmortem")
    say("Over.", status="resolved")
    data = say("Learned.", status="postmortem").json["data"]

    assert early.json["error"]["details"] == [
        {
            "field": "status",
            "code": "invalid",
            "message": "postmortem can only follow resolved",
        }
    ]
    assert (data["status"], data["message"]) == ("postmortem", "Learned.")
    assert data["resolved_at"] == data["updates"][1]["at"]
    shown = call("get", "/api/incidents?open=false", admin).json["data"]
    assert [each["status"] for each in shown] == ["postmortem"]


def test_the_next_update_is_promised_to_all(call, admin, path):
    at = iso(now() + HOUR)

    data = call("put", path, admin, json={"next_update_by": at}).json["data"]

    assert data["next_update_by"] == at
    told = call("get", "/api/status").json["data"]["incidents"][0]
    assert told["next_update_by"] == at


def test_whoever_acknowledges_first_is_shown_to_keys_and_not_to_visitors(
    call, admin, make_key, path
):
    address = f"{path}/acknowledge"

    first = call("post", address, make_key("write:incidents"), json={"note": "On my way."})
    second = call("post", address, admin)

    assert first.status_code == second.status_code == 200
    told = first.json["data"]["acknowledged"]
    assert told | {"at": ""} == {"by": "Test", "at": "", "note": "On my way."}
    assert second.json["data"]["acknowledged"] == told
    assert "acknowledged" not in call("get", "/api/status").text
    assert call("delete", address, admin).json["data"]["acknowledged"] is None
    assert call("delete", address, admin).status_code == 200


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"json": {"who": "me"}}, 400),
        ({"json": {"note": 5}}, 400),
        ({"data": "{}"}, 415),
    ],
)
def test_a_wrong_acknowledgement_is_refused(call, admin, path, given, status):
    assert call("post", f"{path}/acknowledge", admin, **given).status_code == status
    assert call("get", path, admin).json["data"]["acknowledged"] is None


def test_a_draft_is_published_over_the_api_and_seen_only_then(call, admin, database):
    draft = call("post", "/api/incidents", admin, json=TROUBLE | {"draft": True}).json["data"]
    path = f"/api/incidents/{draft['id']}"

    assert (draft["draft"], draft["started_at"]) == (True, None)
    assert call("get", "/api/status").json["data"]["incidents"] == []
    assert call("get", "/api/incidents", admin).json["data"] == []
    listed = call("get", "/api/incidents?draft=true", admin).json
    assert (listed["data"], listed["pagination"]["total"]) == ([draft], 1)
    refused = call("post", f"{path}/updates", admin, json=RESOLVED)
    assert refused.status_code == 409
    data = call("put", path, admin, json={"draft": False, "version": 1}).json["data"]
    assert data["started_at"] == data["updates"][0]["at"]
    told = call("get", "/api/status").json["data"]["incidents"]
    assert [each["id"] for each in told] == [draft["id"]]
    with database.read() as session:
        assert [each.name for each in session.query(Event)] == ["incident.created"]
