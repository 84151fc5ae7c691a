"""docs/api.md and the pages in docs/api/ tell the truth: their examples run, and their tables are
the program's."""

import json
import re
import shlex
from pathlib import Path

import pytest
from sqlalchemy import update

from kener.actions.incident_fields import IncidentFields
from kener.actions.incident_templates import TemplateFields
from kener.actions.incident_updates import UpdateFields
from kener.actions.key_fields import KeyFields
from kener.actions.keys import PERMISSIONS
from kener.actions.monitor_fields import MonitorFields
from kener.actions.page_fields import PageFields
from kener.actions.page_look import LookFields
from kener.actions.page_sections import SectionFields
from kener.actions.settings import SettingsFields
from kener.api._door import CODES, REFUSALS
from kener.api.settings import NETWORKS, PLAIN
from kener.checks import check_types
from kener.store.tables import Delivery
from kener.store.tables.events import DeliveryState

ROOT = Path(__file__).parents[2] / "docs"
PAGES = [ROOT / "api.md", *sorted((ROOT / "api").glob("*.md"))]
EXAMPLE = re.compile(r"^```bash\n(curl .*?)^```", re.MULTILINE | re.DOTALL)
JSON = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"\b[A-Z][A-Z_]*_ID\b")
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
DATED = {"maintenances"}
"""Pages whose examples have times that only a test of their own can bring up to date."""
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def sections(name):
    """Each heading of the second level of a page, and what stands below it."""
    text = (ROOT / name).read_text()
    return dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))


def rows(text):
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def codes(text):
    return set(re.findall(r"^\| \d{3} \| `(\w+)` \|", text, re.MULTILINE))


def request_of(command):
    """Method, path, headers and body of what curl would send; options that are not here are not in
    the manual either."""
    words = shlex.split(command.replace("$KENER_URL", "").replace("\\\n", " "))[1:]
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
    return method, path, headers, body


def one_of(several):
    return f"{several[:-3]}y" if several.endswith("ies") else several.removesuffix("s")


def run(client, page, key, before=lambda path: None):
    """Do what every curl of a page would do, in its order. `INCIDENT_ID` stands for the id of the
    incident that was made last, and so on."""
    ids = {}
    for command in EXAMPLE.findall(page.read_text()):
        text = command.replace("$KENER_API_KEY", key)
        text = NAMED.sub(lambda found: ids[found[0]], text)
        method, path, headers, body = request_of(text)
        before(path)
        response = client.open(path, method=method, headers=headers, data=body)
        assert response.status_code in {200, 201, 202}, (command, response.text)
        told = response.json
        assert told.get("success") is True or "openapi" in told
        if response.status_code == 201 or "Location" in response.headers:
            made = f"{path}/{response.json['data'].get('id')}"
            *_, name, number = response.headers.get("Location", made).split("/")
            ids[f"{one_of(name).replace('-', '_').upper()}_ID"] = number


@ON_SQLITE
@pytest.mark.parametrize(
    "page", [each for each in PAGES if each.stem not in DATED], ids=lambda page: page.stem
)
def test_every_example_works(app, admin, page, database):
    def before(path):
        """What is sent again was given up before."""
        if path.endswith("/redeliver"):
            with database.write() as session:
                session.execute(update(Delivery).values(state=DeliveryState.EXHAUSTED))

    run(app.test_client(), page, admin, before)


@ON_SQLITE
def test_every_endpoint_has_an_example(app):
    adapter, shown = app.url_map.bind("localhost"), set()
    for page in PAGES:
        for command in EXAMPLE.findall(page.read_text()):
            method, path, _, _ = request_of(command)
            rule, _ = adapter.match(path.partition("?")[0], method, return_rule=True)
            shown.add((method.replace("PATCH", "PUT"), rule.rule))

    known = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        if rule.endpoint not in {"api.nothing_here", "api.show_docs"}  # for people
        for method in rule.methods - {"HEAD", "OPTIONS", "PATCH"}  # as it is PUT
    }
    assert known == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_json_in_the_manual_is_json(page):
    for each in JSON.findall(page.read_text()):
        assert "success" in json.loads(each)


def test_every_field_is_in_the_manual():
    assert rows(sections("api/monitors.md")["Fields"]) == list(MonitorFields.model_fields)
    incidents = sections("api/incidents.md")
    told = rows(incidents["An incident"].partition("### ")[0])
    assert sorted(told) == sorted(IncidentFields.model_fields)
    assert sorted(rows(incidents["Updates"])) == sorted(UpdateFields.model_fields)
    assert rows(incidents["Templates"]) == list(TemplateFields.model_fields)
    pages = [*PageFields.model_fields, *SectionFields.model_fields, *LookFields.model_fields]
    assert sorted(rows((ROOT / "api/pages.md").read_text())) == sorted(pages)
    index = (ROOT / "checks" / "index.md").read_text()

    assert "(../checks/index.md)" in sections("api/monitors.md")["Fields"]
    assert all(f"[`{kind}`]({kind}.md)" in index for kind in check_types())


def test_every_field_of_keys_and_settings_is_in_the_manual():
    page = (ROOT / "api" / "settings.md").read_text()
    told = set(re.findall(r"`(\w+)`", page.partition("| in `running`")[2]))

    assert rows((ROOT / "api" / "keys.md").read_text()) == list(KeyFields.model_fields)
    assert rows(page)[: len(SettingsFields.model_fields)] == list(SettingsFields.model_fields)
    assert {*PLAIN, *NETWORKS, "private_targets", "deadman"} <= told


def test_every_permission_is_in_the_manual_as_everywhere():
    text = sections("api.md")["Keys"]
    found = re.findall(r"^\| `([a-z:]+)` \| (.+?) \|$", text, re.MULTILINE)

    assert {name: LINK.sub(r"\1", what) for name, what in found} == PERMISSIONS


def test_every_error_is_in_the_manual():
    told = codes(sections("api.md")["Errors"])
    assert codes((ROOT / "api" / "authentication.md").read_text()) <= told
    keys = {"UNAUTHORIZED", "KEY_EXPIRED", "KEY_REVOKED"}
    ours = {code for _, code in REFUSALS.values()} | set(CODES.values())
    assert told == ours | keys | {"INTERNAL_ERROR", "UNAVAILABLE"}
