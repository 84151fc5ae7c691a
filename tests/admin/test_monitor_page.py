"""/admin/monitors/<id>: one monitor, and what can be done with it."""

import pytest
from factories import a_monitor, a_span, the_location
from forms import HTMX

from kener.actions.monitors import create_monitor
from kener.core.instant import DAY, MINUTE
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Heartbeat, Monitor, Observation, Result, Schedule

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def monitor(database):
    """Up for a day but for ten minutes that have just begun, with results."""
    at = now()
    with database.write() as session:
        monitor = a_monitor(session, name="Shop", created_at=at - DAY)
        location = the_location(session).id
        a_span(session, monitor, Status.UP, at - DAY, to_at=at - 10 * MINUTE)
        a_span(session, monitor, Status.DOWN, at - 10 * MINUTE, reason=Reason.REFUSED)
        session.add(
            Observation(
                monitor_id=monitor.id,
                location_id=location,
                slot_at=at,
                observed_until=at + 5 * MINUTE,
                observed=Status.DOWN,
                confirmed=Status.DOWN,
                run_status=Status.DOWN,
                reason=Reason.REFUSED,
                detail="connection refused by 127.0.0.1:9",
                facts={"address": "127.0.0.1", "http_version": "2"},
                phases={"dns": 3.0, "connect": 9.0, "total": 12.0},
            )
        )
        for minute in range(20):
            down = minute < 10
            session.add(
                Result(
                    due_at=at - minute * MINUTE,
                    monitor_id=monitor.id,
                    location_id=location,
                    status=Status.DOWN if down else Status.UP,
                    latency_us=None if down else 42_000,
                    detail="connection refused by 127.0.0.1:9" if down else None,
                )
            )
    return monitor


def test_the_page_says_how_it_is_and_how_it_was(browser, monitor):
    html = browser.get(f"/admin/monitors/{monitor.public_id}").text

    assert 'class="s-down">Outage</span>' in html
    assert "for 10 min" in html
    assert "Connection refused by 127.0.0.1:9" in html
    assert html.count("<td><time") == 20
    assert "42 ms" in html
    assert "99.3" in html  # 1430 of 1440 minutes
    assert "HTTP version" in html
    assert 'class="chart"' in html
    assert "every 1 min" in html


@ONE_DATABASE
def test_htmx_gets_only_what_changes_by_itself(browser, monitor):
    piece = browser.get(f"/admin/monitors/{monitor.public_id}", headers=HTMX).text

    assert piece.lstrip().startswith('<div id="now"')
    assert "<h1>" not in piece


def test_a_monitor_is_paused_and_the_way_back_is_offered(browser, monitor, rows):
    path = f"/admin/monitors/{monitor.public_id}"

    paused = browser.post(f"{path}/pause")

    assert (paused.status_code, paused.location) == (303, path)
    assert rows.get(Monitor, monitor.id).paused
    assert rows.query(Schedule).one().due_at is None
    page = browser.get(path).text
    assert "Shop is paused." in page
    assert f'action="{path}/resume"' in page
    rows.rollback()
    browser.post(f"{path}/resume")
    assert rows.query(Schedule).one().due_at <= now()


@ONE_DATABASE
def test_in_the_list_htmx_gets_the_row_and_the_message(browser, monitor):
    answer = browser.post(f"/admin/monitors/{monitor.public_id}/pause", headers=HTMX).text

    assert answer.lstrip().startswith(f'<tr id="monitor-{monitor.public_id}"')
    assert '<hx-partial hx-target="#toast" hx-swap="outerHTML"><div id="toast"' in answer
    assert "Undo" in answer
    assert "Undo" not in browser.get("/admin/monitors").text


@ONE_DATABASE
def test_without_javascript_the_list_comes_back_to_itself(browser, monitor):
    answer = browser.post(f"/admin/monitors/{monitor.public_id}/pause", {"from": "list"})

    assert answer.location == "/admin/monitors"


def test_check_now_is_due_now(browser, monitor, database, rows):
    later = now() + DAY
    with database.write() as session:
        schedule = session.query(Schedule).one()
        schedule.due_at = schedule.regular_at = later

    browser.post(f"/admin/monitors/{monitor.public_id}/check")

    stored = rows.query(Schedule).one()
    assert stored.due_at <= now()
    assert stored.regular_at == later


@ONE_DATABASE
def test_a_paused_monitor_is_not_checked_and_htmx_says_why(browser, monitor):
    path = f"/admin/monitors/{monitor.public_id}"
    browser.post(f"{path}/pause")

    answer = browser.post(f"{path}/check", headers=HTMX)

    assert answer.status_code == 409
    assert answer.headers["HX-Reswap"] == "none"
    assert "This monitor is paused" in answer.headers["HX-Trigger"]


def test_deleting_is_asked_first_and_then_final(browser, monitor, rows):
    path = f"/admin/monitors/{monitor.public_id}/delete"

    asked = browser.get(path, headers=HTMX).text
    assert "Delete Shop?" in asked
    assert rows.query(Monitor).count() == 1
    rows.rollback()
    answer = browser.post(path)

    assert answer.location == "/admin/monitors"
    assert rows.query(Monitor).count() == 0
    assert "Shop was deleted." in browser.get("/admin/monitors").text


@ONE_DATABASE
def test_a_heartbeat_shows_where_to_report(browser, database, rows):
    with database.write() as session:
        fields = {"name": "Backup", "kind": "heartbeat"}
        public_id = create_monitor(session, fields, now()).public_id

    html = browser.get(f"/admin/monitors/{public_id}").text

    assert "http://127.0.0.1:3000/api/heartbeat/" in html
    assert "crontab" in html
    with database.write() as session:
        session.query(Heartbeat).one().token_sealed = "enc:v1:00000000:eHh4"
    assert "its secret key is gone" in browser.get(f"/admin/monitors/{public_id}").text
