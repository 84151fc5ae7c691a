"""/admin/incidents: opening, saying more, resolving, editing, deleting."""

import pytest
from factories import NOW, a_monitor, an_incident
from forms import HTMX

from kener.core.instant import DAY, HOUR, iso, parse_iso
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Event, Incident, Page
from kener.store.tables.incidents import Phase

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM = {
    "title": "Payments fail",
    "status": "investigating",
    "impact": "major",
    "message": "We are looking into it.",
    "started_at": "",
}


@pytest.fixture
def monitor(database):
    with database.write() as session:
        return a_monitor(session, name="Checkout")


@pytest.fixture
def incident(database, monitor):
    with database.write() as session:
        return an_incident(session, (monitor, Status.PARTIAL), started_at=now() - HOUR)


def test_an_incident_is_opened_with_what_it_affects(browser, monitor, rows):
    browser.get("/admin/incidents/new")

    answer = browser.post("/admin/incidents/new", FORM | {f"monitor.{monitor.public_id}": "down"})

    stored = rows.query(Incident).one()
    assert answer.location == f"/admin/incidents/{stored.public_id}"
    assert (stored.title, stored.status) == ("Payments fail", Phase.INVESTIGATING)
    assert [(each.monitor_id, each.impact) for each in stored.affected] == [
        (monitor.id, Status.DOWN)
    ]
    assert rows.query(Event).one().name == "incident.created"
    html = browser.get(answer.location).text
    assert "We are looking into it." in html
    assert "Checkout" in html


@ONE_DATABASE
def test_times_are_typed_on_the_clocks_of_the_page(browser, database, rows):
    with database.write() as session:
        session.query(Page).one().time_zone = "Europe/Berlin"

    browser.post("/admin/incidents/new", FORM | {"started_at": "2026-03-10T13:30"})

    assert rows.query(Incident).one().started_at == parse_iso("2026-03-10T12:30:00Z")


@ONE_DATABASE
def test_every_mistake_is_named_and_nothing_typed_is_lost(browser, monitor, rows):
    wrong = FORM | {"title": "", "message": "", f"monitor.{monitor.public_id}": "partial"}

    answer = browser.post("/admin/incidents/new", wrong, headers=HTMX)

    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<form id="incident-form"')
    assert 'id="f-title-wrong"' in answer.text
    assert 'id="f-message-wrong"' in answer.text
    assert '<option value="partial" selected>' in answer.text
    assert '<option value="major" selected>' in answer.text
    assert rows.query(Incident).count() == 0


def test_saying_more_moves_it_on_and_resolving_ends_it(browser, incident, rows):
    path = f"/admin/incidents/{incident.public_id}"
    assert '<option value="identified" selected>' in browser.get(path).text

    browser.post(path, {"status": "identified", "message": "It is the bank."})
    page = browser.get(path).text
    assert "Your update is on the page in a moment." in page
    assert page.index("It is the bank.") < page.index("We look into it.")
    browser.post(path, {"status": "resolved", "message": "It is over."})

    stored = rows.query(Incident).one()
    assert stored.status is Phase.RESOLVED
    assert stored.resolved_at is not None
    assert "The incident is resolved." in browser.get(path).text
    assert "Resolved · lasted 1 h" in browser.get("/admin/incidents").text


@ONE_DATABASE
def test_an_empty_update_is_not_posted(browser, incident):
    path = f"/admin/incidents/{incident.public_id}"

    answer = browser.post(path, {"status": "identified", "message": " "}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<article id="incident"')
    assert 'id="f-message-wrong"' in answer.text


def test_editing_changes_the_account_and_untouched_times_stay_exact(
    browser, incident, monitor, rows
):
    path = f"/admin/incidents/{incident.public_id}/edit"
    page = browser.get(path).text
    assert '<option value="partial" selected>' in page
    began = iso(incident.started_at)[:16]
    form = {
        "version": "1",
        "title": "Cards fail",
        "impact": "critical",
        "started_at": began,
        f"monitor.{monitor.public_id}": "degraded",
    }

    assert browser.post(path, form).status_code == 303

    stored = rows.query(Incident).one()
    assert (stored.title, stored.started_at) == ("Cards fail", incident.started_at)
    assert stored.affected[0].impact is Status.DEGRADED
    rows.rollback()
    stale = browser.post(path, form | {"title": "Mine"})
    assert stale.status_code == 409
    assert "<td>Cards fail</td><td>Mine</td>" in stale.text


def test_deleting_is_asked_first_and_then_final(browser, incident, rows):
    path = f"/admin/incidents/{incident.public_id}/delete"

    assert "Delete “Errors at the checkout”?" in browser.get(path).text
    assert browser.post(path).location == "/admin/incidents"
    assert rows.query(Incident).count() == 0


@ONE_DATABASE
def test_the_list_goes_on_where_it_ended(browser, database):
    with database.write() as session:
        for number in range(35):
            at = NOW - number * DAY
            own = {"title": f"Number {number}.", "started_at": at, "resolved_at": at + HOUR}
            an_incident(session, status=Phase.RESOLVED, **own)

    first = browser.get("/admin/incidents").text
    link = first.split('rel="next" href="')[1].split('"')[0]
    second = browser.get(link).text

    assert "Number 29." in first
    assert "Number 30." not in first
    assert "Number 30." in second
    assert 'rel="next"' not in second
    assert browser.get("/admin/incidents?after=nonsense").status_code == 200


@ONE_DATABASE
def test_without_incidents_it_says_what_they_are_for(browser):
    assert "When something is wrong, tell your visitors" in browser.get("/admin/incidents").text


@pytest.mark.parametrize("after", ["9" * 30 + "-1", "1-" + "9" * 30, "9" * 5000 + "-1", "-", "x-1"])
def test_nonsense_about_where_to_go_on_begins_at_the_start(browser, incident, after):
    answer = browser.get(f"/admin/incidents?after={after}")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59-23:59", "0001-01-01T00:00+23:59", "0001-01-01T00:00", "soon"]
)
def test_a_time_out_of_this_world_is_told_at_its_field(browser, rows, at):
    form = {"title": "x", "message": "x", "status": "investigating", "impact": "minor"}

    answer = browser.post("/admin/incidents/new", form | {"started_at": at})

    assert answer.status_code == 422
    assert 'id="f-started_at-wrong"' in answer.text
    assert rows.query(Incident).count() == 0
