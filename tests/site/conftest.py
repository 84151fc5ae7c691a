"""The shop's database, and its page."""

import pages
import pytest

from kener.site.build import build
from kener.site.snapshot import snapshot
from kener.store.tables import Page


@pytest.fixture
def shop(database):
    with database.write() as session:
        page = session.query(Page).one()
        page.title, page.time_zone = "Northwind status", "Europe/Berlin"
        return pages.a_shop(session)


@pytest.fixture
def look(database):
    """The snapshot at a time (now)."""

    def look(now=pages.NOW):
        with database.read() as session:
            return snapshot(session, now)

    return look


@pytest.fixture
def make(database):
    """The release at a time (now), and what its files hold."""

    def make(now=pages.NOW, seq=1, known=None):
        with database.read() as session:
            seen = snapshot(session, now)
            return build(
                session,
                [("", seen)],
                seq=seq,
                every=60,
                url="https://status.example.org",
                known=known or {},
            ).made()

    return make


@pytest.fixture
def read():
    """The text of a file of a release."""

    def read(release, path):
        return release.files[path.removeprefix("/")].body.decode()

    return read
