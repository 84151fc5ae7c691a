"""Who has an incident in hand."""

import pytest
from factories import NOW

from kener.actions.acknowledging import acknowledge, take_back
from kener.actions.incident_updates import post_update
from kener.actions.incidents import open_incident
from kener.core.errors import Conflict, Invalid
from kener.core.instant import HOUR, MINUTE
from kener.store.tables import Event, Publication

TROUBLE = {"title": "Errors at the checkout", "message": "We look into it."}


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.fixture
def incident(session):
    return open_incident(session, TROUBLE, NOW)


def in_hand(incident):
    return incident.acknowledged_by, incident.acknowledged_at, incident.acknowledged_note


def test_who_says_so_first_has_it_in_hand(session, incident):
    acknowledge(session, incident, "Ada", {"note": "On my way."}, NOW + MINUTE)
    acknowledge(session, incident, "Grace", {}, NOW + HOUR)

    assert in_hand(incident) == ("Ada", NOW + MINUTE, "On my way.")


def test_nobody_hears_of_it(session, incident):
    acknowledge(session, incident, "Ada", {}, NOW)
    take_back(session, incident)

    assert session.query(Event).count() == 1
    assert session.query(Publication).one().dirty_seq == 2
    assert (incident.version, incident.updated_at) == (1, NOW)


def test_it_can_be_taken_back_any_number_of_times(session, incident):
    acknowledge(session, incident, "Ada", {"note": "On my way."}, NOW)
    take_back(session, incident)
    take_back(session, incident)

    assert in_hand(incident) == ("", None, "")
    acknowledge(session, incident, "Grace", {}, NOW)
    assert incident.acknowledged_by == "Grace"


def test_what_is_over_or_a_draft_cannot_be_taken_in_hand(session, incident):
    post_update(session, incident, {"status": "resolved", "message": "Over."}, NOW)
    draft = open_incident(session, TROUBLE | {"draft": True}, NOW)

    for each in (incident, draft):
        with pytest.raises(Conflict):
            acknowledge(session, each, "Ada", {}, NOW)


def test_saying_it_again_when_it_is_over_is_no_conflict(session, incident):
    acknowledge(session, incident, "Ada", {}, NOW)
    post_update(session, incident, {"status": "resolved", "message": "Over."}, NOW)

    acknowledge(session, incident, "Ada", {}, NOW + HOUR)

    assert in_hand(incident) == ("Ada", NOW, "")


@pytest.mark.parametrize("fields", [{"note": "x" * 1001}, {"note": "\x00"}, {"who": "me"}])
def test_a_bad_note_is_refused(session, incident, fields):
    with pytest.raises(Invalid) as error:
        acknowledge(session, incident, "Ada", fields, NOW)

    assert set(error.value.problems) == set(fields)
    assert incident.acknowledged_at is None
