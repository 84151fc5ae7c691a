"""Rows of a form in a real browser: added, removed and refused, with and without JavaScript."""

import pytest
from browsers import sign_in
from factories import a_monitor
from kinds import with_kinds
from servers import wait_until

from kener.actions.secrets import set_secret
from kener.store.clock import now
from kener.store.tables import Monitor

__all__ = ["with_kinds"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("with_kinds", "owner"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
NEW = "/admin/monitors/new?kind=walk"


def assertion(page, number):
    return page.get_by_role("group", name=f"Assertion {number}", exact=True).first


def fill(row, source, op, value):
    row.get_by_label("Look at").fill(source)
    row.get_by_label("Compare").select_option(op)
    row.get_by_label("With").fill(value)


@pytest.mark.parametrize("javascript", [True, False])
def test_rows_are_added_removed_and_saved(open_page, database, javascript):
    page = open_page(java_script_enabled=javascript)
    sign_in(page)
    page.goto(NEW)
    page.get_by_label("Name", exact=True).fill("Walk")
    fill(assertion(page, 1), "status", "in", "200, 201")

    page.get_by_role("button", name="Add another of Assertions").first.click()
    assertion(page, 2).wait_for()
    assert page.evaluate("document.activeElement.name") == "settings.assertions.1.source"
    fill(assertion(page, 2), "header:etag", "exists", "")
    page.get_by_role("button", name="Add another of Assertions").first.click()
    fill(assertion(page, 3), "json:$.ok", "equals", "true")
    page.get_by_role("button", name="Remove Assertion 1").first.click()
    first = assertion(page, 1).get_by_label("Look at")
    wait_until(lambda: first.input_value() == "header:etag")
    page.get_by_role("button", name="Save monitor").last.click()
    page.get_by_role("heading", level=1, name="Walk").wait_for()

    with database.read() as session:
        stored = session.query(Monitor).one().settings["assertions"]
    assert [each["source"] for each in stored] == ["header:etag", "json:$.ok"]


def test_a_mistake_in_a_row_puts_the_cursor_there_and_stores_nothing(page, database):
    page.goto(NEW)
    page.get_by_label("Name", exact=True).fill("Walk")
    step = page.get_by_role("group", name="Step 1", exact=True)
    step.get_by_label("Address").fill("http://a.test/")
    fill(assertion(step, 1), "", "equals", "200")
    page.get_by_role("button", name="Save monitor").last.click()

    page.locator("[aria-invalid=true]").wait_for()
    name = "settings.steps.0.assertions.0.source"
    assert page.evaluate("document.activeElement.name") == name
    page.get_by_role("link", name="Step 1: Assertion 1: Look at").wait_for()
    with database.read() as session:
        assert session.query(Monitor).count() == 0
    fill(assertion(step, 1), "status", "equals", "200")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="Walk").wait_for()


def test_a_step_is_added_inside_and_outside_without_losing_anything(page):
    page.goto(NEW)
    step = page.get_by_role("group", name="Step 1", exact=True)
    step.get_by_label("Address").fill("http://a.test/")
    step.get_by_label("Method").select_option("POST")
    page.get_by_role("button", name="Add another of Steps").click()
    second = page.get_by_role("group", name="Step 2", exact=True)
    second.get_by_label("Address").fill("http://b.test/")
    fill(assertion(second, 1), "status", "equals", "200")
    second.get_by_role("button", name="Add another of Assertions").click()
    assertion(second, 2).wait_for()

    assert step.get_by_label("Method").input_value() == "POST"
    assert assertion(second, 1).get_by_label("With").input_value() == "200"
    step.get_by_role("button", name="Remove Step 1").click()
    second.wait_for(state="detached")
    assert step.get_by_label("Address").input_value() == "http://b.test/"


def test_a_test_shows_what_failed_and_nothing_that_was_typed_is_lost(page):
    page.goto(NEW)
    fill(assertion(page, 1), "status", "equals", "404")

    page.get_by_role("button", name="Test now").click()

    page.get_by_text("This is not so").wait_for()
    page.locator("#probe").get_by_text("status equals “404”", exact=True).wait_for()
    assert assertion(page, 1).get_by_label("With").input_value() == "404"


@pytest.mark.parametrize("width", [360, 390, 860, 1320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_form_is_wider_than_the_window(open_page, database, width, scheme):
    with database.write() as session:
        a_monitor(session, name="A-monitor-with-a-very-long-name-" * 3)
        set_secret(session, "S" * 64, {"value": "x", "note": "n" * 200}, now())
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    sign_in(page)

    for path in (NEW, "/admin/settings/secrets", "/admin/settings/secrets/new"):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, (path, wide)


def test_what_is_chosen_or_typed_before_the_scripts_have_come_is_not_lost(page, database):
    with database.write() as session:
        a_monitor(session, name="Shop")
    held = []
    page.route("**/htmx-*.js", lambda route: held.append(route))  # noqa: PLW0108 - wants a function

    with page.expect_request("**/htmx-*.js"):
        page.goto(NEW, wait_until="commit")
    page.get_by_label("What should we check?").select_option("tcp")
    held.pop().continue_()
    page.get_by_label("Host").wait_for()

    with page.expect_request("**/htmx-*.js"):
        page.goto("/admin/monitors", wait_until="commit")
    page.get_by_role("searchbox").fill("nothing like it")
    held.pop().continue_()
    page.wait_for_url("**q=nothing+like+it**")
