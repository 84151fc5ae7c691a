"""/healthz and /readyz"""

import pytest
from factories import NOW, a_monitor, the_location
from sqlalchemy import update

from kener import queue
from kener.core.instant import MINUTE, SECOND
from kener.core.status import Status
from kener.public.health import publishing_part, results_part
from kener.store.clock import now
from kener.store.health import freshness
from kener.store.tables import Base, Observation, Publication, Schedule


def published(database, at):
    with database.write() as session:
        session.execute(update(Publication).values(published_at=at))


def observed(session, monitor, slot_at, until):
    session.execute(
        update(Schedule).where(Schedule.monitor_id == monitor.id).values(slot_at=slot_at)
    )
    session.add(
        Observation(
            monitor_id=monitor.id,
            location_id=the_location(session).id,
            slot_at=slot_at,
            observed_until=until,
            observed=Status.UP,
            confirmed=Status.UP,
            run_length=0,
            run_status=Status.UP,
        )
    )


def test_alive_is_alive(client):
    response = client.get("/healthz")

    assert (response.status_code, response.json) == (200, {"status": "alive"})
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_alive_asks_nobody(app, client, database, config):
    """Not even a database whose tables are gone and a Redis that is away."""
    Base.metadata.drop_all(database.engine)
    queue.connect("redis://127.0.0.1:1")

    assert client.get("/healthz").status_code == 200


def test_ready_when_all_is_well(client, database):
    published(database, now())
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json["status"] == "ready"
    assert response.json["problems"] == []
    assert {name: part["ok"] for name, part in response.json["parts"].items()} == {
        "database": True,
        "redis": True,
        "results": True,
        "publishing": True,
    }


def test_a_redis_that_is_away_is_named(app, client, database):
    published(database, now())
    queue.connect("redis://127.0.0.1:1")
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json["problems"] == ["Redis does not answer."]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_away_is_named(client, database):
    Base.metadata.drop_all(database.engine)
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json["problems"] == ["The database does not answer."]


def test_a_page_never_published_is_named(client):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json["problems"] == ["The page has never been published."]


def facts_of(database, at=NOW):
    with database.read() as session:
        return freshness(session, at)


@pytest.mark.parametrize(("late", "well"), [(0, True), (60, True), (61, False), (-5, True)])
def test_a_check_that_waits_for_over_a_minute_is_trouble(database, late, well):
    with database.write() as session:
        a_monitor(session, due_at=NOW - late * SECOND)
    part = results_part(facts_of(database), NOW)

    assert (part.problem == "") is well
    assert part.facts["overdue_seconds"] == max(0, late)
    assert well or part.problem == "A check has been due for 61 s: is a checks worker running?"


def test_claims_without_results_are_trouble(database):
    with database.write() as session:
        monitor = a_monitor(session, due_at=NOW + MINUTE)
        observed(session, monitor, NOW - 5 * MINUTE, until=NOW - 3 * MINUTE)

    assert "no recent result" in results_part(facts_of(database), NOW).problem


def test_one_recent_result_shows_that_checks_run(database):
    with database.write() as session:
        for until in (NOW - MINUTE, NOW + MINUTE):
            monitor = a_monitor(session, due_at=NOW + MINUTE)
            observed(session, monitor, NOW - 10 * SECOND, until=until)
    part = results_part(facts_of(database), NOW)

    assert part.problem == ""
    assert part.facts["newest_result_age_seconds"] == 10


def test_paused_and_new_monitors_are_no_trouble(database):
    with database.write() as session:
        paused = a_monitor(session, paused=True)
        observed(session, paused, NOW - 5 * MINUTE, until=NOW - 3 * MINUTE)
        a_monitor(session, due_at=NOW + MINUTE)

    assert results_part(facts_of(database), NOW).problem == ""


@pytest.mark.parametrize(("age", "well"), [(0, True), (120, True), (121, False)])
def test_an_old_page_is_trouble(database, age, well):
    published(database, NOW - age * SECOND)
    part = publishing_part(facts_of(database), MINUTE, NOW)

    assert (part.problem == "") is well
    assert part.facts["published_age_seconds"] == age


def test_failing_publishes_are_counted_in_the_reason(database):
    published(database, NOW - 10 * MINUTE)
    with database.write() as session:
        session.execute(update(Publication).values(failures=3))
    part = publishing_part(facts_of(database), MINUTE, NOW)

    assert part.problem == "The page was last published 600 s ago; the last 3 tries failed."
