"""What a list can be asked for: some fields, another order, part by part."""

import base64
import json

import pytest

from kener.api import _incident, _monitor
from kener.core.instant import HOUR, iso
from kener.store.clock import now

TCP = {"kind": "tcp", "settings": {"host": "127.0.0.1", "port": 1}}
HEARTBEAT = {"kind": "heartbeat", "settings": {"period": 60}}
NAMES = ["delta", "Alpha", "charlie", "alpha", "Bravo", "Echo", "alpha"]
INCIDENT = {"title": "Trouble", "message": "We look."}


@pytest.fixture
def monitors(call, admin):
    for name in NAMES:
        assert call("post", "/api/monitors", admin, json=TCP | {"name": name}).status_code == 201


def rows_of(call, key, path):
    response = call("get", path, key)
    assert response.status_code == 200, response.text
    return response.json["data"]


def walk(call, key, path, between=lambda: None):
    """All rows, two at a time."""
    seen, cursor = [], ""
    while cursor is not None:
        page = call("get", f"{path}&limit=2&cursor={cursor}", key).json
        seen += page["data"]
        cursor = page["pagination"]["next"]
        between()
    return seen


def details(response):
    assert response.status_code == 400, response.text
    return {each["field"]: each["message"] for each in response.json["error"]["details"]}


def test_a_list_shows_only_the_fields_that_are_asked_for(call, admin, monitors):
    rows = rows_of(call, admin, "/api/monitors?fields=name,id,status,name")

    assert {tuple(each) for each in rows} == {("id", "name", "status")}
    assert [each["name"] for each in rows] == NAMES


def test_every_field_that_can_be_asked_for_is_one_that_is_shown(call, admin):
    call("post", "/api/monitors", admin, json=HEARTBEAT | {"name": "Backup"})
    call("post", "/api/incidents", admin, json=INCIDENT)

    for path, fields in (("monitors", _monitor.FIELDS), ("incidents", _incident.FIELDS)):
        (whole,) = rows_of(call, admin, f"/api/{path}")
        assert set(whole) == set(fields)
        (asked,) = rows_of(call, admin, f"/api/{path}?fields={','.join(fields)}")
        assert asked == whole


@pytest.mark.parametrize(
    ("path", "field", "says"),
    [
        ("/api/monitors?fields=name,colour", "fields", "slug"),
        ("/api/monitors?fields=", "fields", "slug"),
        ("/api/monitors?fields=settings.url", "fields", "settings"),
        ("/api/monitors?sort=colour", "sort", "created, name, updated"),
        ("/api/monitors?sort=--name", "sort", "created, name, updated"),
        ("/api/monitors?sort=", "sort", "created, name, updated"),
        ("/api/incidents?sort=name", "sort", "started, updated"),
        ("/api/incidents?fields=name", "fields", "started_at"),
        ("/api/secrets?sort=name", "sort", "no such parameter"),
        ("/api/me?fields=id", "fields", "no such parameter"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_what_can(call, admin, path, field, says):
    told = details(call("get", path, admin))

    assert set(told) == {field}
    assert says in told[field]


@pytest.mark.parametrize("sort", ["created", "-created", "name", "-name", "updated", "-updated"])
def test_every_order_has_its_reverse_and_parts_that_fit(call, admin, monitors, sort):
    path = f"/api/monitors?sort={sort}"
    whole = rows_of(call, admin, path)
    reverse = sort.removeprefix("-") if sort.startswith("-") else f"-{sort}"

    assert walk(call, admin, path) == whole
    assert rows_of(call, admin, f"/api/monitors?sort={reverse}") == whole[::-1]
    assert len(whole) == len(NAMES)


def test_names_are_sorted_by_their_letters(call, admin, monitors):
    names = [each["name"] for each in rows_of(call, admin, "/api/monitors?sort=name")]

    assert names == ["Alpha", "alpha", "alpha", "Bravo", "charlie", "delta", "Echo"]


def test_what_was_changed_last_comes_first_when_asked_for(call, admin, monitors):
    call("patch", "/api/monitors/charlie", admin, json={"tags": ["web"]})

    assert rows_of(call, admin, "/api/monitors?sort=-updated")[0]["name"] == "charlie"


def test_parts_fit_while_others_come_and_go(call, admin, monitors):
    whole = rows_of(call, admin, "/api/monitors?sort=name")
    ids = {each["id"] for each in whole}

    def between():
        call("post", "/api/monitors", admin, json=TCP | {"name": "Bravo"})
        call("delete", "/api/monitors/alpha", admin)

    seen = walk(call, admin, "/api/monitors?sort=name", between)

    old = [each["id"] for each in seen if each["id"] in ids]
    assert old == [each["id"] for each in whole]
    assert len({each["id"] for each in seen}) == len(seen)


@pytest.mark.parametrize("sort", ["started", "-started", "updated", "-updated"])
def test_incidents_have_orders_too(call, admin, sort):
    begin = now() - 9 * HOUR
    for number in (3, 1, 2, 1):
        at = iso(begin + number * HOUR)
        call("post", "/api/incidents", admin, json=INCIDENT | {"started_at": at})
    whole = rows_of(call, admin, f"/api/incidents?sort={sort}")
    field = f"{sort.removeprefix('-')}_at"

    values = [each[field] for each in whole]
    assert values == sorted(values, reverse=sort.startswith("-"))
    assert walk(call, admin, f"/api/incidents?sort={sort}") == whole


def a_cursor(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "given",
    [
        ["name", 5, 5],
        ["name", "a", "b"],
        ["name", "a", True],
        ["name", "a", 2**63],
        ["name", "a\0", 1],
        ["name", "\ud800", 1],
        ["name", None, 1],
        ["name", "a"],
        ["name", "a", 1, 1],
        [["name"], "a", 1],
        ["updated", "a", 1],
        {"name": 1},
        7,
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(call, admin, given):
    response = call("get", f"/api/monitors?sort=name&cursor={a_cursor(given)}", admin)

    assert set(details(response)) == {"cursor"}


@pytest.mark.parametrize("cursor", ["%", "e30", "bnVsbA", "W1tbW1tb" * 200, "W1tbW1tb" * 400])
def test_nonsense_for_a_cursor_is_refused(call, admin, cursor):
    assert set(details(call("get", f"/api/monitors?cursor={cursor}", admin))) == {"cursor"}


def test_a_cursor_of_another_order_is_refused(call, admin, monitors):
    page = call("get", "/api/monitors?limit=1&sort=name", admin).json
    cursor = page["pagination"]["next"]

    told = details(call("get", f"/api/monitors?limit=1&sort=-name&cursor={cursor}", admin))

    assert "sort=name" in told["cursor"]


def test_an_order_takes_no_more_queries(call, admin, monitors, count_queries):
    def queries(path):
        with count_queries() as statements:
            rows_of(call, admin, path)
        return len(statements)

    queries("/api/monitors")
    plain = queries("/api/monitors")

    assert queries("/api/monitors?sort=-name&fields=id,name") == plain
