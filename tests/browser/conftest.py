"""The app on a port of its own, and pages of a real browser that look at it."""

import pytest
from browsers import a_browser, sign_in
from factories import NOW
from forms import EMAIL, PASSWORD
from servers import a_web_server

from kener.actions.members import create_owner

EXPECTED = (
    "Failed to load resource",
    "htmx: htmx:error: Failed to fetch",
    "[DOM] Multiple forms should be contained",
)
"""What the browser and htmx say by themselves of a refused form, of a server that is away, and of a
form with several passwords."""


@pytest.fixture
def base(app):
    with a_web_server(app) as base:
        yield base


@pytest.fixture
def open_page(base):
    """Opens pages that may say nothing on the console but what the test expects."""
    with a_browser() as browser:
        said = []

        def open_page(**options):
            page = browser.new_context(base_url=base, **options).new_page()
            page.set_default_timeout(25_000)
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            return page

        yield open_page
        assert [each for each in said if not each.startswith(EXPECTED)] == []


@pytest.fixture
def owner(database):
    with database.write() as session:
        create_owner(session, EMAIL, PASSWORD, NOW)


@pytest.fixture
def page(open_page, owner):
    """The owner's, signed in."""
    page = open_page(viewport={"width": 1320, "height": 820})
    sign_in(page)
    return page
