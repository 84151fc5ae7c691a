"""/api/pages, and the state of one page."""

import pytest
from factories import a_monitor, a_page, an_incident

from kener.core.instant import MINUTE
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables.pages import Visibility

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SHOPS = {"title": "Shops", "sections": [{"name": "Web", "monitors": ["shop"]}]}


@pytest.fixture
def shop(database):
    with database.write() as session:
        return a_monitor(session, name="Shop", slug="shop")


def test_a_page_is_made_shown_changed_and_deleted(call, admin, shop):
    made = call("post", "/api/pages", admin, json=SHOPS)
    page = made.json["data"]
    path = f"/api/pages/{page['id']}"

    assert (made.status_code, made.json["message"]) == (201, "Page created")
    assert made.headers["Location"] == path
    assert page["sections"][0]["monitors"] == [shop.public_id]
    assert call("get", "/api/pages/shops", admin).json["data"] == page
    changed = call("put", path, admin, json={"title": "Our shops", "version": 1}).json["data"]
    assert (changed["title"], changed["version"]) == ("Our shops", 2)
    assert changed["sections"] == page["sections"]
    assert call("put", path, admin, json={"version": 1}).status_code == 409
    assert call("delete", path, admin).json["data"] == {"id": page["id"]}
    assert call("get", path, admin).status_code == 404


def test_what_was_shown_can_be_sent_back(call, admin, shop):
    page = call("post", "/api/pages", admin, json=SHOPS).json["data"]
    known = {"id", "created_at", "updated_at"}
    sent = {name: value for name, value in page.items() if name not in known}

    back = call("put", "/api/pages/shops", admin, json=sent).json["data"]

    assert {**back, "version": 1, "updated_at": ""} == {**page, "updated_at": ""}


@ONE_DATABASE
def test_what_is_wrong_is_named_at_its_place(call, admin, shop):
    body = SHOPS | {"slug": "!", "sections": [{"name": "Web", "monitors": ["shop", "x", "shop"]}]}
    answer = call("post", "/api/pages", admin, json=body)

    assert answer.status_code == 400
    assert {(each["field"], each["code"]) for each in answer.json["error"]["details"]} == {
        ("slug", "invalid"),
        ("sections.0.monitors.1", "not_found"),
        ("sections.0.monitors.2", "taken"),
    }


@ONE_DATABASE
def test_the_default_page_is_a_conflict_to_delete(call, admin):
    assert call("delete", "/api/pages/status", admin).status_code == 409


@ONE_DATABASE
def test_the_list_comes_in_parts_and_without_sections(call, admin, database):
    with database.write() as session:
        a_page(session)
        a_page(session, visibility=Visibility.PRIVATE)
    first = call("get", "/api/pages?limit=2", admin).json
    rest = call("get", f"/api/pages?cursor={first['pagination']['next']}", admin).json
    every = first["data"] + rest["data"]

    assert [each["visibility"] for each in every] == ["public", "public", "private"]
    assert [each["is_default"] for each in every] == [True, False, False]
    assert not any("sections" in each for each in every)
    assert (first["pagination"]["total"], rest["pagination"]["next"]) == (3, None)
    assert call("get", "/api/pages?visibility=private", admin).status_code == 400


@ONE_DATABASE
def test_the_number_of_queries_does_not_depend_on_what_is_there(
    call, admin, database, count_queries
):
    def asked(path):
        with count_queries() as statements:
            assert call("get", path, admin).status_code == 200
        return len(statements)

    with database.write() as session:
        a_page(session, ("One", [a_monitor(session)]), slug="few")
    paths = ("/api/pages", "/api/pages/few", "/api/status?page=few")
    for path in paths:
        asked(path)
    few = [asked(path) for path in paths]
    with database.write() as session:
        sections = [(f"S{n}", [a_monitor(session) for _ in range(5)]) for n in range(8)]
        a_page(session, *sections, slug="many")

    assert [asked(path.replace("few", "many")) for path in paths] == few


@pytest.fixture
def parted(database, shop):
    """Mail and a hidden monitor on a private page, the shop on a public one, and incidents."""
    with database.write() as session:
        mail = a_monitor(session, name="Mail", slug="mail")
        hidden = a_monitor(session, name="Payroll", hidden=True)
        a_page(session, ("Web", [shop]), slug="web")
        inner = {"slug": "inner", "visibility": Visibility.PRIVATE}
        a_page(session, ("Office", [hidden, mail]), **inner)
        at = {"started_at": now() - MINUTE}
        an_incident(session, (mail, Status.DOWN), title="No mail", **at)
        an_incident(session, (shop, Status.UP), (mail, Status.UP), title="Slow network", **at)
        an_incident(session, title="Storm", **at)


def told(response):
    data = response.json["data"]
    names = [each["name"] for each in data["monitors"]]
    return names, {each["title"] for each in data["incidents"]}


def test_each_page_tells_of_what_is_on_it(call, parted):
    response = call("get", "/api/status?page=web")

    assert told(response) == (["Shop"], {"Slow network", "Storm"})
    assert "Mail" not in response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert told(call("get", "/api/status"))[0] == ["Mail", "Shop"]
    assert told(call("get", "/api/status?page=status"))[0] == ["Mail", "Shop"]


def test_a_private_page_is_there_for_the_right_keys_alone(call, parted, make_key):
    nothing = call("get", "/api/status?page=nothing")
    keys = (None, "kener_nobody_nothing", make_key("read:monitors", "write:pages"))
    refused = [call("get", "/api/status?page=inner", key) for key in keys]

    for each in refused:
        assert each.status_code == nothing.status_code == 404
        assert each.text == nothing.text.replace("nothing", "inner")
        assert set(each.headers.keys()) == set(nothing.headers.keys())
    response = call("get", "/api/status?page=inner", make_key("read:pages"))
    assert told(response) == (["Mail"], {"No mail", "Slow network", "Storm"})
    assert "Payroll" not in response.text
    assert "Access-Control-Allow-Origin" not in response.headers
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Vary"] == "Authorization"


@ONE_DATABASE
@pytest.mark.parametrize("query", ["pages=x", "page=a&page=b", "page=a%00b"])
def test_unknown_parameters_of_the_status_are_refused(call, query):
    assert call("get", f"/api/status?{query}").status_code == 400


@ONE_DATABASE
def test_the_default_page_with_sections_tells_of_them_alone(call, admin, parted):
    body = {"sections": [{"name": "Web", "monitors": ["shop"]}]}
    assert call("put", "/api/pages/status", admin, json=body).status_code == 200

    assert told(call("get", "/api/status")) == (["Shop"], {"Slow network", "Storm"})
