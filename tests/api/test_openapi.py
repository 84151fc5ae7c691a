"""GET /api/openapi.json: all that there is, and nothing else."""

import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from kener.actions.keys import PERMISSIONS
from kener.checks import check_types

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


STATIC_FILES = ("/api/status.json", "/api/v2/<path:below>")
"""Files of the published page: they stand where the page is, not where the API is."""


@pytest.fixture
def document(call):
    response = call("get", "/api/openapi.json")
    assert response.status_code == 200
    return response.json


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_a_valid_document_of_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_address_of_the_api_is_in_it_and_no_other(app, document):
    taken = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and "whatever" not in rule.rule
        if rule.endpoint not in {"api.show_docs", "api.nothing_here"}
        and rule.rule not in STATIC_FILES
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert {(path, method) for path, method, _ in operations(document)} == taken


def test_every_operation_has_a_name_of_its_own(document):
    names = [each["operationId"] for _, _, each in operations(document)]

    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", name) for name in names)


def test_everything_stands_under_a_heading(document):
    used = {tag for _, _, each in operations(document) for tag in each["tags"]}

    assert {each["name"] for each in document["tags"]} == used


def test_components_have_names_that_people_can_read(document):
    schemas = document["components"]["schemas"]

    assert {"Monitor", "MonitorInput", "MonitorChange", "MonitorAnswer", "Incident"} <= set(schemas)
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in schemas)


def test_every_operation_says_which_permission_it_needs(document):
    asked = [each["security"] for _, _, each in operations(document)]

    scopes = {scope for each in asked for one in each for scope in one["key"]}
    assert scopes == set(PERMISSIONS)
    assert [] in asked
    monitors = document["paths"]["/api/monitors"]
    assert monitors["get"]["security"] == [{"key": ["read:monitors"]}]
    assert "`read:monitors`" in monitors["get"]["description"]


def test_a_change_needs_no_field_and_promises_no_default(document):
    schemas = document["components"]["schemas"]

    assert schemas["MonitorInput"]["required"] == ["name", "kind"]
    assert "required" not in schemas["MonitorChange"]
    assert "default" in schemas["MonitorInput"]["properties"]["interval"]
    assert "default" not in schemas["MonitorChange"]["properties"]["interval"]


def test_parameters_with_several_values_take_them_with_commas(document):
    asked = document["paths"]["/api/monitors"]["get"]["parameters"]
    found = {each["name"]: each for each in asked if "name" in each}

    for name in ("fields", "tag"):
        assert found[name]["explode"] is False
        assert found[name]["schema"]["type"] == "array"
    assert "-name" in found["sort"]["schema"]["enum"]


def test_who_has_it_already_is_not_sent_it_again(call):
    tag = call("get", "/api/openapi.json").headers["ETag"]

    again = call("get", "/api/openapi.json", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_the_page_for_people_needs_nothing_from_elsewhere(call):
    page = call("get", "/api/docs")

    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert "https://" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_every_input_has_an_example_that_fits_it(document):
    schemas = document["components"]["schemas"]
    sent = {
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        for path, _, operation in operations(document)
        if "requestBody" in operation and not path.startswith(("/api/heartbeat/", "/api/push/"))
    }

    assert sent == {name for name, schema in schemas.items() if "examples" in schema}
    for name in sent:
        shown = Draft202012Validator({**schemas[name], "components": {"schemas": schemas}})
        shown.validate(schemas[name]["examples"][0])


def test_the_settings_of_every_kind_are_in_it(document):
    schemas = document["components"]["schemas"]
    told = schemas["MonitorInput"]["properties"]

    assert told["kind"]["enum"] == list(check_types())
    assert list(told["settings"]["x-settings"]) == list(check_types())
    assert "url" in schemas["HttpSettings"]["properties"]
    for each in told["settings"]["x-settings"].values():
        assert each.split("/")[-1] in schemas
