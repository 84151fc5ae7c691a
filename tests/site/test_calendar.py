"""Calendars, read by a library for them."""

import pages
import pytest
from factories import a_window
from icalendar import Calendar

from kener.core.instant import DAY, HOUR, MINUTE, as_datetime
from kener.core.status import Status
from kener.store.tables import Incident, Maintenance

NOW = pages.NOW


@pytest.fixture
def planned(database, shop):
    with database.write() as session:
        search = session.merge(shop["search"]), Status.MAINTENANCE
        title = "Move; to, new – hosts " + "and more " * 12
        a_window(session, search, starts_at=NOW + DAY, ends_at=NOW + DAY + HOUR, title=title)


@pytest.fixture
def events(make):
    def events(path, now=NOW):
        body = make(now).files[path].body
        return {str(each["uid"]): each for each in Calendar.from_ical(body).walk("VEVENT")}

    return events


def test_work_is_there_with_its_times_in_utc(planned, events):
    (event,) = events("maintenance.ics").values()

    assert event.decoded("dtstart") == as_datetime(NOW + DAY)
    assert event.decoded("dtend") == as_datetime(NOW + DAY + HOUR)
    assert str(event["summary"]).startswith("Move; to, new – hosts and more")
    assert str(event["url"]).startswith("https://status.example.org/maintenance/#win")
    assert [str(each) for each in event["categories"].cats] == ["Search"]


def test_lines_are_short_and_end_as_the_standard_says(planned, make):
    body = make().files["maintenance.ics"].body

    assert body.endswith(b"END:VCALENDAR\r\n")
    assert all(len(each) <= 75 for each in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in body


def test_incidents_are_in_the_whole_calendar(planned, events):
    found = events("calendar.ics")

    ongoing = found["incopen000@kener"]
    assert ongoing.decoded("dtstart") == as_datetime(NOW - 37 * MINUTE)
    assert ongoing.decoded("dtend") == as_datetime(NOW - 11 * MINUTE)
    assert "Identified: The card processor answers slowly." in str(ongoing["description"])
    assert "incpast000@kener" in found
    assert len(found) == 3


def test_the_same_events_are_the_same_bytes(planned, make):
    first, second = make(NOW), make(NOW + MINUTE, seq=2)

    for path in ("maintenance.ics", "calendar.ics"):
        assert first.files[path].body == second.files[path].body


def test_a_change_has_a_higher_number(database, planned, events):
    before = {uid: int(each["sequence"]) for uid, each in events("calendar.ics").items()}
    with database.write() as session:
        for row in (*session.query(Incident), *session.query(Maintenance)):
            row.version += 1

    after = {uid: int(each["sequence"]) for uid, each in events("calendar.ics").items()}
    assert {uid: number + 1 for uid, number in before.items()} == after


def test_an_incident_of_no_service_has_no_categories(database, shop, events):
    with database.write() as session:
        past = session.query(Incident).filter_by(public_id="incpast000").one()
        past.affected.clear()

    assert "categories" not in events("calendar.ics")["incpast000@kener"]
