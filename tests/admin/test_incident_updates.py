"""/admin/incidents/<id>: drafts, the next update, what was said, who has it in hand."""

import re

import pytest
from factories import NOW, a_monitor, an_incident
from forms import HTMX

from kener.actions.incident_templates import create_template
from kener.core.instant import HOUR, MINUTE
from kener.core.status import Status
from kener.site.wording import local
from kener.store.clock import now
from kener.store.tables import Event, Incident, Page, Update
from kener.store.tables.incidents import Phase

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM = {
    "title": "Payments fail",
    "status": "investigating",
    "impact": "major",
    "message": "We are looking into it.",
    "started_at": "",
    "next_update_by": "",
}
SAY = {"status": "identified", "message": "It is the bank.", "next_update_by": ""}


@pytest.fixture
def incident(database):
    with database.write() as session:
        monitor = a_monitor(session, name="Checkout")
        return an_incident(session, (monitor, Status.PARTIAL), started_at=now() - HOUR)


@pytest.fixture
def path(incident):
    return f"/admin/incidents/{incident.public_id}"


def typed(at, zone="UTC"):
    return f"{local(at, zone):%Y-%m-%dT%H:%M}"


def events(rows):
    rows.rollback()
    return [each.name for each in rows.query(Event).order_by(Event.id)]


def links_to_updates(page):
    return re.findall(r'href="(/admin/incidents/\w+/updates/\w+)"', page)


def test_a_draft_is_kept_changed_and_published(browser, rows):
    answer = browser.post("/admin/incidents/new", FORM | {"draft": "true"})
    page = browser.get(answer.location).text

    assert "Nobody sees this yet" in page
    assert "is kept as a draft" in page
    assert "when it is published" in page
    assert "<b>Draft</b>" in browser.get("/admin/incidents").text
    form = {"version": "1", "title": "Cards fail", "impact": "major", "started_at": ""}
    assert browser.post(f"{answer.location}/edit", form).status_code == 303
    assert events(rows) == []
    assert browser.post(f"{answer.location}/publish").status_code == 303
    assert events(rows) == ["incident.created"]
    stored = rows.query(Incident).one()
    assert (stored.title, stored.draft, stored.dated) == ("Cards fail", False, True)
    assert "Post the update" in browser.get(answer.location).text


@ONE_DATABASE
def test_a_draft_with_a_broken_promise_says_so_when_it_is_published(browser, database, rows):
    with database.write() as session:
        draft = an_incident(session, draft=True, next_update_by=NOW)
    path = f"/admin/incidents/{draft.public_id}"
    browser.get(path)

    answer = browser.post(f"{path}/publish", headers=HTMX)

    assert answer.status_code == 422
    assert "Must lie in the future" in answer.text
    assert rows.query(Incident).one().draft


@ONE_DATABASE
def test_nobody_is_told_where_the_box_is_ticked(browser, path, rows):
    browser.get(path)
    browser.post(path, SAY | {"quiet": "true"})
    browser.post("/admin/incidents/new", FORM | {"quiet": "true"})
    [first, *_] = links_to_updates(browser.get(path).text)
    browser.post(first, SAY | {"quiet": "true", "at": ""})

    assert events(rows) == []
    assert rows.query(Incident).count() == 2


def test_the_next_update_is_promised_on_the_clocks_of_the_page(browser, database, path, rows):
    with database.write() as session:
        session.query(Page).one().time_zone = "Asia/Kathmandu"
    at = (now() + HOUR) // MINUTE * MINUTE
    browser.get(path)

    browser.post(path, SAY | {"next_update_by": typed(at, "Asia/Kathmandu")})

    assert rows.query(Incident).one().next_update_by == at
    assert "Next update by" in browser.get(path).text
    form = {"version": "2", "title": "Cards fail", "impact": "major", "next_update_by": ""}
    assert browser.post(f"{path}/edit", form).status_code == 303
    rows.rollback()
    assert rows.query(Incident).one().next_update_by is None


@ONE_DATABASE
def test_a_promise_of_the_past_is_told_at_its_field(browser, path):
    browser.get(path)

    answer = browser.post(path, SAY | {"next_update_by": "2026-01-01T10:00"}, headers=HTMX)

    assert answer.status_code == 422
    assert 'id="f-next_update_by-wrong"' in answer.text
    assert "It is the bank." in answer.text


@ONE_DATABASE
def test_an_overdue_promise_is_marked(browser, database):
    with database.write() as session:
        incident = an_incident(session, next_update_by=now() - MINUTE)

    assert "overdue" in browser.get(f"/admin/incidents/{incident.public_id}").text


def test_what_was_said_is_put_right(browser, path, rows):
    browser.get(path)
    browser.post(path, {"status": "resolved", "message": "It is ovre."})
    [newest, *_] = links_to_updates(browser.get(path).text)
    before = rows.query(Update).filter_by(message="It is ovre.").one().at
    page = browser.get(newest).text
    assert "It is ovre." in page
    assert '<option value="resolved" selected>' in page

    form = {"status": "resolved", "message": "It is over.", "at": typed(before)}
    assert browser.post(newest, form).location == path

    rows.rollback()
    update = rows.query(Update).filter_by(message="It is over.").one()
    assert (update.at, rows.query(Incident).one().resolved_at) == (before, before)


@ONE_DATABASE
def test_a_mistake_in_what_was_said_keeps_what_was_typed(browser, path):
    [only] = links_to_updates(browser.get(path).text)
    browser.get(only)

    answer = browser.post(only, {"status": "postmortem", "message": " ", "at": ""}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<form id="update-form"')
    assert 'id="f-message-wrong"' in answer.text
    assert browser.get(f"{path}/updates/nobody").status_code == 404


def test_what_was_said_is_taken_back_unless_it_is_all_there_is(browser, path, rows):
    browser.get(path)
    browser.post(path, {"status": "resolved", "message": "It is over."})
    newest, first = links_to_updates(browser.get(path).text)

    assert "Take this update back?" in browser.get(f"{newest}/delete").text
    assert browser.post(f"{newest}/delete").location == path
    assert rows.query(Incident).one().status is Phase.INVESTIGATING
    assert f"{first}/delete" not in browser.get(path).text
    browser.post(f"{first}/delete")
    assert "This is all that the incident says." in browser.get(path).text
    rows.rollback()
    assert rows.query(Update).count() == 1


@ONE_DATABASE
def test_a_postmortem_is_offered_when_all_is_over(browser, path, rows):
    assert 'value="postmortem"' not in browser.get(path).text
    browser.post(path, {"status": "resolved", "message": "It is over."})
    assert 'value="postmortem"' in browser.get(path).text

    browser.post(path, {"status": "postmortem", "message": "We learned."})

    stored = rows.query(Incident).one()
    assert stored.status is Phase.POSTMORTEM
    assert stored.resolved_at is not None
    assert '<option value="postmortem" selected>' in browser.get(path).text
    assert "Resolved · lasted 1 h" in browser.get("/admin/incidents").text


def test_who_has_it_in_hand_is_shown_and_taken_back(browser, path, rows):
    browser.get(path)
    browser.post(f"{path}/acknowledge", {"note": "On my way."})

    page = browser.get(path).text
    assert "owner@example.org since" in page
    assert "On my way." in page
    assert "in hand: owner@example.org" in browser.get("/admin/incidents").text
    browser.get(path)
    browser.post(f"{path}/acknowledge/undo")
    assert rows.query(Incident).one().acknowledged_at is None
    assert "Visitors do not see who has it in hand." in browser.get(path).text


@ONE_DATABASE
def test_a_note_that_is_too_long_is_told_with_what_was_typed(browser, path):
    browser.get(path)

    answer = browser.post(f"{path}/acknowledge", {"note": "x" * 1001}, headers=HTMX)

    assert answer.status_code == 422
    assert "x" * 1001 in answer.text
    assert "at most 1000 characters" in answer.text


@ONE_DATABASE
def test_a_new_incident_begins_with_a_template(browser, database):
    with database.write() as session:
        shop = a_monitor(session, name="Shop")
        fields = {"name": "Bank", "title": "Cards fail", "impact": "major", "monitors": [shop.slug]}
        template = create_template(session, fields, NOW)
    link = f"/admin/incidents/new?template={template.public_id}"

    assert link in browser.get("/admin/incidents/new").text
    page = browser.get(link).text
    assert 'value="Cards fail"' in page
    assert '<option value="partial" selected>' in page
    assert browser.get("/admin/incidents/new?template=nobody").status_code == 200


def test_a_template_whose_name_cannot_be_is_no_bug(browser):
    assert browser.get("/admin/incidents/new?template=%00").status_code < 500
