"""/api/monitors?status=…&tag=…&q=…"""

import pages
import pytest
from factories import a_monitor, a_span, an_incident

from kener.actions.incidents import open_incident
from kener.core.status import Status
from kener.store.clock import now


@pytest.fixture
def some(database):
    """A shop that is up and has an incident, a database that is down, and one nobody looked at."""
    with database.write() as session:
        at = now()
        shop = a_monitor(session, name="Shop", slug="shop", tags=["web", "eu"])
        data = a_monitor(
            session,
            name="Database",
            slug="data",
            tags=["eu"],
            settings={"host": "db.example.org", "port": 5432},
        )
        a_monitor(session, name="Resting", slug="rest", kind="manual", settings={}, paused=True)
        for monitor, status in ((shop, Status.UP), (data, Status.DOWN)):
            a_span(session, monitor, status, at - 60_000)
            pages.observe(session, monitor, status, at - 60_000, at)
        fields = {"title": "Slow", "message": "We look.", "impact": "minor"}
        open_incident(session, fields | {"monitors": ["shop"]}, at)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("status=degraded", ["shop"]),
        ("status=up", []),
        ("status=down", ["data"]),
        ("status=unknown", ["rest"]),
        ("tag=eu", ["shop", "data"]),
        ("tag=eu,web", ["shop"]),
        ("tag=EU", []),
        ("tag=", ["shop", "data", "rest"]),
        ("q=SHOP", ["shop"]),
        ("q=db.example", ["data"]),
        ("q=example+5432", ["data"]),
        ("q=%25", []),
        ("q=settings", []),
        ("tag=eu&status=down&kind=tcp&paused=false&q=data", ["data"]),
        ("tag=eu&kind=manual", []),
    ],
)
def test_a_list_is_filtered_by_all_that_is_asked(call, admin, some, query, slugs):
    response = call("get", f"/api/monitors?{query}", admin)

    assert [each["slug"] for each in response.json["data"]] == slugs
    assert response.json["pagination"]["total"] == len(slugs)


@pytest.mark.parametrize("query", ["status=fine", "q=" + "x" * 201, "tag=a&tag=b", "tags=a"])
def test_a_filter_that_makes_no_sense_is_refused(call, admin, query):
    assert call("get", f"/api/monitors?{query}", admin).status_code == 400


def test_a_filtered_list_comes_in_parts_too(call, admin, database):
    with database.write() as session:
        for n in range(7):
            a_monitor(session, slug=f"m-{n}", tags=["odd"] if n % 2 else [])
    seen, cursor = [], ""
    while cursor is not None:
        page = call("get", f"/api/monitors?tag=odd&limit=2&cursor={cursor}", admin).json
        seen += [each["slug"] for each in page["data"]]
        cursor = page["pagination"]["next"]

    assert seen == ["m-1", "m-3", "m-5"]


def test_a_secret_cannot_be_searched_for(call, admin):
    settings = {"url": "http://127.0.0.1/", "username": "me", "password": "hunter2"}
    body = {"name": "Shop", "kind": "http", "settings": settings}
    assert call("post", "/api/monitors", admin, json=body).status_code == 201

    assert call("get", "/api/monitors?q=hunter2", admin).json["data"] == []
    assert len(call("get", "/api/monitors?q=127.0.0.1", admin).json["data"]) == 1


def test_more_monitors_take_no_more_queries(call, admin, database, count_queries):
    def queries():
        with count_queries() as statements:
            path = "/api/monitors?status=unknown&tag=eu&q=monitor"
            assert call("get", path, admin).status_code == 200
        return len(statements)

    with database.write() as session:
        a_monitor(session, tags=["eu"])
    queries()
    few = queries()
    with database.write() as session:
        for _ in range(30):
            an_incident(session, (a_monitor(session, tags=["eu"]), Status.DOWN))

    assert queries() == few <= 13
