"""`api/v2/` in Statuspage's exact shape."""

import json
import re
from datetime import datetime
from typing import Literal

import pages
import pytest
from factories import a_monitor, a_window, put_sections
from pydantic import BaseModel, ConfigDict

from kener.core.instant import DAY, HOUR, MINUTE
from kener.core.status import Status, Verdict
from kener.site.statuspage import DESCRIPTIONS
from kener.store.pages import default_page

PATHS = {
    "summary": {"page", "status", "components", "incidents", "scheduled_maintenances"},
    "status": {"page", "status"},
    "components": {"page", "components"},
    "incidents": {"page", "incidents"},
    "incidents/unresolved": {"page", "incidents"},
    "scheduled-maintenances": {"page", "scheduled_maintenances"},
    "scheduled-maintenances/upcoming": {"page", "scheduled_maintenances"},
    "scheduled-maintenances/active": {"page", "scheduled_maintenances"},
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
ComponentStatus = Literal[
    "operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"
]


class Strict(BaseModel):
    """What a reader with a schema takes: all these fields, and no other."""

    model_config = ConfigDict(extra="forbid", strict=False)


class Component(Strict):
    id: str
    name: str
    status: ComponentStatus
    created_at: datetime
    updated_at: datetime
    position: int
    description: str | None
    showcase: bool
    start_date: str | None
    group_id: str | None
    page_id: str
    group: bool
    only_show_if_degraded: bool
    components: list[str] | None = None


class Update(Strict):
    id: str
    status: str
    body: str
    incident_id: str
    created_at: datetime
    updated_at: datetime
    display_at: datetime
    affected_components: None
    deliver_notifications: bool
    custom_tweet: None
    tweet_id: None


class Incident(Strict):
    id: str
    name: str
    status: Literal[
        *("investigating", "identified", "monitoring", "resolved", "postmortem"),
        *("scheduled", "in_progress", "completed"),
    ]
    created_at: datetime
    updated_at: datetime
    monitoring_at: datetime | None
    resolved_at: datetime | None
    impact: Literal["none", "minor", "major", "critical", "maintenance"]
    shortlink: str
    started_at: datetime
    page_id: str
    incident_updates: list[Update]
    components: list[Component]
    scheduled_for: datetime | None = None
    scheduled_until: datetime | None = None


@pytest.fixture
def document(make, read):
    def document(path, now=pages.NOW):
        return json.loads(read(make(now), f"api/v2/{path}.json"))

    return document


@pytest.mark.parametrize("path", PATHS)
def test_each_file_has_its_parts_and_no_others(shop, document, path):
    found = document(path)

    assert set(found) == PATHS[path]
    page = found["page"]
    assert set(page) - {"generated_at"} == {"id", "name", "url", "time_zone", "updated_at"}
    assert page["url"] == "https://status.example.org"
    for each in found.get("components", []):
        Component.model_validate(each)
    for each in [*found.get("incidents", []), *found.get("scheduled_maintenances", [])]:
        Incident.model_validate(each)
    for name, value in times(found):
        assert MOMENT.fullmatch(value), (name, value)


def times(value):
    if isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, str) and name.endswith(("_at", "_for", "_until")):
                yield name, each
            yield from times(each)
    elif isinstance(value, list):
        for each in value:
            yield from times(each)


def test_it_says_how_everything_is(shop, document):
    found = document("summary")

    assert found["status"] == {"indicator": "minor", "description": "Partially Degraded Service"}
    states = {each["name"]: each["status"] for each in found["components"]}
    assert states["Checkout"] == "degraded_performance"
    assert states["Storefront"] == "operational"
    (incident,) = found["incidents"]
    assert incident["name"] == "Slow checkout <in Europe>"
    assert [each["name"] for each in incident["components"]] == ["Checkout"]
    assert incident["shortlink"] == f"https://status.example.org/incidents/{incident['id']}/"
    assert incident["resolved_at"] is None


def test_the_newest_message_comes_first_and_names_its_incident(shop, document):
    (incident,) = document("incidents/unresolved")["incidents"]
    at = [each["created_at"] for each in incident["incident_updates"]]

    assert at == sorted(at, reverse=True)
    assert {each["incident_id"] for each in incident["incident_updates"]} == {incident["id"]}
    assert incident["incident_updates"][0]["status"] == incident["status"]


def test_what_nobody_knows_shows_as_it_was_last_known_but_is_not_confirmed(database, document):
    with database.write() as session:
        pages.a_service(session, "Checkout", status=Status.DEGRADED)

    later = document("summary", pages.NOW + HOUR)

    assert [each["status"] for each in later["components"]] == ["degraded_performance"]
    assert later["status"] == {"indicator": "minor", "description": "Not Confirmed"}


def test_what_was_never_seen_is_not_said_to_work(database, document):
    with database.write() as session:
        a_monitor(session, name="New")

    found = document("summary")

    assert [each["status"] for each in found["components"]] == ["under_maintenance"]
    assert found["status"]["description"] == DESCRIPTIONS[Verdict.UNKNOWN]


def test_windows_are_scheduled_then_in_progress_then_completed(database, shop, document):
    with database.write() as session:
        about = [(session.merge(shop["search"]), Status.MAINTENANCE)]
        for start in (-3 * DAY, -HOUR, DAY):
            at = pages.NOW + start
            a_window(session, *about, starts_at=at, ends_at=at + 2 * HOUR, title="Move")

    def statuses(path):
        found = document(path)["scheduled_maintenances"]
        assert {each["impact"] for each in found} <= {"maintenance"}
        return [each["status"] for each in found]

    assert statuses("scheduled-maintenances") == ["in_progress", "scheduled", "completed"]
    assert statuses("scheduled-maintenances/upcoming") == ["scheduled"]
    assert statuses("scheduled-maintenances/active") == ["in_progress"]
    assert statuses("summary") == ["in_progress", "scheduled"]


def test_in_a_quiet_minute_only_the_summary_says_that_it_was_made_anew(shop, make):
    before, after = make(pages.NOW), make(pages.NOW + MINUTE, seq=2)
    changed = {
        path
        for path in after.files
        if path.startswith("api/v2/") and after.files[path].body != before.files[path].body
    }

    assert changed == {"api/v2/summary.json"}


def test_sections_are_groups_before_their_services(database, shop, document):
    with database.write() as session:
        put_sections(session, default_page(session), ("Shop", [shop["search"]]))

    group, search = document("components")["components"]

    assert (group["group"], group["components"]) == (True, [search["id"]])
    assert (search["group"], search["group_id"]) == (False, group["id"])
