"""What can be planned, and what is wrong with the rest."""

import pytest
from factories import a_monitor
from plans import ONCE, problems_of


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def test_every_wrong_field_is_named_at_once(session):
    wrong = {
        "title": "",
        "message": 3,
        "time_zone": "Mars/Olympus",
        "starts": "tomorrow",
        "duration": 0,
        "rrule": "FREQ=SECONDLY",
        "exceptions": ["2026-03-12", "noon", "2026-03-12T02:00:00Z"],
        "monitors": ["nobody", {"id": "x", "impact": "huge"}],
        "reminders": [60, 0],
        "notify": "yes",
        "draft": 1,
        "zzz": 1,
    }

    assert set(problems_of(session, wrong)) == {
        "title",
        "message",
        "time_zone",
        "duration",
        "rrule",
        "monitors.1.impact",
        "reminders.1",
        "notify",
        "draft",
        "zzz",
        "exceptions.1",
        "exceptions.2",
    }
    assert set(problems_of(session, {})) == {"title", "starts", "duration"}
    good_zone = ONCE | {"starts": "tomorrow", "monitors": ["nobody"]}
    assert set(problems_of(session, good_zone)) == {"starts", "monitors.0.id"}


@pytest.mark.parametrize(
    "starts",
    [
        "2026-03-12",
        "2026-03-12T02:00:00.5",
        "1999-12-31T00:00",
        "2101-01-01T00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-10-25T01:30:00Z",
    ],
)
def test_a_start_is_a_time_that_the_clock_shows_once(session, starts):
    fields = ONCE | {"starts": starts, "time_zone": "Europe/Berlin"}

    assert set(problems_of(session, fields)) == {"starts"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "rrule"),
        ({"rrule": "FREQ=HOURLY;INTERVAL=2;BYHOUR=3"}, "rrule"),
        ({"rrule": "FREQ=DAILY;COUNT=1", "exceptions": ["2026-03-12"]}, "rrule"),
        ({"rrule": "FREQ=DAILY;COUNT=1", "starts": "2026-03-09T00:00"}, "rrule"),
        ({"rrule": "FREQ=DAILY", "starts": "2024-03-09T00:00"}, "starts"),
        ({"rrule": "FREQ=DAILY", "duration": 1441}, "duration"),
        ({"rrule": "FREQ=HOURLY", "duration": 90}, "duration"),
    ],
)
def test_a_rule_has_windows_left_that_do_not_overlap(session, more, field):
    assert set(problems_of(session, ONCE | more)) == {field}


def test_monitors_are_named_once(session):
    shop = a_monitor(session)

    problems = problems_of(session, ONCE | {"monitors": [shop.slug, {"id": shop.public_id}]})

    assert problems == {"monitors.1.id": "is named twice"}
