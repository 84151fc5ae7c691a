"""docs/api.md tells the truth: its examples run, and its tables are the program's."""

import json
import re
import shlex
from pathlib import Path

import pytest

from kener.actions.incident_fields import IncidentFields
from kener.actions.keys import PERMISSIONS
from kener.actions.monitor_fields import MonitorFields
from kener.api._door import CODES, REFUSALS
from kener.checks import check_types

ROOT = Path(__file__).parents[2] / "docs"
MANUAL = (ROOT / "api.md").read_text()


def sections():
    """Each heading of the second level, and what stands below it."""
    return dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", MANUAL, re.MULTILINE | re.DOTALL))


def rows(text):
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def examples():
    """Every curl of the manual, in its order."""
    return re.findall(r"^```bash\n(curl .*?)^```", MANUAL, re.MULTILINE | re.DOTALL)


def curl(client, command, key, incident):
    """Do what curl would do; options that are not here are not in the manual either."""
    text = command.replace("$KENER", "").replace("$KEY", key).replace("INCIDENT_ID", incident)
    words = shlex.split(text.replace("\\\n", " "))[1:]
    method, headers, body, path = "GET", {}, None, None
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        else:
            assert path is None
            path = word
    return client.open(path, method=method, headers=headers, data=body)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_example_works_and_every_endpoint_has_one(app, admin):
    client, shown, incident = app.test_client(), set(), ""
    for command in examples():
        response = curl(client, command, admin, incident)
        assert response.status_code in {200, 201, 202}, (command, response.text)
        assert response.json["success"] is True
        method, path = response.request.method, response.request.path
        rule, _ = app.create_url_adapter(response.request).match(path, method, return_rule=True)
        shown.add((method, rule.rule))
        if (method, path) == ("POST", "/api/incidents"):
            incident = response.json["data"]["id"]

    known = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.nothing_here"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {each for each in known if "/webhooks" not in each[1]} == shown


def test_every_json_in_the_manual_is_json():
    found = re.findall(r"^```json\n(.*?)^```", MANUAL, re.MULTILINE | re.DOTALL)

    assert [set(json.loads(each)) & {"success"} for each in found] == [{"success"}] * 4


def test_every_field_is_in_the_manual():
    assert rows(sections()["Monitors"]) == list(MonitorFields.model_fields)
    assert sorted(rows(sections()["Incidents"])) == sorted(IncidentFields.model_fields)
    index = (ROOT / "checks" / "index.md").read_text()

    assert "(checks/index.md)" in MANUAL
    assert all(f"[`{kind}`]({kind}.md)" in index for kind in check_types())


def test_every_permission_and_error_is_in_the_manual():
    assert rows(sections()["Keys"]) == list(PERMISSIONS)
    told = set(re.findall(r"^\| \d{3} \| `(\w+)` \|", sections()["Errors"], re.MULTILINE))
    keys = {"UNAUTHORIZED", "KEY_EXPIRED", "KEY_REVOKED"}
    ours = {code for _, code in REFUSALS.values()} | set(CODES.values())
    assert told == ours | keys | {"INTERNAL_ERROR", "UNAVAILABLE"}
