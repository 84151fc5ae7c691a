"""Schemathesis sends the API what its own OpenAPI document allows, and what it does not: no answer
may be a server's error, undocumented, or other than documented."""

import re
import subprocess
import sys

import pytest
import requests
from servers import a_web_server

from kener.actions.keys import create_key
from kener.store.clock import now

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

# Not asked whether Allow names no more than the document: GET /api/monitors/test shows the monitor
# whose slug is `test`.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "use_after_free",
    "ignored_auth",
)
SEED = 20261126


@pytest.fixture
def address(app):
    app.extensions["kener.limits"].enabled = False
    with a_web_server(app) as address:
        yield address


@pytest.fixture
def key(database):
    with database.write() as session:
        return create_key(session, "Fuzzer", ["admin"], None, now())[1]


@pytest.fixture
def make(address, key):
    """POST the example of an input to a path; the data of the answer."""
    document = requests.get(f"{address}/api/openapi.json", timeout=30).json()
    schemas = document["components"]["schemas"]

    def make(path, name, **changes):
        body = schemas[name]["examples"][0] | changes
        headers = {"Authorization": f"Bearer {key}"}
        answer = requests.post(f"{address}/api{path}", json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json()["data"]

    return make


@pytest.fixture
def names(make):
    """The ids of one of each thing that there is."""
    monitor = make("/monitors", "MonitorInput", kind="manual", settings={})
    incident = make("/incidents", "IncidentInput", monitors=[monitor["id"]])
    maintenance = make("/maintenances", "MaintenanceInput", monitors=[monitor["id"]])
    webhook = make("/webhooks", "WebhookInput")
    delivery = make(f"/webhooks/{webhook['id']}/test", "WebhookInput")
    return {
        "monitor_id": monitor["slug"],
        "incident_id": incident["id"],
        "update_id": incident["updates"][0]["id"],
        "template_id": make("/incident-templates", "TemplateInput")["id"],
        "maintenance_id": maintenance["id"],
        "window_id": maintenance["window"]["id"],
        "page_id": make("/pages", "PageInput")["id"],
        "webhook_id": webhook["id"],
        "delivery_id": delivery["id"],
        "key_id": make("/keys", "KeyInput")["id"],
        "name": "TOKEN",
    }


def found_by_schemathesis(address, key, folder, *options):
    """What it says when it has found nothing; a failure with what it says otherwise."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}/api/openapi.json"),
        *("--header", f"Authorization: Bearer {key}", "--checks", ",".join(CHECKS)),
        *("--seed", str(SEED), "--continue-on-failure", *options),
    ]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    return done.stdout


def cases(told):
    (passed,) = re.findall(r"(\d+) generated, \d+ passed", told)
    return int(passed)


def test_whatever_is_asked_is_answered_as_documented(address, key, tmp_path):
    # The key that asks is not to be revoked by its own requests.
    spared = ("--exclude-operation-id", "keys.delete", "--exclude-operation-id", "keys.rotate")
    told = found_by_schemathesis(address, key, tmp_path, *spared, "--max-examples", "15")

    assert cases(told) > 5000


def test_what_is_asked_of_things_that_are_there_is_answered_as_documented(
    address, key, names, tmp_path
):
    lines = [f'"path.{name}" = "{value}"' for name, value in names.items()]
    (tmp_path / "schemathesis.toml").write_text("\n".join(["[parameters]", *lines, ""]))

    one_at_a_time = ("--phases", "examples,coverage,fuzzing", "--exclude-method", "DELETE")
    told = found_by_schemathesis(address, key, tmp_path, *one_at_a_time, "--max-examples", "20")

    assert cases(told) > 3000
