"""The migration that puts schedules and observations in the order of phases keeps every row."""

import shutil
from contextlib import contextmanager

import pytest
from factories import NOW
from sqlalchemy import select, text

from kener.config import Config
from kener.core.instant import MINUTE
from kener.core.outcome import Reason
from kener.core.schedule import phase
from kener.core.status import Status
from kener.store.engine import Database
from kener.store.migrate import SCRIPTS, migrate
from kener.store.tables import Location, Monitor, Observation, Schedule

MANY = 300
MONITORS = """INSERT INTO monitors (id, public_id, slug, name, description, kind, settings,
 interval, cron, time_zone, timeout, to_fail, to_recover, retry_interval, tags, paused, hidden,
 position, version, created_at, updated_at) VALUES (:id, :public_id, :public_id, 'A', '', 'tcp',
 '{}', 60, '', 'UTC', 10, 2, 1, 10, '[]', false, false, 0, 1, 1, 1)"""
SCHEDULES = """INSERT INTO schedules (monitor_id, location_id, due_at, regular_at, slot_at,
 interval_ms) VALUES (:id, :location, :at, :at, NULL, 60000)"""
OBSERVATIONS = """INSERT INTO observations (monitor_id, location_id, slot_at, observed_until,
 observed, confirmed, run_length, run_status, run_since, unknown_length, unknown_since, reason,
 detail, latency_us, phases, facts) VALUES (:id, :location, :at, :at, 4, 1, 1, 4, :at, 0, NULL,
 'refused', 'nobody ☂ listens', NULL, '{"dns": 1.5}', '{"status": 503}')"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def config(request, tmp_path):
    url = request.getfixturevalue("empty_postgresql") if request.param == "postgresql" else ""
    return Config(_env_file=None, data_dir=tmp_path / "data", database_url=url)


@pytest.fixture
def first_scripts(tmp_path):
    """The migrations as they were before this one."""
    folder = tmp_path / "first"
    shutil.copytree(
        SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__", "000[2-9]*", "001*")
    )
    return folder


@contextmanager
def opened(config):
    database = Database(config.database)
    yield database
    database.engine.dispose()


def test_every_row_is_kept_and_lies_at_its_monitors_phase(config, first_scripts):
    migrate(config, NOW, first_scripts)
    ids = {number: f"mon{number:07}" for number in range(1, MANY + 1)}
    with opened(config) as database, database.write() as session:
        session.add(Location(name="paris"))
        session.flush()
        places = session.scalars(select(Location.id)).all()
        own = [{"id": number, "public_id": ids[number]} for number in ids]
        session.execute(text(MONITORS), own)
        rows = [
            {"id": number, "location": place, "at": NOW + number}
            for number in ids
            for place in places
        ]
        session.execute(text(SCHEDULES), rows)
        session.execute(text(OBSERVATIONS), rows)

    assert migrate(config, NOW)

    with opened(config) as database, database.write() as session:
        schedules = session.scalars(select(Schedule)).all()
        seen = session.scalars(select(Observation)).all()
        assert len(schedules) == len(seen) == 2 * MANY
        for each in (*schedules, *seen):
            assert each.phase_ms == phase(ids[each.monitor_id], MINUTE)
        assert all(each.due_at == NOW + each.monitor_id for each in schedules)
        one = session.get(Observation, (7, places[1]))
        assert (one.observed, one.confirmed, one.reason) == (Status.DOWN, Status.UP, Reason.REFUSED)
        assert (one.detail, one.phases, one.facts) == (
            "nobody ☂ listens",
            {"dns": 1.5},
            {"status": 503},
        )
        session.delete(session.get(Monitor, 7))
        session.flush()
        left = session.scalars(select(Observation.monitor_id).distinct()).all()
        assert sorted(left) == [number for number in ids if number != 7]


def test_a_database_without_monitors_is_migrated_too(config, first_scripts):
    migrate(config, NOW, first_scripts)

    assert migrate(config, NOW)
