"""What is told of settings that are lists: on the page, in a test, beside another version."""

import re

import pytest
from admin.walks import EXISTS, IN, WALK, rows
from forms import HTMX
from kinds import Walk, with_kinds

from kener.actions.monitors import create_monitor
from kener.admin._forms import filled
from kener.admin._settings_fields import settings_fields, shown_settings, typed_settings
from kener.store.clock import now

__all__ = ["with_kinds"]
pytestmark = [
    pytest.mark.usefixtures("with_kinds"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.mark.parametrize(
    ("op", "value", "text"),
    [
        ("in", [200, 201], "200, 201"),
        ("equals", [1, "ä"], '[1, "ä"]'),
        ("equals", None, "null"),
        ("equals", True, "true"),
        ("exists", None, ""),
        ("<", 5, "5"),
    ],
)
def test_a_stored_value_is_shown_as_its_spelling(database_url, op, value, text):
    settings = Walk.parse({"assertions": [{"source": "status", "op": op, "value": value}]})
    form = filled(settings_fields(Walk), shown_settings(settings.settings()))

    assert form["settings.assertions"].entries[0].fields[2].value == text
    typed = {
        part.name: part.value
        for each in form["settings.assertions"].entries
        for part in each.fields
    }
    (again,) = typed_settings(Walk, typed)["assertions"]
    assert Walk.parse({"assertions": [again]}).assertions[0].value == text


def test_who_edits_an_old_version_sees_what_differs_within_rows(browser, database):
    with database.write() as session:
        fields = {"name": "Walk", "kind": "walk", "settings": {"assertions": [IN]}}
        monitor = create_monitor(session, fields, now())
        monitor.version = 2

    form = WALK | {"version": "1"} | rows("assertions", EXISTS)
    answer = browser.post(f"/admin/monitors/{monitor.public_id}/edit", form)

    assert answer.status_code == 409
    assert (
        "<td>status · in · 200, 201 · down</td><td>json:$.ok · exists · degraded</td>"
        in answer.text
    )


def test_the_page_of_a_monitor_tells_its_rows_in_short_lines(browser, database):
    with database.write() as session:
        settings = {"assertions": [IN, EXISTS], "steps": [{"url": "http://a.test/"}]}
        monitor = create_monitor(
            session, {"name": "Walk", "kind": "walk", "settings": settings}, now()
        )

    html = browser.get(f"/admin/monitors/{monitor.public_id}").text

    assert "<dd>status · in · 200, 201 · down\njson:$.ok · exists · degraded</dd>" in html
    assert "<dd>http://a.test/</dd>" in html  # the rest is as usual


def test_kinds_stand_in_groups_and_say_how_they_work(browser):
    html = browser.get("/admin/monitors/new?kind=walk").text

    groups = re.findall(r'<optgroup label="([^"]+)">', html)
    assert groups.index("Web") < groups.index("Network") < groups.index("Your jobs")
    assert groups[-1] == "Made of others"
    assert "<p>It walks.</p>" in html
    assert "<summary>Odd</summary>" in html


def test_a_settled_kind_asks_for_nothing_that_means_nothing(browser, database):
    html = browser.get("/admin/monitors/new?kind=settled").text
    form = {"kind": "settled", "shape": "settled", "name": "Set", "interval": "60"}
    answer = browser.post("/admin/monitors/new", form)

    for name in ("timeout", "to_fail", "to_recover", "retry_interval", "degraded_over"):
        assert f'name="{name}"' not in html
    assert answer.status_code == 303
    assert "gives up after" not in browser.get(answer.location).text
    assert browser.get(f"{answer.location}/edit").status_code == 200


def test_a_test_says_which_assertion_failed(browser):
    form = WALK | rows("assertions", {**IN, "value": "404"}, EXISTS | {"source": "status"})

    html = browser.post("/admin/monitors/probe", form, headers=HTMX).text

    assert "This is not so" in html
    assert "<li>status in “404”</li>" in html
    assert "status exists" not in html


def test_a_test_shows_phases_and_the_certificate(browser):
    html = browser.post("/admin/monitors/probe", WALK, headers=HTMX).text

    assert "Test passed" in html
    assert html.count("<rect ") == 2
    assert "<h3>Certificate</h3>" in html
    for told in ("Days left</dt><dd>61", "Issued by</dt><dd>R11", "Address</dt><dd>127.0.0.1"):
        assert told in html


def test_a_test_names_the_row_that_is_not_right(browser):
    form = WALK | rows("assertions", {**IN, "source": ""})

    answer = browser.post("/admin/monitors/probe", form, headers=HTMX)

    assert answer.status_code == 422
    assert "<li>Assertion 1: Look at: " in answer.text
