"""/api/heartbeat/<token>"""

import pytest
from factories import the_location
from sqlalchemy import select

from kener.actions.monitors import create_monitor, delete_monitor, pause_monitor
from kener.store.clock import now
from kener.store.monitors import heartbeat_tokens
from kener.store.tables import Heartbeat, Monitor, Schedule


@pytest.fixture
def token(database, app):
    fields = {"name": "Backup", "kind": "heartbeat", "settings": {"period": 60}}
    with database.write() as session:
        monitor = create_monitor(session, fields, now())
        session.flush()
        return heartbeat_tokens(session, [monitor.id])[monitor.id]


def noted(database):
    with database.read() as session:
        return session.scalars(select(Heartbeat)).one()


def not_due(database):
    """The next look is far away."""
    with database.write() as session:
        schedule = session.scalars(select(Schedule)).one()
        schedule.due_at = schedule.regular_at = now() + 3_600_000


def due_at(database):
    with database.read() as session:
        return session.scalars(select(Schedule.due_at)).one()


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_report_is_noted_and_judged_at_once(client, database, token, method):
    not_due(database)
    before = now()

    response = getattr(client, method)(f"/api/heartbeat/{token}")

    assert response.status_code == 200
    assert noted(database).pinged_at >= before
    assert due_at(database) <= now()


def test_a_failure_keeps_what_the_job_says(client, database, token):
    response = client.post(
        f"/api/heartbeat/{token}/fail", data=b"disk full\0 \xff" + b"x" * 2_000_000
    )

    assert response.status_code == 200, response.text
    assert noted(database).failed
    assert noted(database).message.startswith("disk full \ufffdxx")
    assert len(noted(database).message) == 10_000 - 1


def test_a_report_after_a_failure_takes_it_back(client, database, token):
    client.get(f"/api/heartbeat/{token}/fail")
    client.get(f"/api/heartbeat/{token}")

    assert not noted(database).failed


def test_a_start_is_no_sign_of_life(client, database, token):
    not_due(database)

    client.get(f"/api/heartbeat/{token}/start")

    assert noted(database).started_at is not None
    assert noted(database).pinged_at is None
    assert due_at(database) > now()


def test_a_paused_monitor_takes_reports_and_stays_paused(client, database, token):
    with database.write() as session:
        pause_monitor(session, session.scalars(select(Monitor)).one(), now())

    assert client.get(f"/api/heartbeat/{token}").status_code == 200
    assert noted(database).pinged_at is not None
    assert due_at(database) is None


@pytest.mark.parametrize("path", ["nobody", "%00", "x" * 5000, "nobody/fail", "€"])
def test_an_unknown_address_is_a_404_in_json(client, token, path):
    response = client.get(f"/api/heartbeat/{path}")

    assert response.status_code == 404
    assert response.json["error"]["code"] == "NOT_FOUND"


def test_an_unknown_word_is_a_404_in_json(client, token):
    response = client.get(f"/api/heartbeat/{token}/maybe")

    assert (response.status_code, response.json["error"]["code"]) == (404, "NOT_FOUND")


def test_a_deleted_monitors_address_is_unknown(client, database, token):
    with database.write() as session:
        delete_monitor(session, session.scalars(select(Monitor)).one(), now())

    assert client.get(f"/api/heartbeat/{token}").status_code == 404


def test_the_token_is_kept_only_hashed_and_sealed(database, token):
    assert token not in str({**vars(noted(database))})


def test_guessing_never_takes_the_write_lock(client, database, token):
    with database.write() as session:
        the_location(session).name = "held"

        assert client.get("/api/heartbeat/nobody").status_code == 404
