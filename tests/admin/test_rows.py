"""Forms of settings that are lists: rows, rows within rows, picks."""

import re

import pytest
from factories import a_monitor
from forms import HTMX
from kinds import Walk, with_kinds

from kener.actions.monitors import create_monitor
from kener.admin._forms import filled
from kener.admin._settings_fields import settings_fields, shown_settings, typed_settings
from kener.store.clock import now
from kener.store.tables import Monitor

__all__ = ["with_kinds"]
pytestmark = [
    pytest.mark.usefixtures("with_kinds"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
WALK = {"kind": "walk", "shape": "walk", "name": "Walk", "interval": "60", "timeout": "10"}
IN = {"source": "status", "op": "in", "value": "200, 201", "severity": "down"}
EXISTS = {"source": "json:$.ok", "op": "exists", "value": "", "severity": "degraded"}
BLANK = {"source": "", "op": "equals", "value": "", "severity": "down"}


def rows(name, *entries):
    """As a form sends them."""
    return {
        f"settings.{name}.{number}.{key}": value
        for number, entry in enumerate(entries)
        for key, value in entry.items()
    }


def shown(html, name):
    """The value of each input of this ending, in order."""
    found = re.findall(r'<input [^>]*?value="([^"]*)"[^>]*? name="settings\.([^"]+)"', html)
    return [value for value, at in found if re.fullmatch(name, at)]


def stored(session):
    return session.query(Monitor).one().settings


def test_a_new_form_has_one_empty_row_with_suggestions(browser):
    html = browser.get("/admin/monitors/new?kind=walk").text

    assert shown(html, r"assertions\.\d+\.source") == [""]
    assert shown(html, r"steps\.\d+\.url") == [""]
    assert shown(html, r"steps\.0\.assertions\.\d+\.source") == [""]
    assert '<option value="header:">' in html
    assert 'name="settings.assertions.0.source" required' not in html
    assert '<option value="not_contains">Does not contain</option>' in html


def test_rows_are_saved_in_order_without_the_empty_ones(browser, database):
    form = WALK | rows("assertions", BLANK, IN, BLANK, EXISTS, BLANK)

    assert browser.post("/admin/monitors/new", form).status_code == 303

    with database.read() as session:
        assert stored(session)["assertions"] == [IN, EXISTS]


def test_rows_within_rows_are_saved(browser, database):
    steps = [{"url": "http://a.test/", "method": "POST", "body": "a\r\nb", "follow": "true"}]
    form = WALK | rows("steps", {"url": ""}, *steps, {"url": "http://b.test/", "method": "GET"})
    form |= {f"settings.steps.1.assertions.4.{key}": value for key, value in IN.items()}

    assert browser.post("/admin/monitors/new", form).status_code == 303

    with database.read() as session:
        first, second = stored(session)["steps"]
    assert (first["body"], first["follow"], first["assertions"]) == ("a\nb", True, [IN])
    assert (second["url"], second["follow"], second["assertions"]) == ("http://b.test/", False, [])


def test_a_problem_stands_at_its_row_though_an_empty_one_came_before(browser):
    bad = {**IN, "op": "<", "value": "much"}
    form = WALK | rows("assertions", BLANK, IN, {**EXISTS, "source": "", "value": "true"}, bad)

    html = browser.post("/admin/monitors/new", form, headers=HTMX).text

    assert shown(html, r"assertions\.\d+\.source") == ["status", "", "status", ""]
    assert 'id="f-settings-assertions-1-source-wrong"' in html
    assert 'href="#f-settings-assertions-1-source">Assertion 2: Look at</a>' in html
    assert 'href="#f-settings-assertions-2">Assertion 3</a>: &lt; needs a number' in html
    assert html.count('aria-invalid="true"') == 1


def test_an_assertion_that_looks_at_what_is_not_there_is_told_so_itself(browser):
    form = WALK | rows("assertions", EXISTS, {**IN, "source": "temperature"})

    html = browser.post("/admin/monitors/new", form, headers=HTMX).text

    assert 'id="f-settings-assertions-1-wrong">Looks at “temperature”; here there is' in html
    assert 'aria-describedby="f-settings-assertions-1-wrong"' in html


def test_a_problem_with_all_rows_stands_at_the_whole(browser):
    form = WALK | rows("assertions", *[EXISTS] * 31)

    html = browser.post("/admin/monitors/new", form, headers=HTMX).text

    assert re.search('id="f-settings-assertions-wrong">[^<]*30', html)


def test_a_problem_deep_within_stands_there(browser):
    form = WALK | rows("steps", {"url": "http://a.test/"})
    form |= {f"settings.steps.0.assertions.0.{k}": v for k, v in (IN | {"source": ""}).items()}

    html = browser.post("/admin/monitors/new", form, headers=HTMX).text

    assert 'id="f-settings-steps-0-assertions-0-source-wrong"' in html
    assert "Step 1: Assertion 1: Look at" in html


def test_another_row_keeps_what_was_typed_and_takes_the_cursor(browser, database):
    form = WALK | rows("assertions", IN, BLANK) | {"more-rows": "settings.assertions"}

    html = browser.post("/admin/monitors/new/form", form, headers=HTMX).text

    assert shown(html, r"assertions\.\d+\.source") == ["status", "", ""]
    assert shown(html, r"assertions\.\d+\.value") == ["200, 201", "", ""]
    assert re.findall(r'name="([^"]+)"[^>]* autofocus', html) == ["settings.assertions.2.source"]
    with database.read() as session:
        assert session.query(Monitor).count() == 0


def test_another_row_within_a_row_is_added_there(browser):
    steps = rows("steps", {"url": "http://a.test/"}, {"url": "http://b.test/"})
    form = WALK | steps | {"more-rows": "settings.steps.1.assertions"}
    form |= {f"settings.steps.1.assertions.0.{key}": value for key, value in IN.items()}

    html = browser.post("/admin/monitors/new/form", form, headers=HTMX).text

    assert len(shown(html, r"steps\.0\.assertions\.\d+\.source")) == 1
    assert shown(html, r"steps\.1\.assertions\.\d+\.source") == ["status", ""]
    assert "settings.steps.1.assertions.1.source" in html


def test_a_large_row_is_there_when_it_is_asked_for(browser):
    one = WALK | rows("steps", {"url": "http://a.test/"})

    without = browser.post("/admin/monitors/new/form", one, headers=HTMX).text
    asked = one | {"more-rows": "settings.steps"}
    html = browser.post("/admin/monitors/new/form", asked, headers=HTMX).text

    assert shown(without, r"steps\.\d+\.url") == ["http://a.test/"]
    assert shown(html, r"steps\.\d+\.url") == ["http://a.test/", ""]


def test_a_row_is_removed_and_the_others_move_up(browser):
    form = WALK | rows("assertions", IN, EXISTS) | {"remove-row": "settings.assertions.0"}

    html = browser.post("/admin/monitors/new/form", form, headers=HTMX).text

    assert shown(html, r"assertions\.\d+\.source") == ["json:$.ok", ""]


def test_there_are_no_more_rows_than_may_be(browser):
    five = [{"url": f"http://a.test/{number}"} for number in range(5)]
    form = WALK | rows("steps", *five) | {"more-rows": "settings.steps"}

    html = browser.post("/admin/monitors/new/form", form, headers=HTMX).text
    too_many = WALK | rows("steps", *five, five[0])
    refused = browser.post("/admin/monitors/new", too_many, headers=HTMX)

    assert len(shown(html, r"steps\.\d+\.url")) == 5
    assert 'value="settings.steps" ' not in html
    assert refused.status_code == 422
    assert 'id="f-settings-steps-wrong"' in refused.text


@pytest.mark.parametrize("number", ["-1", "99999999999", "²", "x", "", "0x1", "1e3"])
def test_numbers_that_no_form_of_ours_sends_are_passed_over(browser, database, number):
    form = WALK | {f"settings.assertions.{number}.source": "status"}

    assert browser.post("/admin/monitors/new", form).status_code == 303
    with database.read() as session:
        assert stored(session)["assertions"] == []


def test_an_emptied_list_is_empty_and_one_that_was_not_in_the_form_stays(browser, database):
    browser.post("/admin/monitors/new", WALK | rows("assertions", IN))
    with database.read() as session:
        path = f"/admin/monitors/{session.query(Monitor).one().public_id}/edit"
    browser.post(path, WALK | {"version": "1", "name": "Renamed"})
    with database.read() as session:
        assert stored(session)["assertions"] == [IN]

    browser.post(path, WALK | {"version": "2"} | rows("assertions", BLANK))

    with database.read() as session:
        assert stored(session)["assertions"] == []


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


def test_members_are_picked_among_the_other_monitors(browser, database):
    with database.write() as session:
        shop = a_monitor(session, name="Shop")
        hidden = a_monitor(session, name="Mail", hidden=True)
    html = browser.get("/admin/monitors/new?kind=walk").text
    assert "Mail (hidden)" in html

    form = WALK | {"settings.members": "", f"settings.members.{hidden.public_id}": "true"}
    answer = browser.post("/admin/monitors/new", form)

    with database.read() as session:
        walk = session.query(Monitor).filter_by(kind="walk").one()
    assert walk.settings["members"] == [hidden.public_id]
    page = browser.get(f"{answer.location}/edit").text
    assert re.search(rf'name="settings.members.{hidden.public_id}" value="true" checked', page)
    assert re.search(rf'name="settings.members.{shop.public_id}" value="true">', page)
    assert f"settings.members.{walk.public_id}" not in page
    assert "Mail" in browser.get(answer.location).text
    browser.post(f"{answer.location}/edit", WALK | {"version": "1", "settings.members": ""})
    with database.read() as session:
        assert session.get(Monitor, walk.id).settings["members"] == []


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
