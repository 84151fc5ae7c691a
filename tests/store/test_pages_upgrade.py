"""The one page of before becomes the default page, and shows what it showed."""

import shutil

import pytest
from factories import NOW
from sqlalchemy import text

from kener.config import Config
from kener.store.engine import Database
from kener.store.migrate import SCRIPTS, migrate
from kener.store.pages import default_page, outline

BEFORE = "0009"


@pytest.fixture
def old(tmp_path):
    """The migrations of before there were pages."""
    shutil.copytree(SCRIPTS, tmp_path / "old")
    for path in (tmp_path / "old" / "versions").glob("*.py"):
        if path.name[:4].isdigit() and path.name[:4] >= BEFORE:
            path.unlink()
    return tmp_path / "old"


@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def test_the_page_there_is_becomes_the_default_one_and_shows_everything(
    request, tmp_path, old, kind
):
    url = request.getfixturevalue("empty_postgresql") if kind == "postgresql" else ""
    config = Config(_env_file=None, data_dir=tmp_path / "data", database_url=url)
    migrate(config, NOW, old)
    database = Database(config.database)
    with database.write() as session:
        session.execute(text("UPDATE pages SET title = 'Northwind', time_zone = 'Europe/Berlin'"))

    assert migrate(config, NOW)

    with database.read() as session:
        page = default_page(session)
        assert (page.title, page.time_zone, page.slug) == ("Northwind", "Europe/Berlin", "status")
        assert (page.everything, page.visibility, page.look, page.version) == (
            True,
            "public",
            {},
            1,
        )
        assert len(page.public_id) == 10
        assert outline(session, page) == []
    database.engine.dispose()
