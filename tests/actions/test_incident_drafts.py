"""Drafts: nobody learns of them before they are published."""

import pytest
from factories import NOW, a_monitor

from kener.actions.incident_updates import edit_update, post_update
from kener.actions.incidents import edit_incident, open_incident
from kener.core.errors import Conflict, Invalid
from kener.core.instant import DAY, HOUR, iso
from kener.core.status import Status
from kener.site.snapshot import snapshot
from kener.store.impacts import impacts, open_impacts
from kener.store.incidents import Wanted, open_incidents, slice_of_incidents
from kener.store.rail import rail
from kener.store.tables import Event, Publication
from kener.store.tables.incidents import Phase

DRAFT = {"title": "Payments may fail", "message": "Tonight.", "impact": "major", "draft": True}
LATER = NOW + 5 * HOUR
OVER = {"status": "resolved", "started_at": iso(NOW - DAY)}


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.fixture
def monitor(session):
    return a_monitor(session)


@pytest.fixture
def draft(session, monitor):
    return open_incident(session, DRAFT | {"monitors": [monitor.public_id]}, NOW)


def publish(session, draft, **more):
    return edit_incident(session, draft, {"draft": False} | more, LATER)


def events(session):
    return [(each.name, each.data["started_at"]) for each in session.query(Event)]


def test_nobody_sees_a_draft_or_hears_of_it(session, draft, monitor):
    edit_incident(session, draft, {"title": "Payments will fail"}, NOW)
    edit_update(session, draft, draft.updates[0], {"message": "Tonight, at ten."}, NOW)

    assert events(session) == []
    assert session.query(Publication).one().dirty_seq == 1
    assert open_incidents(session) == open_incidents(session, [monitor.id]) == []
    assert snapshot(session, LATER).stories == ()
    assert open_impacts(session, [monitor.id], LATER) == {}
    assert impacts(session, [monitor.id], NOW, LATER) == {}
    assert rail(session).open_incidents == 0
    assert slice_of_incidents(session, None, 9).rows == []
    assert slice_of_incidents(session, None, 9, Wanted(draft=True)).rows == [draft]


def test_a_published_draft_begins_when_it_is_published(session, draft, monitor):
    publish(session, draft)

    assert (draft.draft, draft.dated, draft.started_at) == (False, True, LATER)
    assert [(each.message, each.at) for each in draft.updates] == [("Tonight.", LATER)]
    assert events(session) == [("incident.created", iso(LATER))]
    assert open_impacts(session, [monitor.id], LATER) == {monitor.id: [Status.PARTIAL]}
    assert [each.title for each in snapshot(session, LATER).stories] == ["Payments may fail"]


def test_a_date_that_was_written_stays(session):
    draft = open_incident(session, DRAFT | {"started_at": iso(NOW - HOUR)}, NOW)
    publish(session, draft)

    assert draft.started_at == NOW - HOUR
    assert draft.updates[0].at == LATER


def test_a_date_can_be_taken_out_of_a_draft_again(session):
    draft = open_incident(session, DRAFT | {"started_at": iso(NOW - HOUR)}, NOW)
    edit_incident(session, draft, {"started_at": None}, NOW)
    publish(session, draft)

    assert draft.started_at == LATER


def test_what_is_over_can_be_drafted_and_ends_when_that_is_said(session):
    open_end = open_incident(session, DRAFT | OVER, NOW)
    written = open_incident(session, DRAFT | OVER | {"resolved_at": iso(NOW - HOUR)}, NOW)
    assert (open_end.resolved_at, written.resolved_at) == (None, NOW - HOUR)
    publish(session, open_end)
    publish(session, written)

    assert (open_end.resolved_at, open_end.updates[0].at) == (LATER, LATER)
    assert (written.resolved_at, written.updates[0].at) == (NOW - HOUR, NOW - HOUR)


def test_a_draft_may_be_published_without_a_word_to_others(session, draft):
    publish(session, draft, notify=False)

    assert events(session) == []
    assert session.query(Publication).one().dirty_seq == 2


def test_what_was_published_is_no_draft_again(session, draft):
    publish(session, draft)
    publish(session, draft)

    assert [name for name, _ in events(session)] == ["incident.created", "incident.updated"]
    with pytest.raises(Invalid) as error:
        edit_incident(session, draft, {"draft": True}, LATER)
    assert set(error.value.problems) == {"draft"}


def test_a_draft_has_one_message_whose_time_comes_with_publishing(session, draft):
    with pytest.raises(Conflict):
        post_update(session, draft, {"status": "identified", "message": "x"}, NOW)
    with pytest.raises(Invalid) as error:
        edit_update(session, draft, draft.updates[0], {"at": iso(NOW - HOUR)}, NOW)
    assert set(error.value.problems) == {"at"}

    edit_update(session, draft, draft.updates[0], {"status": "resolved"}, NOW)
    assert (draft.status, draft.resolved_at) == (Phase.RESOLVED, None)


def test_a_promise_that_is_past_when_the_draft_is_published_is_refused(session):
    draft = open_incident(session, DRAFT | {"next_update_by": iso(NOW + HOUR)}, NOW)

    with pytest.raises(Invalid) as error:
        publish(session, draft)
    assert set(error.value.problems) == {"next_update_by"}
    publish(session, draft, next_update_by=iso(LATER + HOUR))

    assert draft.next_update_by == LATER + HOUR
