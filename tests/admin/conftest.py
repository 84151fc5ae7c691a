"""A browser for the admin's tests: signed in, and with a form's token at hand."""

import re

import pytest
from factories import NOW

from kener.actions.members import create_owner
from kener.store.engine import Database

EMAIL, PASSWORD = "owner@example.org", "correct horse battery"
HTMX = {"HX-Request": "true"}


class Browser:
    """A client that sends a form as a browser does: with the token of the page it saw last."""

    def __init__(self, client):
        self.client = client
        self.token = ""

    def get(self, path, **options):
        return self._seen(self.client.get(path, **options))

    def post(self, path, data=None, **options):
        data = {"csrf_token": self.token} | (data or {})
        return self._seen(self.client.post(path, data=data, **options))

    def sign_in(self, email=EMAIL, password=PASSWORD, **more):
        self.get("/admin/sign-in")
        return self.post("/admin/sign-in", {"email": email, "password": password} | more)

    def _seen(self, response):
        found = re.search(r'name="csrf_token" value="([^"]+)"', response.text)
        self.token = found[1] if found else self.token
        return response


@pytest.fixture
def stranger(app):
    """Somebody who is not signed in."""
    return Browser(app.test_client())


@pytest.fixture
def owner(database):
    with database.write() as session:
        create_owner(session, EMAIL, PASSWORD, NOW)


@pytest.fixture
def browser(stranger, owner):
    """The owner's, signed in, with a page open."""
    assert stranger.sign_in().status_code == 303
    stranger.get("/admin/settings/page")
    return stranger


@pytest.fixture
def rows(database):
    """A session for a look at what was stored."""
    with Database(database.engine.url.render_as_string(hide_password=False)).read() as session:
        yield session
