"""/api/incident-templates"""

import pytest

PATH = "/api/incident-templates"
PAYMENTS = {"name": "Payments", "title": "Payments fail", "impact": "major"}
TCP = {"name": "Shop", "kind": "tcp", "settings": {"host": "127.0.0.1", "port": 1}}


@pytest.fixture
def monitor(call, admin):
    return call("post", "/api/monitors", admin, json=TCP).json["data"]


@pytest.fixture
def template(call, admin, monitor):
    body = PAYMENTS | {"monitors": ["shop"]}
    return call("post", PATH, admin, json=body).json["data"]


def test_a_template_is_kept_and_shown(call, admin, template, monitor):
    assert template | PAYMENTS == template
    assert (template["status"], template["message"], template["version"]) == (
        "investigating",
        "",
        1,
    )
    assert template["monitors"] == [
        {"id": monitor["id"], "slug": "shop", "name": "Shop", "impact": None}
    ]
    assert call("get", f"{PATH}/{template['id']}", admin).json["data"] == template


def test_an_incident_begins_with_it(call, admin, template):
    body = {"template": template["id"], "message": "Cards are declined."}

    data = call("post", "/api/incidents", admin, json=body).json["data"]

    assert (data["title"], data["impact"]) == ("Payments fail", "major")
    assert [each["impact"] for each in data["monitors"]] == ["partial"]


@pytest.mark.parametrize(
    ("name", "code"), [("nobody", "not_found"), ("\0", "invalid"), (5, "wrong_type")]
)
def test_a_template_that_is_not_there_is_a_problem_of_its_field(call, admin, name, code):
    body = {"template": name, "title": "x", "message": "x"}

    response = call("post", "/api/incidents", admin, json=body)

    told = [(each["field"], each["code"]) for each in response.json["error"]["details"]]
    assert (response.status_code, told) == (400, [("template", code)])


def test_a_change_keeps_what_it_does_not_name(call, admin, template):
    path = f"{PATH}/{template['id']}"

    data = call("put", path, admin, json={"message": "Wait.", "version": 1}).json["data"]

    assert {name for name in data if data[name] != template[name]} == {
        "message",
        "version",
        "updated_at",
    }
    stale = call("put", path, admin, json={"message": "No.", "version": 1})
    assert (stale.status_code, stale.json["error"]["code"]) == (409, "CONFLICT")


def test_a_name_is_given_once(call, admin, template):
    response = call("post", PATH, admin, json=PAYMENTS)

    told = [(each["field"], each["code"]) for each in response.json["error"]["details"]]
    assert (response.status_code, told) == (400, [("name", "taken")])


def test_a_deleted_template_is_gone(call, admin, template):
    path = f"{PATH}/{template['id']}"

    assert call("delete", path, admin).json["data"] == {"id": template["id"]}
    assert [call(each, path, admin).status_code for each in ("get", "delete")] == [404, 404]


def test_the_list_pages_in_order_with_a_fixed_number_of_queries(
    call, admin, template, count_queries
):
    def queries():
        with count_queries() as statements:
            assert call("get", PATH, admin).status_code == 200
        return len(statements)

    few = queries()
    for number in range(4):
        call("post", PATH, admin, json=PAYMENTS | {"name": f"{number}", "monitors": ["shop"]})
    assert queries() == few
    names, cursor = [], ""
    while cursor is not None:
        page = call("get", f"{PATH}?limit=2&cursor={cursor}", admin).json
        names += [each["name"] for each in page["data"]]
        cursor = page["pagination"]["next"]

    assert names == ["Payments", "0", "1", "2", "3"]
