"""The OpenAPI document's part on kinds of check: which there are, and the settings of each."""

from typing import Any

from kener.actions.events import EVENTS
from kener.actions.keys import PERMISSIONS
from kener.api._openapi import name_of
from kener.api._openapi_parts import COMPONENT, pruned, reference
from kener.checks import check_types

OF_FORMS = ("widget", "advanced")
"""What only the admin's forms mind."""
SETTINGS = "Those of its kind: `{kind}` takes {name}, and so on for the others."
WITH_KIND = ("MonitorInput", "MonitorChange", "TrialInput")


def kinds() -> dict[str, Any]:
    """A component for the settings of each kind, and those within them."""
    found: dict[str, Any] = {}
    for check_type in check_types().values():
        schema = check_type.model_json_schema(ref_template=COMPONENT.format("schemas", "{model}"))
        found |= schema.pop("$defs", {})
        found[name_of(check_type)] = schema
    return {name: pruned(schema, OF_FORMS) for name, schema in found.items()}


def name_choices(schemas: dict[str, Any]) -> None:
    """Say in inputs which kinds, permissions and events there are, and what is needed when. It is
    checked with better words than a schema has."""
    names = {kind: name_of(check_type) for kind, check_type in check_types().items()}
    for name in WITH_KIND:
        fields = schemas[name]["properties"]
        fields["kind"]["enum"] = list(names)
        fields["settings"] |= {
            "description": SETTINGS.format(kind="http", name=names["http"]),
            "x-settings": {
                kind: reference("schemas", each)["$ref"] for kind, each in names.items()
            },
        }
    # A template may have what an incident needs.
    needed = schemas["IncidentInput"].pop("required")
    schemas["IncidentInput"]["anyOf"] = [{"required": needed}, {"required": ["template"]}]
    for name in ("KeyInput", "KeyChange"):
        schemas[name]["properties"]["permissions"]["items"]["enum"] = list(PERMISSIONS)
    for name in ("WebhookInput", "WebhookChange"):
        schemas[name]["properties"]["events"]["items"]["enum"] = list(EVENTS)
