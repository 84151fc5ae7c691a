"""The migration that gives updates their ids keeps every incident as it was."""

import shutil

import pytest
from factories import NOW
from sqlalchemy import select, text

from kener.config import Config
from kener.store.engine import Database
from kener.store.migrate import SCRIPTS, migrate
from kener.store.tables import Incident, Update

MANY = 300
INCIDENT = """INSERT INTO incidents (id, public_id, title, status, impact, started_at, resolved_at,
 version, created_at, updated_at) VALUES (1, 'inc0000001', 'Errors ☂', 'resolved', 'major', 10, 20,
 3, 10, 20)"""
UPDATES = """INSERT INTO updates (id, incident_id, status, message, at)
 VALUES (:id, 1, 'resolved', 'Over.', :id)"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def config(request, tmp_path):
    url = request.getfixturevalue("empty_postgresql") if request.param == "postgresql" else ""
    return Config(_env_file=None, data_dir=tmp_path / "data", database_url=url)


def test_old_updates_get_ids_and_old_incidents_are_published(config, tmp_path):
    before = tmp_path / "before"
    shutil.copytree(
        SCRIPTS, before, ignore=shutil.ignore_patterns("__pycache__", "000[5-9]*", "001*")
    )
    migrate(config, NOW, before)
    database = Database(config.database)
    with database.write() as session:
        session.execute(text(INCIDENT))
        session.execute(text(UPDATES), [{"id": number} for number in range(1, MANY + 1)])

    assert migrate(config, NOW)

    with database.read() as session:
        ids = session.scalars(select(Update.public_id)).all()
        assert len(set(ids)) == MANY
        assert {len(each) for each in ids} == {10}
        incident = session.scalars(select(Incident)).one()
        assert (incident.draft, incident.dated, incident.next_update_by) == (False, True, None)
        assert (incident.title, incident.resolved_at, len(incident.updates)) == (
            "Errors ☂",
            20,
            MANY,
        )
    database.engine.dispose()
