"""/api/docs in a real browser, under our own policy."""

import json

import pytest

from kener.actions.keys import create_key
from kener.store.clock import now

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

ME = '[id="operations-me-me\\\\.get"]'


@pytest.fixture
def key(database):
    with database.write() as session:
        return create_key(session, "Reader", ["read:monitors"], None, now())[1]


def test_one_can_try_it_with_a_key_and_nothing_comes_from_elsewhere(open_page, base, key):
    page = open_page(viewport={"width": 1200, "height": 900})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/docs")
    page.get_by_role("button", name="Authorize", exact=True).click()
    page.get_by_label("auth-bearer-value").fill(key)
    page.get_by_label("Apply credentials").click()
    page.get_by_role("button", name="Close").click()

    page.locator(ME).locator(".opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    answer = page.locator(".live-responses-table .highlight-code code").first
    answer.wait_for()

    assert json.loads(answer.inner_text())["data"]["name"] == "Reader"
    assert {each for each in asked if not each.startswith((base, "data:"))} == set()


@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_a_phone_too(open_page, width):
    page = open_page(viewport={"width": width, "height": 800}, color_scheme="dark")
    page.goto("/api/docs")
    page.locator(ME).wait_for()

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.classList.contains('dark-mode')")
