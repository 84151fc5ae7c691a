"""Planning work, changing the plan, and calling it off."""

import pytest
from factories import NOW, a_monitor
from plans import ONCE, WEEKLY, begins, windows_of
from sqlalchemy import func, select

from kener.actions.maintenance_windows import AGAIN, AHEAD, HORIZON
from kener.actions.maintenances import (
    cancel_maintenance,
    delete_maintenance,
    edit_maintenance,
    plan_maintenance,
)
from kener.actions.monitor_bulk import change_many, read_bulk
from kener.actions.monitors import delete_monitor
from kener.actions.turns import make_more
from kener.core.errors import Conflict, Invalid
from kener.core.instant import DAY, iso, parse_iso
from kener.core.status import Status
from kener.core.windows import WindowStatus
from kener.store.tables import Event, Maintenance, MaintenanceMonitor, Publication, Window


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


def events_of(session):
    return [(event.name, event.data) for event in session.query(Event).order_by(Event.id)]


def names_of(session):
    return [name.partition(".")[2] for name, _ in events_of(session)]


def dirty(session):
    return session.scalar(select(Publication.dirty_seq))


def test_work_that_takes_place_once_has_one_window(session):
    shop = a_monitor(session, name="Shop")
    before = dirty(session)

    planned = plan_maintenance(session, ONCE | {"monitors": [shop.slug]}, NOW)

    (window,) = windows_of(session, planned)
    assert (iso(window.starts_at), iso(window.ends_at)) == (
        "2026-03-12T02:00:00Z",
        "2026-03-12T03:30:00Z",
    )
    assert {each.monitor.name: each.impact for each in planned.affected} == {
        "Shop": Status.MAINTENANCE
    }
    assert planned.more_at is None
    assert dirty(session) == before + 1
    assert events_of(session) == [
        (
            "maintenance.scheduled",
            {
                "maintenance_id": planned.public_id,
                "window_id": window.public_id,
                "title": "Database upgrade",
                "message": "",
                "monitors": [shop.public_id],
                "starts_at": "2026-03-12T02:00:00Z",
                "ends_at": "2026-03-12T03:30:00Z",
            },
        )
    ]


def test_a_time_with_a_zone_of_its_own_is_put_on_the_clocks_of_the_maintenance(session):
    given = {"starts": "2026-07-01T22:30:00Z", "time_zone": "Asia/Kathmandu"}

    planned = plan_maintenance(session, ONCE | given, NOW)

    assert planned.starts == "2026-07-02T04:15:00"
    assert begins(session, planned) == ["2026-07-01T22:30:00Z"]


def test_a_rule_has_its_windows_ahead_and_two_in_the_morning_stays_that(session):
    planned = plan_maintenance(session, WEEKLY, NOW)

    found = begins(session, planned)
    assert found[:4] == [
        "2026-03-12T01:00:00Z",
        "2026-03-19T01:00:00Z",
        "2026-03-26T01:00:00Z",
        "2026-04-02T00:00:00Z",
    ]
    last = parse_iso(found[-1])
    assert NOW + HORIZON - 7 * DAY < last <= NOW + HORIZON + 2 * DAY
    assert planned.more_at == NOW + AGAIN


def test_of_a_rule_the_open_window_is_there_and_none_that_is_over(session):
    fields = ONCE | {"starts": "2026-03-01T11:00", "rrule": "FREQ=DAILY"}

    planned = plan_maintenance(session, fields, NOW)

    assert begins(session, planned)[0] == "2026-03-10T11:00:00Z"
    assert len(windows_of(session, planned)) == AHEAD


def test_more_windows_are_made_as_time_goes_by_and_none_twice(session):
    planned = plan_maintenance(session, ONCE | {"rrule": "FREQ=DAILY"}, NOW)

    assert make_more(session, NOW) == 0
    later = NOW + 10 * DAY
    assert [make_more(session, later), make_more(session, later)] == [1, 0]

    found = windows_of(session, planned)
    assert len({each.original_at for each in found}) == len(found)
    assert sum(each.ends_at > later for each in found) == AHEAD


@pytest.mark.parametrize("end", ["COUNT=3", "UNTIL=20260314"])
def test_a_rule_that_ends_is_looked_at_no_more(session, end):
    planned = plan_maintenance(session, ONCE | {"rrule": f"FREQ=DAILY;{end}"}, NOW)

    assert len(windows_of(session, planned)) == 3
    assert planned.more_at is None


def test_a_rule_whose_next_window_is_years_away_is_kept_in_mind(session):
    rule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"
    planned = plan_maintenance(session, ONCE | {"rrule": rule}, NOW)

    assert (windows_of(session, planned), planned.more_at) == ([], NOW + AGAIN)
    make_more(session, parse_iso("2027-03-01T00:00:00Z"))
    assert begins(session, planned) == ["2028-02-29T02:00:00Z"]


def test_what_is_over_can_be_written_down_later_and_is_no_news(session):
    planned = plan_maintenance(session, ONCE | {"starts": "2026-03-01T02:00"}, NOW)

    (window,) = windows_of(session, planned)
    assert (window.told, window.turn_at) == (WindowStatus.COMPLETED, None)
    assert events_of(session) == []


def test_a_draft_is_told_of_when_it_is_published(session):
    before = dirty(session)
    planned = plan_maintenance(session, ONCE | {"draft": True}, NOW)
    edit_maintenance(session, planned, {"title": "Upgrade"}, NOW)
    assert (events_of(session), windows_of(session, planned)[0].turn_at) == ([], None)

    edit_maintenance(session, planned, {"draft": False}, NOW)

    assert names_of(session) == ["scheduled"]
    assert windows_of(session, planned)[0].turn_at == parse_iso("2026-03-12T02:00:00Z")
    assert dirty(session) > before
    with pytest.raises(Invalid, match="was published"):
        edit_maintenance(session, planned, {"draft": True}, NOW)


def test_windows_that_passed_while_it_was_a_draft_took_no_place(session):
    fields = ONCE | {"rrule": "FREQ=DAILY;COUNT=3", "draft": True}
    planned = plan_maintenance(session, fields, NOW)

    edit_maintenance(session, planned, {"draft": False}, parse_iso("2026-03-13T12:00:00Z"))

    assert begins(session, planned) == ["2026-03-14T02:00:00Z"]


def test_who_is_not_to_be_told_hears_nothing(session):
    planned = plan_maintenance(session, ONCE | {"notify": False}, NOW)
    edit_maintenance(session, planned, {"title": "Upgrade"}, NOW)
    cancel_maintenance(session, planned, NOW)

    assert events_of(session) == []


def test_an_edit_keeps_what_it_does_not_name(session):
    shop = a_monitor(session)
    given = {"monitors": [{"id": shop.slug, "impact": "down"}], "reminders": [60, 1440, 60]}
    planned = plan_maintenance(session, WEEKLY | given, NOW)
    windows = {each.public_id: each.starts_at for each in windows_of(session, planned)}

    edit_maintenance(session, planned, {"title": "Upgrade"}, NOW + 1, 1)

    assert (planned.title, planned.version, planned.reminders) == ("Upgrade", 2, [1440, 60])
    assert [each.impact for each in planned.affected] == [Status.DOWN]
    assert {each.public_id: each.starts_at for each in windows_of(session, planned)} == windows
    assert names_of(session) == ["scheduled", "updated"]
    with pytest.raises(Conflict):
        edit_maintenance(session, planned, {"title": "Other"}, NOW, 1)


def test_cancelling_calls_off_what_is_not_over_once(session):
    fields = ONCE | {"starts": "2026-03-10T11:00", "rrule": "FREQ=DAILY;COUNT=3"}
    planned = plan_maintenance(session, fields, NOW)

    for _ in range(2):
        cancel_maintenance(session, planned, NOW)

    assert {each.told for each in windows_of(session, planned)} == {WindowStatus.CANCELLED}
    assert names_of(session) == ["scheduled", "cancelled"]
    assert (planned.cancelled_at, planned.version) == (NOW, 2)
    with pytest.raises(Conflict):
        edit_maintenance(session, planned, {"duration": 5}, NOW)
    edit_maintenance(session, planned, {"message": "It was not needed."}, NOW)


def test_what_is_deleted_takes_everything_along_and_is_told_of_if_it_was_to_come(session):
    shop = a_monitor(session)
    over = plan_maintenance(session, ONCE | {"starts": "2026-03-01T02:00"}, NOW)
    planned = plan_maintenance(session, WEEKLY | {"monitors": [shop.slug]}, NOW)

    delete_maintenance(session, planned, NOW)
    delete_maintenance(session, over, NOW)

    for table in (Maintenance, MaintenanceMonitor, Window):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert names_of(session) == ["scheduled", "cancelled"]


def delete_each(session, *monitors):
    for each in monitors:
        delete_monitor(session, each, NOW)


def delete_at_once(session, *monitors):
    ids = [each.public_id for each in monitors]
    change_many(session, read_bulk({"action": "delete", "ids": ids}), NOW)


@pytest.mark.parametrize("delete", [delete_each, delete_at_once])
def test_what_only_spoke_of_a_hidden_monitor_goes_with_it(session, delete):
    hidden, shown = a_monitor(session, hidden=True), a_monitor(session)
    plan_maintenance(session, ONCE | {"title": "Secret", "monitors": [hidden.slug]}, NOW)
    both = {"title": "Open", "monitors": [hidden.slug, shown.slug]}
    plan_maintenance(session, ONCE | both, NOW)

    delete(session, hidden, shown)

    assert session.scalars(select(Maintenance.title)).all() == ["Open"]
