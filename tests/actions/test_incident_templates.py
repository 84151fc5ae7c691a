"""What incidents begin with."""

import pytest
from factories import NOW, a_monitor
from sqlalchemy import func, select

from kener.actions.incident_templates import create_template, delete_template, edit_template
from kener.actions.incidents import open_incident
from kener.actions.monitors import delete_monitor
from kener.core.errors import Conflict, Invalid, NotFound
from kener.core.instant import HOUR
from kener.core.status import Impact, Status
from kener.store.incident_templates import find_template
from kener.store.tables import IncidentTemplate, Monitor, TemplateMonitor
from kener.store.tables.incidents import Phase

PAYMENTS = {"name": "Payments", "title": "Payments fail", "impact": "major", "status": "identified"}


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def problems_of(call, *args):
    with pytest.raises(Invalid) as error:
        call(*args)
    return error.value.problems


def impacts_of(incident):
    return {each.monitor.name: each.impact for each in incident.affected}


def test_an_incident_begins_with_what_its_template_says(session):
    shop, mail = a_monitor(session, name="Shop"), a_monitor(session, name="Mail")
    named = [shop.slug, {"id": mail.public_id, "impact": "down"}]
    template = create_template(session, PAYMENTS | {"monitors": named}, NOW)

    given = {"template": template.public_id, "message": "Cards are declined."}
    incident = open_incident(session, given, NOW)

    assert (incident.title, incident.impact) == ("Payments fail", Impact.MAJOR)
    assert incident.status is Phase.IDENTIFIED
    assert impacts_of(incident) == {"Shop": Status.PARTIAL, "Mail": Status.DOWN}


def test_what_is_given_goes_before_what_the_template_says(session):
    shop = a_monitor(session, name="Shop")
    template = create_template(session, PAYMENTS | {"monitors": [shop.slug]}, NOW)

    given = {"template": template.public_id, "message": "x", "title": "Cards", "impact": "critical"}
    incident = open_incident(session, given, NOW)
    bare = open_incident(session, given | {"monitors": []}, NOW)

    assert (incident.title, impacts_of(incident)) == ("Cards", {"Shop": Status.DOWN})
    assert impacts_of(bare) == {}


def test_what_neither_says_is_needed(session):
    template = create_template(session, PAYMENTS, NOW)

    assert problems_of(open_incident, session, {"template": template.public_id}, NOW) == {
        "message": "is needed"
    }
    assert problems_of(open_incident, session, {"template": "nobody", "impact": "x"}, NOW) == {
        "template": "there is no such template",
        "title": "is needed",
        "message": "is needed",
        "impact": "must be one of none, minor, major, critical",
    }


def test_every_wrong_field_is_named_at_once(session):
    create_template(session, PAYMENTS, NOW)
    wrong = {
        "name": "Payments",
        "title": "x" * 201,
        "status": "postmortem",
        "impact": "huge",
        "monitors": ["nobody"],
        "zzz": 1,
    }

    assert set(problems_of(create_template, session, wrong, NOW)) == {
        "name",
        "title",
        "status",
        "impact",
        "monitors.0.id",
        "zzz",
    }


def test_a_change_keeps_what_it_does_not_name(session):
    shop, mail = a_monitor(session, name="Shop"), a_monitor(session, name="Mail")
    template = create_template(session, PAYMENTS | {"monitors": [shop.slug]}, NOW)

    edit_template(session, template, {"message": "We look into it."}, NOW + HOUR, version=1)
    assert (template.name, template.title, template.version) == ("Payments", "Payments fail", 2)
    assert [each.impact for each in template.affected] == [None]
    with pytest.raises(Conflict):
        edit_template(session, template, {"title": "x"}, NOW, version=1)
    edit_template(session, template, {"monitors": [mail.slug]}, NOW)

    assert [each.monitor.name for each in template.affected] == ["Mail"]


def test_a_template_may_keep_its_name_but_not_take_anothers(session):
    template = create_template(session, PAYMENTS, NOW)
    create_template(session, {"name": "Mail"}, NOW)

    edit_template(session, template, {"name": "Payments"}, NOW)
    assert set(problems_of(edit_template, session, template, {"name": "Mail"}, NOW)) == {"name"}


def test_a_deleted_template_is_gone_and_incidents_stay(session):
    shop = a_monitor(session, name="Shop")
    template = create_template(session, PAYMENTS | {"monitors": [shop.slug]}, NOW)
    incident = open_incident(session, {"template": template.public_id, "message": "x"}, NOW)
    delete_template(session, template)

    assert impacts_of(incident) == {"Shop": Status.PARTIAL}
    for table in (IncidentTemplate, TemplateMonitor):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    with pytest.raises(NotFound):
        delete_template(session, template)


def test_a_deleted_monitor_leaves_the_template(database):
    with database.write() as session:
        shop = a_monitor(session, name="Shop")
        template = create_template(session, PAYMENTS | {"monitors": [shop.slug]}, NOW)
    with database.write() as session:
        delete_monitor(session, session.get(Monitor, shop.id), NOW)

    with database.read() as session:
        assert find_template(session, template.public_id).affected == []
