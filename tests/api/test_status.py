"""/api/status: for anybody."""

import pytest
from factories import a_monitor, an_incident, the_location

from kener.actions.monitors import pause_monitor
from kener.actions.results import Probed, record
from kener.core.instant import MINUTE, iso
from kener.core.outcome import Outcome, Reason
from kener.core.status import Status
from kener.store.clock import now

UP = Outcome(Status.UP, latency_ms=20.0)
DOWN = Outcome(Status.DOWN, Reason.REFUSED, "nobody listens on db.internal:5432")


@pytest.fixture
def watched(database):
    """Make a monitor of which the last two probes saw this."""

    def make(name, outcome, **given):
        with database.write() as session:
            monitor = a_monitor(session, name=name, **given)
            place, at = the_location(session).id, now()
            for slot in (at - MINUTE, at):
                record(session, [Probed(monitor.id, place, slot, outcome)], at)
            return monitor

    return make


def status_of(call):
    response = call("get", "/api/status")
    assert response.status_code == 200
    return response.json["data"]


def test_nothing_watched_is_told_as_such(call):
    data = status_of(call)

    assert (data["status"], data["sentence"]) == ("unknown", "Nothing is watched yet.")
    assert (data["monitors"], data["incidents"]) == ([], [])


def test_all_is_well(call, watched):
    shop = watched("Shop", UP)

    data = status_of(call)

    assert (data["status"], data["sentence"]) == ("none", "Everything is working.")
    assert data["monitors"][0] | {"since": None, "checked_at": None} == {
        "id": shop.public_id,
        "slug": shop.slug,
        "name": "Shop",
        "status": "up",
        "since": None,
        "checked_at": None,
        "latency_ms": 20.0,
    }


def test_trouble_is_told_without_its_inner_detail(call, watched):
    watched("Shop", DOWN)
    watched("Mail", UP)

    response = call("get", "/api/status")

    assert (response.json["data"]["status"], response.json["data"]["sentence"]) == (
        "major",
        "Shop is down.",
    )
    assert "db.internal" not in response.text


def test_an_open_incident_shows_and_is_laid_over(call, watched, database):
    shop = watched("Shop", UP)
    with database.write() as session:
        an_incident(session, (shop, Status.DEGRADED), started_at=now() - MINUTE)

    data = status_of(call)

    assert (data["status"], data["monitors"][0]["status"]) == ("minor", "degraded")
    assert data["incidents"][0]["title"] == "Errors at the checkout"
    assert data["incidents"][0]["monitors"][0]["impact"] == "degraded"
    assert "version" not in data["incidents"][0]


def test_what_is_hidden_never_shows(call, watched, database):
    secret = watched("Project Falcon", DOWN, hidden=True)
    shop = watched("Shop", UP)
    with database.write() as session:
        an_incident(session, (secret, Status.DOWN), title="Falcon has fallen")
        an_incident(session, (secret, Status.DOWN), (shop, Status.UP), title="Slow network")

    response = call("get", "/api/status")

    assert "Falcon" not in response.text
    assert secret.public_id not in response.text
    assert [each["title"] for each in response.json["data"]["incidents"]] == ["Slow network"]
    assert response.json["data"]["status"] == "none"


def test_a_paused_monitor_is_unknown_and_spoils_nothing(call, watched, database):
    shop = watched("Shop", DOWN)
    watched("Mail", UP)
    with database.write() as session:
        pause_monitor(session, session.merge(shop), now())

    data = status_of(call)

    assert {each["name"]: each["status"] for each in data["monitors"]} == {
        "Mail": "up",
        "Shop": "unknown",
    }
    assert data["status"] == "none"


def test_a_resolved_incident_is_history(call, database):
    with database.write() as session:
        an_incident(session, status="resolved", resolved_at=now())

    assert status_of(call)["incidents"] == []


def test_it_needs_no_key_and_minds_no_wrong_one(call):
    response = call("get", "/api/status", "kener_wrong_wrong")

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_its_times_are_now(call):
    before = iso(now())

    assert before[:-5] <= status_of(call)["at"]
