"""Refusals and bugs, as pages and as messages."""

import json

import pytest
from factories import a_monitor
from forms import HTMX

from kener.web.database import db

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_an_address_that_is_none_is_told_in_our_look(browser):
    answer = browser.get("/admin/nothing/here")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert 'href="/admin/"' in answer.text


def test_for_htmx_a_refusal_is_a_message_and_nothing_is_swapped(browser):
    answer = browser.get("/admin/monitors/nothing", headers=HTMX)

    assert (answer.status_code, answer.text) == (404, "")
    assert answer.headers["HX-Reswap"] == "none"
    assert json.loads(answer.headers["HX-Trigger"]) == {
        "toast": {"text": "There is no monitor 'nothing'.", "stays": True}
    }


def test_a_message_with_any_letter_is_a_valid_header(browser):
    answer = browser.get("/admin/monitors/Zähler\u2028☃", headers=HTMX)

    assert answer.headers["HX-Trigger"].isascii()
    assert "☃" in json.loads(answer.headers["HX-Trigger"])["toast"]["text"]


def test_too_much_at_once_is_refused(browser):
    answer = browser.post("/admin/incidents/new", {"message": "x" * 1_100_000})

    assert answer.status_code == 413
    assert "This is too much at once" in answer.text


def test_a_bug_of_ours_tells_nothing_but_a_number_that_is_in_the_log(app, browser, caplog):
    def break_down():
        raise RuntimeError("the database password is hunter2")

    app.testing = False
    app.view_functions["admin.webhooks"] = break_down

    answer = browser.get("/admin/webhooks")

    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    number = answer.text.split("under the number ")[1].split(".")[0]
    assert number in caplog.text
    assert "RuntimeError" in caplog.text


def test_a_full_disk_is_told_and_heals(app, browser, rows):
    with app.app_context(), db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    form = {"title": "x", "status": "investigating", "impact": "minor", "message": "y" * 9_000}

    answers = [browser.post("/admin/incidents/new", form) for _ in range(4)]
    assert answers[-1].status_code == 503
    assert "The database cannot do this now" in answers[-1].text
    assert "it is full" in answers[-1].text

    with app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert browser.post("/admin/incidents/new", form).status_code == 303


def test_two_changes_at_the_same_moment_are_told_and_not_called_a_bug(app, browser, database):
    with database.write() as session:
        taken = a_monitor(session).public_id

    def collide():
        with database.write() as session:
            a_monitor(session, public_id=taken)

    app.testing = False
    app.view_functions["admin.webhooks"] = collide

    answer = browser.get("/admin/webhooks")

    assert answer.status_code == 409
    assert "at the same moment" in answer.text
    assert "INSERT" not in answer.text
