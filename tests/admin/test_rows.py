"""Forms of settings that are lists: rows, rows within rows, picks."""

import re

import pytest
from admin.walks import BLANK, EXISTS, IN, WALK, rows, shown, stored
from factories import a_monitor
from forms import HTMX
from kinds import with_kinds

from kener.store.tables import Monitor

__all__ = ["with_kinds"]
pytestmark = [
    pytest.mark.usefixtures("with_kinds"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


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
