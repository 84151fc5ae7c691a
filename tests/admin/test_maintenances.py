"""/admin/maintenances: planning, changing, calling off."""

import pytest
from factories import a_monitor, a_window
from forms import HTMX

from kener.core.instant import DAY, HOUR, MINUTE
from kener.core.status import Status
from kener.core.windows import WindowStatus
from kener.store.clock import now
from kener.store.tables import Maintenance, Window

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FORM = {
    "title": "Database upgrade",
    "message": "Orders take longer.",
    "starts": "2040-03-11T02:00",
    "time_zone": "Europe/Berlin",
    "duration": "90",
    "rrule": "FREQ=WEEKLY;BYDAY=SU",
    "exceptions": "2040-03-18\n2040-04-01",
    "reminders": "1440, 60",
    "notify": "true",
}


@pytest.fixture
def monitor(database):
    with database.write() as session:
        return a_monitor(session, name="Checkout")


@pytest.fixture
def window(database, monitor):
    """An open one."""
    with database.write() as session:
        at = now()
        return a_window(
            session, (monitor, Status.MAINTENANCE), starts_at=at - HOUR, ends_at=at + HOUR
        )


def test_work_is_planned_and_shown(browser, monitor, rows):
    assert "Nothing is planned" in browser.get("/admin/maintenances").text
    assert 'value="UTC"' in browser.get("/admin/maintenances/new").text

    said = {f"monitor.{monitor.public_id}": "maintenance"}
    answer = browser.post("/admin/maintenances/new", FORM | said)

    stored = rows.query(Maintenance).one()
    assert answer.location == f"/admin/maintenances/{stored.public_id}"
    assert (stored.starts, stored.duration, stored.reminders) == (
        "2040-03-11T02:00:00",
        90,
        [1440, 60],
    )
    assert stored.exceptions == ["2040-03-18", "2040-04-01"]
    assert [each.monitor_id for each in stored.affected] == [monitor.id]
    html = browser.get(answer.location).text
    assert "Checkout" in html
    assert "11 Mar 2040, 02:00" in html
    assert "Database upgrade" in browser.get("/admin/maintenances").text


@ONE_DATABASE
def test_a_mistake_comes_back_with_what_was_typed(browser, rows):
    browser.get("/admin/maintenances/new")
    wrong = FORM | {"title": "", "rrule": "FREQ=SECONDLY", "duration": "long", "reminders": "x"}

    answer = browser.post("/admin/maintenances/new", wrong, headers=HTMX)

    assert answer.status_code == 422
    assert "Must be a whole number." in answer.text
    assert "FREQ=SECONDLY" in answer.text
    assert "Orders take longer." in answer.text
    assert rows.query(Maintenance).count() == 0


@ONE_DATABASE
def test_the_plan_is_changed_unless_somebody_was_faster(browser, window, rows):
    path = f"/admin/maintenances/{window.maintenance.public_id}"
    html = browser.get(f"{path}/edit").text
    assert 'value="Database upgrade"' in html
    changed = FORM | {"title": "Disk upgrade", "version": "1"}

    assert browser.post(f"{path}/edit", changed).status_code == 303
    late = browser.post(f"{path}/edit", changed | {"title": "Other"})

    assert (late.status_code, "What differs now" in late.text) == (409, True)
    assert rows.query(Maintenance).one().title == "Disk upgrade"


@ONE_DATABASE
def test_an_open_window_is_extended_then_finished(browser, window, rows):
    path = f"/admin/maintenances/{window.maintenance.public_id}"
    assert "In progress" in browser.get(path).text

    browser.post(f"/admin/windows/{window.public_id}/extend")
    assert rows.query(Window).one().ends_at == window.ends_at + 30 * MINUTE
    rows.rollback()
    browser.post(f"/admin/windows/{window.public_id}/finish")
    assert rows.query(Window).one().ends_at <= now()
    again = browser.post(f"/admin/windows/{window.public_id}/finish")

    assert (again.status_code, "This window is over." in again.text) == (409, True)
    assert "No window is open or ahead." in browser.get(path).text
    assert "Over" in browser.get(f"{path}?over=1").text
    assert browser.post(f"/admin/windows/{window.public_id}/explode").status_code in {404, 405}


@ONE_DATABASE
def test_it_is_cancelled_and_deleted_after_a_question(browser, window, rows):
    path = f"/admin/maintenances/{window.maintenance.public_id}"
    assert "Cancel “Database upgrade”?" in browser.get(f"{path}/cancel", headers=HTMX).text

    browser.post(f"{path}/cancel")
    assert rows.query(Window).one().told is WindowStatus.CANCELLED
    assert "Cancelled" in browser.get(path).text
    assert "Delete “Database upgrade”?" in browser.get(f"{path}/delete").text
    rows.rollback()
    browser.post(f"{path}/delete")

    assert rows.query(Maintenance).count() == 0


@ONE_DATABASE
def test_long_lists_go_on_on_another_page(browser, database, rows):
    with database.write() as session:
        for number in range(31):
            at = now() + number * DAY
            a_window(session, title=f"Work {number}.", starts_at=at, ends_at=at + HOUR)
    html = browser.get("/admin/maintenances").text
    assert ("Work 30." in html, "Work 0." in html, "Older ones" in html) == (True, False, True)

    last = rows.query(Maintenance).filter_by(title="Work 1.").one().id
    assert "Work 0." in browser.get(f"/admin/maintenances?before={last}").text
    assert "Work 30." in browser.get("/admin/maintenances?before=nonsense").text
