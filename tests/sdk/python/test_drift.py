"""The library is what the OpenAPI document says, and the document is the server's own."""

import copy
import inspect

import pytest
from kener_client import Kener
from kener_client.cli.settings import KINDS
from kener_client.errors import BY_CODE
from pydrift import described, method_problems, methods, operations, type_problems

from app import create_app
from kener.api._door import CODES, REFUSALS
from kener.api._openapi_whole import whole
from kener.config import Config


@pytest.fixture(scope="module")
def whole_document(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drift")
    config = Config(
        _env_file=None,
        data_dir=folder,
        database_url=f"sqlite:///{folder}/kener.sqlite",
        redis_url="unix:///nowhere",
        secret_key="a key for tests that is long enough to be one",
    )
    return whole(create_app(config))


@pytest.fixture
def document(whole_document):
    return copy.deepcopy(whole_document)


def test_every_operation_has_a_method_and_no_method_is_invented(document):
    assert len(operations(document)) > 60
    assert method_problems(document) == []


def test_every_component_has_its_type(document):
    assert len(document["components"]["schemas"]) > 100
    assert type_problems(document) == []


def test_every_code_has_its_error():
    keys = {"UNAUTHORIZED", "KEY_EXPIRED", "KEY_REVOKED"}
    ours = {code for _, code in REFUSALS.values()} | set(CODES.values())

    assert set(BY_CODE) == ours | keys | {"INTERNAL_ERROR", "UNAVAILABLE"}


def test_every_change_of_what_is_there_may_name_an_etag():
    changes = {"PUT", "DELETE"}
    found = {
        name: "etag" in inspect.signature(method.describe).parameters
        for name, method, resource in methods()
        if described(method, resource).method in changes
    }

    assert len(found) > 20
    assert [name for name, has in found.items() if not has] == []


def test_a_method_shows_its_parameters_and_its_text():
    with Kener("http://127.0.0.1:1") as kener:
        assert str(inspect.signature(kener.monitors.get)).startswith("(monitor_id: str)")
        assert kener.monitors.get.__doc__ == "One monitor."
        assert list(inspect.signature(kener.monitors.list).parameters) == ["query"]


def test_the_command_line_knows_the_settings_of_every_kind(document):
    told = document["components"]["schemas"]["MonitorInput"]["properties"]["settings"]["x-settings"]

    assert {kind: f"#/components/schemas/{each.__name__}" for kind, each in KINDS.items()} == told


def test_a_new_operation_is_seen(document):
    paths = document["paths"]
    paths["/api/teapots"] = {"get": paths["/api/me"]["get"]}

    assert method_problems(document) == ["GET /api/teapots has no method"]


def test_an_operation_that_is_gone_is_seen(document):
    del document["paths"]["/api/monitors/{monitor_id}/pause"]

    assert method_problems(document) == [
        "monitors.pause: POST /api/monitors/x/pause is no operation"
    ]


def test_another_parameter_is_seen(document):
    document["paths"]["/api/keys"]["get"]["parameters"].append({"name": "colour", "in": "query"})

    [problem] = method_problems(document)
    assert problem.startswith("GET /api/keys takes ['colour', ")


def test_another_body_or_answer_is_seen(document):
    said = document["paths"]["/api/pages"]["post"]
    said["requestBody"]["content"]["application/json"]["schema"] = {"$ref": "#/x/KeyInput"}
    said["responses"]["201"]["content"]["application/json"]["schema"] = {"$ref": "#/x/KeyAnswer"}

    assert method_problems(document) == [
        "pages.create: sends PageInput",
        "pages.create: gives Page, not KeyAnswer",
    ]


def test_another_field_is_seen(document):
    fields = document["components"]["schemas"]["Monitor"]["properties"]
    fields["colour"] = {"type": "string"}
    del fields["slug"]

    assert type_problems(document) == ["Monitor.colour is missing", "Monitor.slug is invented"]


@pytest.mark.parametrize(
    ("field", "schema"),
    [
        ("interval", {"type": "number"}),
        ("tags", {"type": "array", "items": {"type": "integer"}}),
        ("status", {"type": "string"}),
        ("cron", {"type": "string"}),
        ("settings", {"type": "object", "additionalProperties": {"type": "string"}}),
    ],
)
def test_another_type_of_a_field_is_seen(document, field, schema):
    document["components"]["schemas"]["Monitor"]["properties"][field] = schema

    [problem] = type_problems(document)
    assert problem.startswith(f"Monitor.{field} is ")


def test_that_a_field_may_be_left_out_is_seen(document):
    document["components"]["schemas"]["Monitor"]["required"].remove("tags")

    assert type_problems(document) == ["Monitor.tags is required here, but not there"]


def test_another_word_is_seen(document):
    document["components"]["schemas"]["Theme"]["enum"].append("sepia")

    assert "Theme has other words" in type_problems(document)


def test_a_component_more_or_less_is_seen(document):
    schemas = document["components"]["schemas"]
    schemas["Teapot"] = schemas.pop("Gone")

    assert type_problems(document) == ["Teapot is missing", "Gone is no component"]
