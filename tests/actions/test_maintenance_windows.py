"""Windows follow when the schedule changes."""

import pytest
from factories import NOW
from plans import ONCE, WEEKLY, begins, windows_of

from kener.actions.maintenances import edit_maintenance, plan_maintenance
from kener.core.instant import HOUR, MINUTE, iso
from kener.core.windows import WindowStatus


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def test_another_length_keeps_the_windows_and_their_ids(session):
    planned = plan_maintenance(session, WEEKLY, NOW)
    ids = [each.public_id for each in windows_of(session, planned)]

    edit_maintenance(session, planned, {"duration": 30}, NOW)

    windows = windows_of(session, planned)
    assert [each.public_id for each in windows] == ids
    assert {each.ends_at - each.starts_at for each in windows} == {30 * MINUTE}


def test_another_rule_moves_what_has_not_begun(session):
    fields = ONCE | {"starts": "2026-03-10T11:00", "rrule": "FREQ=DAILY;COUNT=4"}
    planned = plan_maintenance(session, fields, NOW)
    open_one = windows_of(session, planned)[0].public_id

    edit_maintenance(session, planned, {"rrule": "FREQ=WEEKLY;COUNT=3"}, NOW)

    assert windows_of(session, planned)[0].public_id == open_one
    assert begins(session, planned) == [
        "2026-03-10T11:00:00Z",
        "2026-03-17T11:00:00Z",
        "2026-03-24T11:00:00Z",
    ]


def test_windows_moved_or_cancelled_by_themselves_stay_so_while_the_rule_has_them(session):
    planned = plan_maintenance(session, ONCE | {"rrule": "FREQ=DAILY;COUNT=4"}, NOW)
    moved, cancelled, *_ = windows_of(session, planned)
    moved.starts_at, moved.ends_at, moved.edited = (
        moved.starts_at + HOUR,
        moved.ends_at + HOUR,
        True,
    )
    cancelled.told = WindowStatus.CANCELLED

    edit_maintenance(session, planned, {"rrule": "FREQ=DAILY;COUNT=3", "duration": 60}, NOW)

    first, second, third = windows_of(session, planned)
    assert iso(first.starts_at) == "2026-03-12T03:00:00Z"
    assert second.told is WindowStatus.CANCELLED
    assert third.ends_at - third.starts_at == HOUR


def test_work_that_takes_place_once_moves_as_it_is_also_in_the_past(session):
    planned = plan_maintenance(session, ONCE | {"starts": "2026-03-01T02:00"}, NOW)
    (window,) = windows_of(session, planned)

    edit_maintenance(session, planned, {"starts": "2026-03-02T02:00", "duration": 30}, NOW)

    (moved,) = windows_of(session, planned)
    assert moved.public_id == window.public_id
    assert (iso(moved.starts_at), iso(moved.ends_at)) == (
        "2026-03-02T02:00:00Z",
        "2026-03-02T02:30:00Z",
    )
