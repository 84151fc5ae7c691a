"""kener.incidents, their updates and templates, against a real Kener."""

from datetime import UTC, datetime

import pytest
from kener_client import NotFound, PreconditionFailed, etag_of

TROUBLE = {
    "title": "Service Disruption",
    "status": "investigating",
    "impact": "major",
    "message": "We are investigating reports of service issues.",
}


@pytest.fixture
def incident(kener):
    kener.monitors.create(name="Shop", kind="manual")
    return kener.incidents.create(**TROUBLE, monitors=["shop"])


def test_an_incident_is_opened_as_the_reference_says(incident):
    assert {name: incident[name] for name in TROUBLE} == TROUBLE
    assert [(each["slug"], each["impact"]) for each in incident["monitors"]] == [
        ("shop", "partial")
    ]


def test_what_is_said_goes_on_to_its_end(kener, incident):
    kener.incidents.updates.create(incident["id"], status="identified", message="It is the disk.")
    over = kener.incidents.updates.create(incident["id"], status="resolved", message="It works.")

    assert over["status"] == "resolved"
    said = [each["status"] for each in kener.incidents.updates.list(incident["id"], limit=1)]
    assert said == ["resolved", "identified", "investigating"]


def test_a_message_is_got_changed_and_taken_back(kener, incident):
    kener.incidents.updates.create(incident["id"], status="monitoring", message="Fixd.")
    update = kener.incidents.updates.list(incident["id"]).all()[0]
    got = kener.incidents.updates.get(incident["id"], update["id"])

    changed = kener.incidents.updates.update(
        incident["id"], update["id"], etag=etag_of(got), message="Fixed.", notify=False
    )
    assert changed["message"] == "Fixed."
    with pytest.raises(PreconditionFailed):
        kener.incidents.updates.delete(incident["id"], update["id"], etag=etag_of(got))
    gone = kener.incidents.updates.delete(incident["id"], update["id"], notify=False)
    assert gone == {"id": update["id"]}


def test_an_incident_is_changed_and_deleted(kener, incident):
    changed = kener.incidents.update(incident["id"], etag=etag_of(incident), impact="minor")
    assert changed["impact"] == "minor"

    kener.incidents.delete(incident["id"], etag=etag_of(changed))
    with pytest.raises(NotFound):
        kener.incidents.get(incident["id"])


def test_somebody_has_it_in_hand_and_has_not(kener, incident):
    told = kener.incidents.acknowledge(incident["id"], note="I am on it.")
    assert told["acknowledged"]["note"] == "I am on it."

    assert kener.incidents.unacknowledge(incident["id"])["acknowledged"] is None


def test_incidents_are_found_by_what_they_are(kener, incident):
    kener.incidents.create(title="Later", message="Soon.", draft=True)
    now = datetime.now(UTC)

    def titles(**query):
        return [each["title"] for each in kener.incidents.list(**query)]

    assert titles() == titles(open=True, monitor="shop", impact="major") == [TROUBLE["title"]]
    assert titles(draft=True) == ["Later"]
    assert titles(status="resolved") == titles(open=False) == titles(since=now) == []
    assert titles(until=now, sort="updated") == [TROUBLE["title"]]
    assert kener.incidents.pick(["impact"], open=True).all() == [{"impact": "major"}]


def test_a_time_without_a_zone_is_refused_before_it_is_sent(kener):
    nowhere = datetime.now(UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        kener.incidents.list(since=nowhere)
    with pytest.raises(ValueError, match="time zone"):
        kener.incidents.create(title="X", message="Y", started_at=nowhere)


def test_a_time_is_sent_in_utc(kener):
    at = datetime.fromisoformat("2026-01-31T12:30:00+02:00")
    incident = kener.incidents.create(title="X", message="Y", started_at=at)

    assert incident["started_at"] == "2026-01-31T10:30:00Z"


def test_an_incident_begins_with_a_template(kener):
    template = kener.incident_templates.create(name="Outage", title="Outage", impact="critical")
    incident = kener.incidents.create(message="It is dark.", template=template["id"])

    assert (incident["title"], incident["impact"]) == ("Outage", "critical")


def test_a_template_is_changed_and_deleted(kener):
    template = kener.incident_templates.create(name="Outage", message="It is dark.")
    changed = kener.incident_templates.update(
        template["id"], etag=etag_of(template), message="It is night."
    )

    assert kener.incident_templates.get(template["id"]) == changed
    assert [each["message"] for each in kener.incident_templates.list()] == ["It is night."]
    kener.incident_templates.delete(template["id"], etag=etag_of(changed))
    assert kener.incident_templates.list().all() == []
