"""One window: moved, extended, finished, cancelled."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from factories import NOW, a_window
from sqlalchemy import select

from kener.actions.maintenances import plan_maintenance
from kener.actions.turns import take_turns
from kener.actions.windows import cancel_window, extend_window, finish_window, move_window
from kener.core.errors import Conflict, Invalid
from kener.core.instant import DAY, HOUR, MINUTE, iso
from kener.core.windows import WindowStatus, status_at
from kener.store.maintenances import find_window
from kener.store.tables import Event, Window

DAILY = {"title": "Upgrade", "starts": "2026-03-10T11:30", "duration": 60, "rrule": "FREQ=DAILY"}
"""Its first window is open: it began half an hour ago."""


@pytest.fixture
def session(database):
    with database.write() as session:
        yield session


@pytest.fixture
def planned(session):
    return plan_maintenance(session, DAILY, NOW)


@pytest.fixture
def windows(session, planned):
    return list(session.scalars(select(Window).order_by(Window.starts_at)))


def names_of(session):
    names = session.scalars(select(Event.name).order_by(Event.id))
    return [each.partition(".")[2] for each in names]


def test_a_window_moves_and_stays_as_long_as_it_is(session, windows):
    later = windows[1]

    move_window(session, later, {"starts_at": iso(NOW + 2 * DAY)}, NOW, 1)

    assert (later.starts_at, later.ends_at) == (NOW + 2 * DAY, NOW + 2 * DAY + HOUR)
    assert (later.edited, later.version, later.original_at) == (True, 2, NOW + DAY - 30 * MINUTE)
    assert later.turn_at == NOW + 2 * DAY
    assert names_of(session) == ["scheduled", "updated"]
    with pytest.raises(Conflict):
        move_window(session, later, {"ends_at": iso(NOW + 3 * DAY)}, NOW, 1)


def test_a_move_to_where_it_is_is_no_news(session, windows):
    move_window(session, windows[1], {"starts_at": iso(windows[1].starts_at)}, NOW)

    assert (windows[1].edited, names_of(session)) == (False, ["scheduled"])


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"starts_at": "noon", "ends_at": "2026-03-10T12:00:00"}, {"starts_at", "ends_at"}),
        ({"starts_at": "0001-01-01T00:00:00Z", "ends_at": 5}, {"starts_at", "ends_at"}),
        ({"ends_at": iso(NOW - DAY)}, {"ends_at"}),
        ({"ends_at": iso(NOW + 40 * DAY)}, {"ends_at"}),
        ({"duration": 5}, {"duration"}),
    ],
)
def test_a_window_ends_after_its_start(session, windows, changes, fields):
    with pytest.raises(Invalid) as error:
        move_window(session, windows[0], changes, NOW, exact=True)

    assert set(error.value.problems) == fields


def test_one_that_is_over_can_be_put_right_silently(session, windows):
    take_turns(session, NOW + HOUR)
    before = names_of(session)

    move_window(session, windows[0], {"ends_at": iso(NOW)}, NOW + HOUR)
    take_turns(session, NOW + HOUR)

    assert windows[0].told is WindowStatus.COMPLETED
    assert names_of(session) == [*before, "updated"]


def test_one_that_has_begun_and_is_put_off_begins_again(session, windows):
    take_turns(session, NOW)
    move_window(session, windows[0], {"starts_at": iso(NOW + HOUR)}, NOW)
    take_turns(session, NOW + 30 * MINUTE)
    take_turns(session, NOW + HOUR)

    assert names_of(session) == ["scheduled", "started", "updated", "started"]


def test_a_window_lasts_longer(session, windows):
    extend_window(session, windows[0], {"minutes": 45}, NOW)

    assert windows[0].ends_at == NOW + 75 * MINUTE
    assert names_of(session) == ["scheduled", "started", "updated"]
    with pytest.raises(Invalid):
        extend_window(session, windows[0], {"minutes": 31 * 24 * 60}, NOW)
    with pytest.raises(Conflict):
        extend_window(session, windows[0], {"minutes": 1}, NOW + 2 * HOUR)


def test_a_window_is_finished_early_and_its_end_told_once(session, windows):
    finish_window(session, windows[0], NOW)
    take_turns(session, NOW + HOUR)

    assert (windows[0].ends_at, status_at(windows[0].progress, NOW)) == (
        NOW,
        WindowStatus.COMPLETED,
    )
    assert names_of(session) == ["scheduled", "started", "completed"]
    for window in windows[:2]:
        with pytest.raises(Conflict):
            finish_window(session, window, NOW)


def test_a_cancelled_window_does_not_take_place(session, windows):
    for _ in range(2):
        cancel_window(session, windows[1], NOW)
    take_turns(session, NOW + DAY)

    assert status_at(windows[1].progress, NOW + DAY) is WindowStatus.CANCELLED
    assert names_of(session) == ["scheduled", "cancelled", "started", "completed"]
    for change in (finish_window, lambda *args: move_window(*args[:2], {}, args[2])):
        with pytest.raises(Conflict):
            change(session, windows[1], NOW)


def test_one_that_is_over_cannot_be_cancelled(session, windows):
    with pytest.raises(Conflict):
        cancel_window(session, windows[0], NOW + HOUR)


def test_with_its_only_window_a_maintenance_is_cancelled(session):
    once = plan_maintenance(session, DAILY | {"rrule": None}, NOW)
    (window,) = session.scalars(select(Window))

    cancel_window(session, window, NOW)

    assert (once.cancelled_at, window.told) == (NOW, WindowStatus.CANCELLED)
    assert names_of(session) == ["scheduled", "started", "cancelled"]


def test_of_changes_at_once_none_is_lost_and_the_end_is_told_once(database):
    with database.write() as session:
        name = a_window(session).public_id
    begin = Barrier(4)

    def extend(_):
        begin.wait()
        with database.write() as session:
            extend_window(session, find_window(session, name), {"minutes": 10}, NOW + 1)

    def finish(_):
        begin.wait()
        try:
            with database.write() as session:
                finish_window(session, find_window(session, name), NOW + MINUTE)
        except Conflict:
            return 0
        return 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(extend, range(4)))
        with database.read() as session:
            assert find_window(session, name).ends_at == NOW + HOUR + 40 * MINUTE
        assert sum(pool.map(finish, range(4))) == 1
    with database.read() as session:
        assert names_of(session).count("completed") == 1
