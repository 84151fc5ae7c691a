"""The migration that gives keys limits leaves those that there are as they were."""

import shutil

import pytest
from factories import NOW
from sqlalchemy import select, text

from kener.config import Config
from kener.store.engine import Database
from kener.store.migrate import SCRIPTS, migrate
from kener.store.tables import ApiKey

KEY = """INSERT INTO api_keys (public_id, name, secret_hash, permissions, created_at, used_at)
 VALUES ('abc', 'Deploy', 'hash', '["admin"]', 1, 2)"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def config(request, tmp_path):
    url = request.getfixturevalue("empty_postgresql") if request.param == "postgresql" else ""
    return Config(_env_file=None, data_dir=tmp_path / "data", database_url=url)


def test_a_key_of_before_opens_as_before(config, tmp_path):
    later = shutil.ignore_patterns("__pycache__", "000[5-9]*", "00[1-9]*")
    shutil.copytree(SCRIPTS, tmp_path / "first", ignore=later)
    migrate(config, NOW, tmp_path / "first")
    database = Database(config.database)
    with database.write() as session:
        session.execute(text(KEY))

    assert migrate(config, NOW)

    with database.read() as session:
        key = session.scalars(select(ApiKey)).one()
    database.engine.dispose()
    assert (key.name, key.secret_hash, key.permissions, key.used_at) == (
        "Deploy", "hash", ["admin"], 2,
    )  # fmt: skip
    assert (key.addresses, key.rate_limit, key.used_from, key.version) == ([], None, "", 1)
    assert (key.old_hash, key.old_until) == (None, None)
