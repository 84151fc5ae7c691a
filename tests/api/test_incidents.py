"""/api/incidents"""

import pytest

from kener.core.instant import HOUR, iso
from kener.store.clock import now
from kener.store.tables import Event

PROMISED = {
    "title": "Service Disruption",
    "status": "investigating",
    "impact": "major",
    "message": "We are investigating reports of service issues.",
}
TCP = {"name": "Shop", "kind": "tcp", "settings": {"host": "127.0.0.1", "port": 1}}


@pytest.fixture
def incident(call, admin):
    return call("post", "/api/incidents", admin, json=PROMISED).json["data"]


@pytest.fixture
def monitor(call, admin):
    return call("post", "/api/monitors", admin, json=TCP).json["data"]


def test_the_promised_example_works(call, make_key, database):
    response = call("post", "/api/incidents", make_key("write:incidents"), json=PROMISED)

    assert response.status_code == 201
    data = response.json["data"]
    assert {name: data[name] for name in PROMISED} == PROMISED
    assert (data["monitors"], data["resolved_at"]) == ([], None)
    assert [each["message"] for each in data["updates"]] == [PROMISED["message"]]
    with database.read() as session:
        assert [each.name for each in session.query(Event)] == ["incident.created"]


def test_an_incident_says_whom_it_affects_and_how(call, admin, monitor):
    affected = {"monitors": [{"id": monitor["id"], "impact": "degraded"}]}

    data = call("post", "/api/incidents", admin, json=PROMISED | affected).json["data"]

    assert data["monitors"] == [
        {"id": monitor["id"], "slug": "shop", "name": "Shop", "impact": "degraded"}
    ]


def test_a_wrong_incident_names_every_field(call, admin):
    response = call("post", "/api/incidents", admin, json={"impact": 3, "monitors": ["x"]})

    fields = {each["field"] for each in response.json["error"]["details"]}
    assert (response.status_code, fields) == (
        400,
        {"title", "message", "impact", "monitors.0.id"},
    )


def test_updates_move_it_on_and_resolve_it(call, admin, incident):
    path = f"/api/incidents/{incident['id']}"

    response = call(
        "post", f"{path}/updates", admin, json={"status": "resolved", "message": "All is well."}
    )

    assert response.status_code == 201
    data = call("get", path, admin).json["data"]
    assert data == response.json["data"]
    assert (data["status"], data["message"]) == ("resolved", "All is well.")
    assert [each["status"] for each in data["updates"]] == ["resolved", "investigating"]
    assert data["resolved_at"] == data["updates"][0]["at"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"status", "message"}),
        ({"status": "over", "message": "x"}, {"status"}),
        ({"status": "resolved", "message": 5}, {"message"}),
        ({"status": "resolved", "message": "x", "at": "2001-01-01T00:00:00Z"}, {"at"}),
        ({"status": "resolved", "message": "x", "title": "y"}, {"title"}),
    ],
)
def test_a_wrong_update_is_refused(call, admin, incident, body, fields):
    response = call("post", f"/api/incidents/{incident['id']}/updates", admin, json=body)

    assert response.status_code == 400
    assert {each["field"] for each in response.json["error"]["details"]} == fields


def test_an_edit_keeps_what_it_does_not_name(call, admin, incident):
    path = f"/api/incidents/{incident['id']}"

    data = call("put", path, admin, json={"title": "Other", "version": 1}).json["data"]

    changed = {name for name in data if data[name] != incident[name]}
    assert changed == {"title", "version", "updated_at"}
    stale = call("put", path, admin, json={"title": "Third", "version": 1})
    assert (stale.status_code, stale.json["error"]["code"]) == (409, "CONFLICT")


def test_a_deleted_incident_is_gone(call, admin, incident):
    path = f"/api/incidents/{incident['id']}"

    assert call("delete", path, admin).json["data"] == {"id": incident["id"]}
    assert call("get", path, admin).status_code == 404


def test_the_list_begins_with_the_latest_and_pages_without_repeats(call, admin):
    begin = now() - 10 * HOUR
    for number in range(5):
        at = iso(begin + (number // 2) * HOUR)
        call("post", "/api/incidents", admin, json=PROMISED | {"started_at": at})
    whole = [each["id"] for each in call("get", "/api/incidents", admin).json["data"]]
    seen, cursor = [], ""
    while cursor is not None:
        page = call("get", f"/api/incidents?limit=2&cursor={cursor}", admin).json
        assert page["pagination"]["total"] >= 5
        seen += [each["id"] for each in page["data"]]
        cursor = page["pagination"]["next"]
        call("post", "/api/incidents", admin, json=PROMISED)

    assert seen == whole


def test_the_list_can_be_filtered(call, admin, incident):
    over = PROMISED | {"status": "resolved", "title": "Over"}
    call("post", "/api/incidents", admin, json=over)

    for query, titles in (
        ("open=true", ["Service Disruption"]),
        ("open=false", ["Over"]),
        ("status=resolved", ["Over"]),
        ("status=monitoring", []),
    ):
        page = call("get", f"/api/incidents?{query}", admin).json
        assert [each["title"] for each in page["data"]] == titles
        assert page["pagination"]["total"] == len(titles)


def test_the_list_can_be_asked_for_what_was_when_and_of_whom(call, admin, monitor):
    begin = now() - 10 * HOUR
    for hour, title in enumerate(["Early", "Late"]):
        own = {"title": title, "started_at": iso(begin + hour * HOUR), "impact": "critical"}
        call("post", "/api/incidents", admin, json=PROMISED | own | {"monitors": ["shop"][hour:]})

    for query, titles in (
        (f"from={iso(begin + 1)}", ["Late"]),
        (f"to={iso(begin + 1)}", ["Early"]),
        (f"from={iso(begin)}&to={iso(begin + HOUR)}", ["Early"]),
        ("impact=critical", ["Late", "Early"]),
        ("impact=none", []),
        ("monitor=shop", ["Early"]),
        (f"monitor={monitor['id']}&open=true", ["Early"]),
    ):
        page = call("get", f"/api/incidents?{query}", admin).json
        assert [each["title"] for each in page["data"]] == titles, query
        assert page["pagination"]["total"] == len(titles)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=yesterday", "from"),
        ("from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from"),
        ("to=2026-01-01", "to"),
        ("since=2026-01-01T00:00:00Z", "since"),
        ("monitor=nobody", "monitor"),
        ("monitor=%00", "monitor"),
        ("impact=huge", "impact"),
        ("draft=maybe", "draft"),
    ],
)
def test_a_wrong_filter_is_named(call, admin, query, field):
    response = call("get", f"/api/incidents?{query}", admin)

    assert response.status_code == 400
    assert [each["field"] for each in response.json["error"]["details"]] == [field]


def test_keys_that_could_delete_incidents_still_can(call, make_key, admin):
    for permission, may in (
        ("delete:incidents", True),
        ("write:incidents", True),
        ("read:incidents", False),
        ("delete:monitors", False),
    ):
        made = call("post", "/api/incidents", admin, json=PROMISED).json["data"]["id"]
        response = call("delete", f"/api/incidents/{made}", make_key(permission))
        assert (response.status_code == 200) is may, permission


def test_a_longer_list_takes_no_more_queries(call, admin, monitor, count_queries):
    body = PROMISED | {"monitors": [monitor["id"]]}

    def queries():
        with count_queries() as statements:
            assert call("get", "/api/incidents", admin).status_code == 200
        return len(statements)

    call("post", "/api/incidents", admin, json=body)
    few = queries()
    for _ in range(10):
        call("post", "/api/incidents", admin, json=body)

    assert queries() == few
    assert few <= 8
