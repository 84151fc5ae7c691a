"""What operations and components are called in the OpenAPI document."""

import pytest
from pydantic.json_schema import models_json_schema

from kener.api._openapi import MODELS, name_of
from kener.api._openapi_whole import operation_id


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("get", "/api/monitors", "monitors.list"),
        ("post", "/api/monitors", "monitors.create"),
        ("get", "/api/monitors/{monitor_id}", "monitors.get"),
        ("put", "/api/monitors/{monitor_id}", "monitors.update"),
        ("patch", "/api/monitors/{monitor_id}", "monitors.patch"),
        ("delete", "/api/monitors/{monitor_id}", "monitors.delete"),
        ("post", "/api/monitors/{monitor_id}/pause", "monitors.pause"),
        ("get", "/api/monitors/{monitor_id}/results", "monitors.results"),
        ("post", "/api/monitors/bulk", "monitors.bulk"),
        ("post", "/api/monitors/{monitor_id}/status", "monitors.status"),
        ("get", "/api/status", "status.get"),
        ("get", "/api/incidents/{incident_id}/updates", "incidents.updates.list"),
        ("delete", "/api/incidents/{incident_id}/acknowledge", "incidents.acknowledge.delete"),
        ("get", "/api/incident-templates", "incident_templates.list"),
        ("get", "/api/maintenances/{maintenance_id}/windows", "maintenances.windows.list"),
        ("get", "/api/settings", "settings.get"),
        ("put", "/api/settings", "settings.update"),
        ("get", "/api/me", "me.get"),
        ("post", "/api/keys/{key_id}/rotate", "keys.rotate"),
    ],
)
def test_operations_are_named_by_what_they_do(method, path, name):
    assert operation_id(path, method) == name


def test_two_models_never_share_a_name():
    _, whole = models_json_schema(sorted_models())
    keys = list(whole["$defs"])

    # Of two classes with one name pydantic makes two keys, with their modules in them.
    assert [key for key in keys if "__" in key] == []
    assert len({name_of(key) for key in keys}) == len(keys)


def sorted_models():
    return [(model, mode) for model, mode in MODELS.items() if model.model_fields]
