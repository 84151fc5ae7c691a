"""Telling people of trouble."""

import pytest
from factories import NOW, a_monitor
from sqlalchemy import func, select

from kener.actions.incident_updates import post_update
from kener.actions.incidents import delete_incident, edit_incident, open_incident
from kener.core.errors import Conflict, Invalid
from kener.core.instant import HOUR, MINUTE, iso
from kener.core.status import Impact, Status
from kener.store.incidents import find_incident
from kener.store.tables import Event, IncidentMonitor, Publication, Update
from kener.store.tables.incidents import Phase

TROUBLE = {"title": "Errors at the checkout", "message": "We look into it.", "impact": "major"}


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def problems_of(call, *args, **given):
    with pytest.raises(Invalid) as error:
        call(*args, **given)
    return error.value.problems


def say(session, incident, status, message, now, **more):
    return post_update(session, incident, {"status": status, "message": message} | more, now)


def events_of(session):
    return [(event.name, event.data) for event in session.query(Event).order_by(Event.id)]


def impacts_of(incident):
    return {each.monitor.name: each.impact for each in incident.affected}


def test_an_incident_opens_with_its_first_message(session):
    incident = open_incident(session, TROUBLE, NOW)

    assert (incident.status, incident.started_at) == (Phase.INVESTIGATING, NOW)
    assert [(each.message, each.at) for each in incident.updates] == [("We look into it.", NOW)]


def test_a_monitor_is_affected_as_the_incident_says_unless_it_says_otherwise(session):
    shop, mail = a_monitor(session, name="Shop"), a_monitor(session, name="Mail")

    named = [shop.public_id, {"id": mail.slug, "impact": "down"}]
    incident = open_incident(session, TROUBLE | {"monitors": named}, NOW)

    assert impacts_of(incident) == {"Shop": Status.PARTIAL, "Mail": Status.DOWN}


def test_others_hear_of_it_in_the_same_transaction(session):
    shop = a_monitor(session)
    before = session.scalar(select(Publication.dirty_seq))

    incident = open_incident(session, TROUBLE | {"monitors": [shop.public_id]}, NOW)
    say(session, incident, "identified", "It is the disk.", NOW + MINUTE)
    say(session, incident, "resolved", "All is well.", NOW + HOUR)

    names = [name for name, _ in events_of(session)]
    assert names == ["incident.created", "incident.updated", "incident.resolved"]
    assert events_of(session)[2][1] == {
        "incident_id": incident.public_id,
        "title": "Errors at the checkout",
        "status": "resolved",
        "impact": "major",
        "message": "All is well.",
        "monitors": [shop.public_id],
        "started_at": iso(NOW),
        "resolved_at": iso(NOW + HOUR),
    }
    assert session.scalar(select(Publication.dirty_seq)) == before + 3


def test_every_wrong_field_is_named_at_once(session):
    wrong = {
        "title": "",
        "impact": "huge",
        "status": "over",
        "monitors": [{"id": "x", "impact": "maintenance"}, {"name": "y"}],
        "started_at": "yesterday",
        "zzz": 1,
    }

    assert set(problems_of(open_incident, session, wrong, NOW)) == {
        "title",
        "impact",
        "status",
        "message",
        "monitors.0.impact",
        "monitors.1.id",
        "monitors.1.name",
        "started_at",
        "zzz",
    }


def test_monitors_must_exist_and_be_named_once(session):
    shop = a_monitor(session)
    named = ["nobody", shop.public_id, shop.slug]

    problems = problems_of(open_incident, session, TROUBLE | {"monitors": named}, NOW)

    assert problems == {
        "monitors.0.id": "there is no such monitor",
        "monitors.2.id": "is named twice",
    }


@pytest.mark.parametrize("at", ["1999-12-31T00:00:00Z", iso(NOW + HOUR), "2026-03-10T12:00:00", 5])
def test_an_incident_begins_in_the_past_and_in_a_zone(session, at):
    problems = problems_of(open_incident, session, TROUBLE | {"started_at": at}, NOW)

    assert set(problems) == {"started_at"}


def test_what_is_over_can_be_filled_in_later(session):
    past = {
        "status": "resolved",
        "started_at": iso(NOW - 3 * HOUR),
        "resolved_at": iso(NOW - HOUR),
    }

    incident = open_incident(session, TROUBLE | past, NOW)

    assert (incident.started_at, incident.resolved_at) == (NOW - 3 * HOUR, NOW - HOUR)
    assert [each.at for each in incident.updates] == [NOW - HOUR]


def test_only_what_is_over_has_an_end_and_none_before_its_start(session):
    early = {"resolved_at": iso(NOW - HOUR), "started_at": iso(NOW - MINUTE), "status": "resolved"}

    open_one = problems_of(open_incident, session, TROUBLE | {"resolved_at": iso(NOW)}, NOW)
    assert set(open_one) == {"resolved_at"}
    assert set(problems_of(open_incident, session, TROUBLE | early, NOW)) == {"resolved_at"}


def test_the_newest_message_says_how_it_stands(session):
    incident = open_incident(session, TROUBLE | {"started_at": iso(NOW - HOUR)}, NOW)

    say(session, incident, "resolved", "Fixed.", NOW + HOUR)
    assert (incident.status, incident.resolved_at) == (Phase.RESOLVED, NOW + HOUR)
    say(session, incident, "monitoring", "Not quite.", NOW + 2 * HOUR)
    assert (incident.status, incident.resolved_at) == (Phase.MONITORING, None)
    earlier = iso(NOW - MINUTE)
    say(session, incident, "identified", "Then.", NOW + 3 * HOUR, at=earlier)

    assert incident.status is Phase.MONITORING
    said = [each.message for each in incident.updates]
    assert said == ["Not quite.", "Fixed.", "We look into it.", "Then."]


def test_a_message_lies_between_the_start_and_now(session):
    incident = open_incident(session, TROUBLE, NOW)

    for at in (iso(NOW - 1), iso(NOW + HOUR)):
        problems = problems_of(say, session, incident, "resolved", "x", NOW, at=at)
        assert set(problems) == {"at"}
    assert set(problems_of(say, session, incident, "over", "", NOW)) == {
        "status",
        "message",
    }


def test_editing_changes_what_it_names(session):
    shop, mail = a_monitor(session, name="Shop"), a_monitor(session, name="Mail")
    named = [shop.public_id, {"id": mail.public_id, "impact": "down"}]
    incident = open_incident(session, TROUBLE | {"monitors": named}, NOW)

    edit_incident(session, incident, {"title": "Errors"}, NOW + 1)

    assert (incident.title, incident.impact, incident.version) == ("Errors", Impact.MAJOR, 2)
    assert impacts_of(incident) == {"Shop": Status.PARTIAL, "Mail": Status.DOWN}
    assert events_of(session)[-1][0] == "incident.updated"
    assert events_of(session)[-1][1]["message"] == "We look into it."


def test_monitors_that_said_what_the_incident_said_go_on_to_do_so(session):
    shop, mail = a_monitor(session, name="Shop"), a_monitor(session, name="Mail")
    named = [shop.public_id, {"id": mail.public_id, "impact": "none"}]
    incident = open_incident(session, TROUBLE | {"monitors": named}, NOW)

    edit_incident(session, incident, {"impact": "critical"}, NOW)

    assert impacts_of(incident) == {"Shop": Status.DOWN, "Mail": Status.UP}


def test_monitors_come_and_go(session):
    shop, mail = a_monitor(session, name="Shop"), a_monitor(session, name="Mail")
    incident = open_incident(session, TROUBLE | {"monitors": [shop.public_id]}, NOW)

    changed = [{"id": mail.public_id, "impact": "degraded"}]
    edit_incident(session, incident, {"monitors": changed}, NOW)

    assert impacts_of(incident) == {"Mail": Status.DEGRADED}
    edit_incident(session, incident, {"monitors": []}, NOW)
    assert session.scalar(select(func.count()).select_from(IncidentMonitor)) == 0


@pytest.mark.parametrize("changes", [{"status": "resolved"}, {"message": "x"}])
def test_status_and_message_are_changed_by_an_update(session, changes):
    incident = open_incident(session, TROUBLE, NOW)

    problems = problems_of(edit_incident, session, incident, changes, NOW)

    assert set(problems) == set(changes)


def test_a_refused_edit_changes_nothing(session):
    incident = open_incident(session, TROUBLE, NOW)

    wrong = {"title": "Other", "resolved_at": iso(NOW)}
    assert set(problems_of(edit_incident, session, incident, wrong, NOW)) == {"resolved_at"}
    with pytest.raises(Conflict):
        edit_incident(session, incident, {"title": "Other"}, NOW, version=9)

    assert (incident.title, incident.version) == ("Errors at the checkout", 1)


def test_a_deleted_incident_takes_everything_along(session):
    shop = a_monitor(session)
    incident = open_incident(session, TROUBLE | {"monitors": [shop.public_id]}, NOW)
    found = find_incident(session, incident.public_id)

    delete_incident(session, found)

    for table in (Update, IncidentMonitor):
        assert session.scalar(select(func.count()).select_from(table)) == 0
