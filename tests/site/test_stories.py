"""Incidents on the page, and the two weeks behind us."""

import pages
import pytest

from kener.actions.incident_updates import post_update
from kener.core.instant import DAY, HOUR, MINUTE
from kener.site.pages import story_key
from kener.site.stories import past_two_weeks, steps, told
from kener.store.tables import Incident, Page
from kener.store.tables.incidents import Phase

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def lines(seen):
    return [
        each["story"]["title"] if "story" in each else (each["range"], each["text"])
        for each in past_two_weeks(seen)
    ]


def test_steps_before_the_one_reached_are_done():
    assert [each["state"] for each in steps(Phase.IDENTIFIED)] == ["done", "now", "", ""]
    assert [each["state"] for each in steps(Phase.RESOLVED)] == ["done"] * 4
    assert steps(Phase.POSTMORTEM) == steps(Phase.RESOLVED)


@ON_SQLITE
def test_calm_days_between_incidents_are_one_line(shop, look):
    assert lines(look()) == [
        "Slow checkout <in Europe>",
        ("8–9 Mar", "Two days without reported incidents"),
        "Delayed order e-mails",
        ("25 Feb – 6 Mar", "Ten days without reported incidents"),
    ]


@ON_SQLITE
def test_the_past_begins_with_the_first_service(database, look):
    with database.write() as session:
        pages.a_service(session, "Shop", age=2 * DAY)

    assert lines(look()) == [("8–10 Mar", "Three days without reported incidents")]


@ON_SQLITE
def test_a_page_of_today_has_no_past(database, look):
    with database.write() as session:
        pages.a_service(session, "Shop", age=HOUR)

    assert lines(look()) == []


@ON_SQLITE
def test_days_are_the_pages_own(database, look):
    with database.write() as session:
        session.query(Page).one().time_zone = "Pacific/Kiritimati"
        pages.a_service(session, "Shop", age=DAY)

    assert lines(look()) == [("10–11 Mar", "Two days without reported incidents")]


@ON_SQLITE
def test_an_incident_says_how_long_it_lasted(shop, look):
    past = look().stories[1]

    assert told(past, pages.NOW)["lasted"] == "52 min"
    assert told(look().stories[0], pages.NOW)["lasted"] == ""


@ON_SQLITE
def test_the_promise_of_an_update_stands_beside_the_incident_until_it_is_overdue(
    database, shop, look, make, read
):
    with database.write() as session:
        incident = session.query(Incident).filter_by(public_id="incopen000").one()
        incident.next_update_by = pages.NOW + MINUTE
    kept, late = make(), make(pages.NOW + 2 * MINUTE)

    for path in ("index.html", "incidents/incopen000/index.html"):
        assert "<dt>Next update by</dt>" in read(kept, path)
        assert "overdue" not in read(kept, path)
        assert "overdue" in read(late, path)
    assert "Next update by" not in read(kept, "incidents/incpast000/index.html")
    before, after = look(pages.NOW), look(pages.NOW + 2 * MINUTE)
    assert story_key(before.stories[0], before) != story_key(after.stories[0], after)


@ON_SQLITE
def test_a_postmortem_is_read_on_the_page_of_an_incident_that_stays_over(
    database, shop, look, make, read
):
    with database.write() as session:
        incident = session.query(Incident).filter_by(public_id="incpast000").one()
        said = {"status": "postmortem", "message": "The queue was too short."}
        post_update(session, incident, said, pages.NOW)

    html = read(make(), "incidents/incpast000/index.html")
    assert "<b>Postmortem</b>" in html
    assert "The queue was too short." in html
    assert "Resolved incident" in html
    assert len(look().open_stories) == 1
