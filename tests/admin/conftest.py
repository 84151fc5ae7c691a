"""A browser for the admin's tests: signed in, and with a form's token at hand."""

import pytest
from factories import NOW
from forms import EMAIL, PASSWORD, Browser

from app import create_app
from kener.actions.members import create_owner
from kener.config import Config
from kener.web.database import db


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
    with database.read() as session:
        yield session


@pytest.fixture
def another_app(config):
    """Makes the application with some settings changed."""
    made = []

    def make(**changes):
        made.append(create_app(Config(_env_file=None, **(config.model_dump() | changes))))
        return made[-1]

    yield make
    for each in made:
        each.extensions["kener.limits"].close()
        each.extensions["kener.remembered"].close()
        with each.app_context():
            db.engine.dispose()
