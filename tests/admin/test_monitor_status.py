"""The form that says how a manual monitor is."""

import pytest
from factories import a_monitor
from forms import HTMX
from sqlalchemy import select

from kener.actions.monitors import create_monitor, pause_monitor
from kener.store.clock import now
from kener.store.tables import Monitor, PushedStatus

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TOLD = {"status": "degraded", "message": "one lane only", "expires_in": "3600"}


@pytest.fixture
def bridge(browser, database):
    with database.write() as session:
        return create_monitor(session, {"name": "Bridge", "kind": "manual"}, now()).public_id


def test_the_monitors_page_has_the_form_and_sets_the_status(browser, rows, bridge):
    page = f"/admin/monitors/{bridge}"
    assert 'id="status-form"' in browser.get(page).text

    answer = browser.post(f"{page}/status", TOLD)

    assert answer.status_code == 303
    pushed = rows.scalars(select(PushedStatus)).one()
    assert (pushed.status, pushed.message) == ("degraded", "one lane only")
    assert pushed.expires_at == pushed.pushed_at + 3_600_000
    shown = browser.get(page).text
    assert "one lane only" in shown
    assert "Bridge: Degraded." in shown


def test_without_a_choice_it_holds_as_the_settings_say(browser, rows, bridge):
    browser.post(f"/admin/monitors/{bridge}/status", TOLD | {"expires_in": ""})

    assert rows.scalars(select(PushedStatus)).one().expires_at is None


def test_a_mistake_comes_back_with_what_was_typed(browser, rows, bridge):
    where = f"/admin/monitors/{bridge}/status"
    answer = browser.post(where, TOLD | {"status": "fine"}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.text.startswith('<form id="status-form"')
    assert "one lane only" in answer.text
    assert rows.scalars(select(PushedStatus)).all() == []


def test_a_form_without_our_token_changes_nothing(browser, rows, bridge):
    answer = browser.post(f"/admin/monitors/{bridge}/status", TOLD | {"csrf_token": ""})

    assert answer.status_code == 400
    assert rows.scalars(select(PushedStatus)).all() == []


def test_others_have_no_such_form_and_are_not_told(browser, database, bridge):
    with database.write() as session:
        tcp = a_monitor(session).public_id
        paused = session.scalars(select(Monitor).filter_by(kind="manual")).one()
        pause_monitor(session, paused, now())

    for public_id in (tcp, bridge):
        assert 'id="status-form"' not in browser.get(f"/admin/monitors/{public_id}").text
        assert browser.post(f"/admin/monitors/{public_id}/status", TOLD).status_code == 409
        assert browser.get(f"/admin/monitors/{public_id}/status").status_code == 200
