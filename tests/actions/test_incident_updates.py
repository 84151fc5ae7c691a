"""What is said in an incident, and how the incident follows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import NOW

from kener.actions.incident_updates import delete_update, edit_update, post_update
from kener.actions.incidents import edit_incident, open_incident
from kener.core.errors import Conflict, Invalid, NotFound
from kener.core.instant import DAY, HOUR, MINUTE, iso
from kener.store.incidents import find_incident
from kener.store.tables import Event, Incident, Publication
from kener.store.tables.incidents import Phase

TROUBLE = {"title": "Errors at the checkout", "message": "We look into it.", "impact": "major"}


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.fixture
def incident(session):
    return open_incident(session, TROUBLE, NOW)


def say(session, incident, status, now, **more):
    fields = {"status": status, "message": f"It is {status}."} | more
    return post_update(session, incident, fields, now)


def problems_of(call, *args, **given):
    with pytest.raises(Invalid) as error:
        call(*args, **given)
    return set(error.value.problems)


def names(session):
    return [each.name for each in session.query(Event).order_by(Event.id)]


def test_a_postmortem_follows_the_end_and_leaves_it_where_it_was(session, incident):
    say(session, incident, "resolved", NOW + HOUR)
    say(session, incident, "postmortem", NOW + DAY)

    assert (incident.status, incident.resolved_at) == (Phase.POSTMORTEM, NOW + HOUR)
    assert names(session) == ["incident.created", "incident.resolved", "incident.updated"]
    say(session, incident, "monitoring", NOW + 2 * DAY)
    assert (incident.status, incident.resolved_at) == (Phase.MONITORING, None)


def test_a_postmortem_of_what_goes_on_is_refused(session, incident):
    assert problems_of(say, session, incident, "postmortem", NOW + HOUR) == {"status"}
    say(session, incident, "resolved", NOW + HOUR)
    early = {"at": iso(NOW + MINUTE)}
    assert problems_of(say, session, incident, "postmortem", NOW + DAY, **early) == {"status"}
    assert problems_of(open_incident, session, TROUBLE | {"status": "postmortem"}, NOW) == {
        "status"
    }


def test_said_twice_that_it_is_over_it_ended_the_first_time(session, incident):
    say(session, incident, "resolved", NOW + HOUR)
    say(session, incident, "resolved", NOW + 2 * HOUR)

    assert incident.resolved_at == NOW + HOUR
    assert names(session)[-1] == "incident.updated"


def test_the_next_update_is_promised_until_the_next_one(session, incident):
    say(session, incident, "identified", NOW + 1, next_update_by=iso(NOW + HOUR))
    assert incident.next_update_by == NOW + HOUR
    say(session, incident, "identified", NOW + MINUTE, at=iso(NOW))
    assert incident.next_update_by == NOW + HOUR, "what is dated back is not the next one"
    say(session, incident, "identified", NOW + HOUR)
    assert incident.next_update_by is None


@pytest.mark.parametrize("ahead", [0, -1, 367 * DAY])
def test_a_promise_is_of_a_time_to_come(session, incident, ahead):
    promise = {"next_update_by": iso(NOW + ahead)}

    assert problems_of(say, session, incident, "identified", NOW, **promise) == {"next_update_by"}
    assert problems_of(edit_incident, session, incident, promise, NOW) == {"next_update_by"}
    assert problems_of(open_incident, session, TROUBLE | promise, NOW) == {"next_update_by"}


def test_what_is_over_promises_nothing(session, incident):
    promise = {"next_update_by": iso(NOW + HOUR)}
    edit_incident(session, incident, promise, NOW)
    assert problems_of(say, session, incident, "resolved", NOW, **promise) == {"next_update_by"}
    say(session, incident, "resolved", NOW)

    assert incident.next_update_by is None
    assert problems_of(edit_incident, session, incident, promise, NOW) == {"next_update_by"}


def test_a_promise_that_was_broken_does_not_stand_in_the_way_of_an_edit(session, incident):
    edit_incident(session, incident, {"next_update_by": iso(NOW + HOUR)}, NOW)
    edit_incident(session, incident, {"title": "Errors"}, NOW + DAY)

    assert incident.next_update_by == NOW + HOUR
    edit_incident(session, incident, {"next_update_by": None}, NOW + DAY)
    assert incident.next_update_by is None


def test_every_wrong_field_of_an_update_is_named_at_once(session, incident):
    wrong = {"status": "over", "message": "", "at": iso(NOW - DAY), "next_update_by": iso(NOW)}

    found = problems_of(post_update, session, incident, wrong | {"x": 1}, NOW)

    assert found == {"status", "message", "at", "next_update_by", "x"}


def test_nobody_is_told_of_what_is_not_to_be_told_but_the_page_is(session, incident):
    before = session.query(Publication).one().dirty_seq
    update = say(session, incident, "identified", NOW, notify=False)
    edit_incident(session, incident, {"title": "Errors", "notify": False}, NOW)
    edit_update(session, incident, update, {"message": "Hm.", "notify": False}, NOW)
    delete_update(session, incident, update, NOW, notify=False)
    open_incident(session, TROUBLE | {"notify": False}, NOW)
    session.expire_all()

    assert names(session) == ["incident.created"]
    assert session.query(Publication).one().dirty_seq == before + 5


def test_an_update_is_put_right_and_the_incident_follows(session, incident):
    update = say(session, incident, "resolved", NOW + HOUR)

    edit_update(session, incident, update, {"message": "Nearly."}, NOW + 2 * HOUR)
    assert (update.message, update.status, update.at) == ("Nearly.", Phase.RESOLVED, NOW + HOUR)
    edit_update(session, incident, update, {"at": iso(NOW + MINUTE)}, NOW + 2 * HOUR)
    assert incident.resolved_at == NOW + MINUTE
    edit_update(session, incident, update, {"status": "monitoring"}, NOW + 2 * HOUR)
    assert (incident.status, incident.resolved_at) == (Phase.MONITORING, None)
    edit_update(session, incident, update, {"status": "resolved"}, NOW + 2 * HOUR)
    assert names(session)[-1] == "incident.resolved"
    assert incident.version == 6


def test_an_end_written_by_hand_stays_while_the_updates_tell_of_the_same(session, incident):
    update = say(session, incident, "resolved", NOW + HOUR)
    edit_incident(session, incident, {"resolved_at": iso(NOW + MINUTE)}, NOW + 2 * HOUR)

    edit_update(session, incident, update, {"message": "Over."}, NOW + 2 * HOUR)
    say(session, incident, "postmortem", NOW + DAY)
    assert incident.resolved_at == NOW + MINUTE
    edit_update(session, incident, update, {"at": iso(NOW + 2 * MINUTE)}, NOW + DAY)
    assert incident.resolved_at == NOW + 2 * MINUTE


def test_what_was_moved_before_another_is_not_the_newest_any_more(session, incident):
    edit_incident(session, incident, {"started_at": iso(NOW - DAY)}, NOW)
    update = say(session, incident, "resolved", NOW + HOUR)

    edit_update(session, incident, update, {"at": iso(NOW - HOUR)}, NOW + HOUR)

    assert (incident.status, incident.resolved_at) == (Phase.INVESTIGATING, None)
    assert [each.status for each in incident.updates] == [Phase.INVESTIGATING, Phase.RESOLVED]


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"status": "over"}, {"status"}),
        ({"status": "postmortem"}, {"status"}),
        ({"message": " ", "at": "soon"}, {"message", "at"}),
        ({"at": iso(NOW - 1)}, {"at"}),
        ({"at": iso(NOW + DAY)}, {"at"}),
        ({"next_update_by": iso(NOW + DAY)}, {"next_update_by"}),
    ],
)
def test_a_refused_change_of_an_update_changes_nothing(session, incident, changes, problems):
    update = say(session, incident, "identified", NOW)

    assert problems_of(edit_update, session, incident, update, changes, NOW) == problems
    assert (update.status, update.message, update.at) == (
        Phase.IDENTIFIED,
        "It is identified.",
        NOW,
    )
    assert incident.version == 2


def test_without_its_newest_update_an_incident_stands_as_the_one_before_says(session, incident):
    update = say(session, incident, "resolved", NOW + HOUR)

    delete_update(session, incident, update, NOW + 2 * HOUR)

    assert (incident.status, incident.resolved_at) == (Phase.INVESTIGATING, None)
    assert [each.message for each in incident.updates] == ["We look into it."]
    assert session.query(Event).order_by(Event.id.desc()).first().data["message"] == (
        "We look into it."
    )


def test_neither_the_only_update_nor_what_a_postmortem_rests_on_can_be_deleted(session, incident):
    with pytest.raises(Conflict):
        delete_update(session, incident, incident.updates[0], NOW)
    end = say(session, incident, "resolved", NOW + HOUR)
    say(session, incident, "postmortem", NOW + DAY)
    with pytest.raises(Conflict):
        delete_update(session, incident, end, NOW + DAY)
    assert problems_of(
        edit_update, session, incident, end, {"status": "monitoring"}, NOW + DAY
    ) == {"status"}

    assert len(incident.updates) == 3


def test_what_was_deleted_is_gone(session, incident):
    update = say(session, incident, "identified", NOW)
    delete_update(session, incident, update, NOW)

    for call, more in ((edit_update, [{}, NOW]), (delete_update, [NOW])):
        with pytest.raises(NotFound):
            call(session, incident, update, *more)


def test_of_two_who_delete_at_once_the_second_finds_one_update_left(database):
    with database.write() as session:
        incident = open_incident(session, TROUBLE, NOW)
        say(session, incident, "identified", NOW)
        ids = [each.public_id for each in incident.updates]
        number = incident.public_id

    def remove(update_id):
        with database.write() as session:
            found = find_incident(session, number)
            [update] = [each for each in found.updates if each.public_id == update_id]
            try:
                delete_update(session, found, update, NOW)
            except Conflict:
                session.rollback()
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(remove, ids))

    assert done == [False, True]
    with database.read() as session:
        assert len(session.query(Incident).one().updates) == 1
