"""Work for later: after the commit, never in the way of it."""

import logging
import os
import signal
import socket
import time
from contextlib import contextmanager

import pytest
import redis
import servers
from rq import Queue
from rq.job import Job
from sqlalchemy.orm import Session

from kener import queue
from kener.store.engine import begin_write
from kener.web.database import db


@pytest.fixture
def connected(redis_url):
    queue.connect(redis_url)
    yield redis.Redis.from_url(redis_url)
    queue.connect("")


@pytest.fixture
def session(database):
    with database.read() as session:
        yield begin_write(session)


def jobs(client, name="deliveries"):
    found = Queue(name, connection=client, serializer="json").get_jobs()
    return [(job.func_name, *job.args) for job in found]


def test_a_job_waits_for_the_commit(session, connected):
    queue.later(session, "kener.jobs.deliver", 7)
    assert jobs(connected) == []

    session.commit()
    assert jobs(connected) == [("kener.jobs.deliver", 7)]


def test_a_rollback_forgets(session, connected):
    queue.later(session, "kener.jobs.dispatch")
    session.rollback()
    session.commit()

    assert jobs(connected) == []


def test_closing_a_session_forgets(session, connected):
    queue.later(session, "kener.jobs.dispatch")
    session.close()
    session.commit()

    assert jobs(connected) == []


def test_a_savepoint_is_not_yet_a_commit(session, connected):
    with session.begin_nested():
        queue.later(session, "kener.jobs.dispatch")
    assert jobs(connected) == []

    session.commit()
    assert jobs(connected) == [("kener.jobs.dispatch",)]


def test_the_same_wish_twice_is_one_job(session, connected):
    for number in (1, 2, 1):
        queue.later(session, "kener.jobs.deliver", number)
    session.commit()

    assert jobs(connected) == [("kener.jobs.deliver", 1), ("kener.jobs.deliver", 2)]


def test_each_job_has_its_queue(session, connected):
    queue.later(session, "kener.jobs.publish")
    queue.later(session, "kener.jobs.upkeep")
    session.commit()

    assert jobs(connected, "publish") == [("kener.jobs.publish",)]
    assert jobs(connected, "upkeep") == [("kener.jobs.upkeep",)]


def test_an_unknown_job_is_a_bug_found_at_once(session):
    with pytest.raises(KeyError):
        queue.later(session, "kener.jobs.dispach")


def test_a_job_leaves_nothing_behind_for_long(session, connected):
    queue.later(session, "kener.jobs.dispatch")
    session.commit()

    job = Queue("deliveries", connection=connected, serializer="json").get_jobs()[0]
    assert (job.result_ttl, job.failure_ttl, job.ttl) == (0, 3600, 60)
    assert b"pickle" not in connected.hget(job.key, "data")
    assert connected.ttl(job.key) > 0


def test_flask_sqlalchemys_session_tells_too(app, redis_url):
    with app.app_context():
        queue.later(db.session(), "kener.jobs.publish")
        db.session.connection()
        db.session.commit()

    assert jobs(redis.Redis.from_url(redis_url), "publish") == [("kener.jobs.publish",)]
    queue.connect("")


@contextmanager
def a_frozen_redis():
    """It takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"


def a_dead_redis():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"redis://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_frozen_redis_costs_half_a_second_once(session, caplog):
    with a_frozen_redis() as url:
        queue.connect(url)
        took = [_commit_with_a_job(session) for _ in range(20)]
        queue.connect("")

    assert took[0] < 0.5
    assert sum(took[1:]) < 0.1
    assert [each.levelno for each in caplog.records] == [logging.WARNING]


def _commit_with_a_job(session):
    queue.later(session, "kener.jobs.publish")
    session.connection()
    begun = time.perf_counter()
    session.commit()
    return time.perf_counter() - begun


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_dead_redis_fails_no_commit(session):
    queue.connect(a_dead_redis())
    took = _commit_with_a_job(session)
    queue.connect("")

    assert took < 0.5


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_redis_that_comes_back_is_used_again(session, monkeypatch):
    monkeypatch.setattr(queue, "REST", 0.0)
    with servers.a_redis() as url, redis.Redis.from_url(url) as client:
        queue.connect(url)
        server = client.info("server")["process_id"]
        os.kill(server, signal.SIGSTOP)
        try:
            assert not queue.answers()
            _commit_with_a_job(session)
        finally:
            os.kill(server, signal.SIGCONT)
        servers.wait_until(queue.answers)
        client.flushall()
        _commit_with_a_job(session)

        assert jobs(client, "publish") == [("kener.jobs.publish",)]
        queue.connect("")


def test_one_shift_is_kept_waiting(connected):
    assert queue.offer_shift("default", 60)
    assert not queue.offer_shift("default", 60)
    assert jobs(connected, "checks-default") == [("kener.worker.checks.shift", 60)]


def test_a_shift_that_died_waiting_is_replaced(connected):
    queue.offer_shift("default", 60)
    dead = Queue("checks-default", connection=connected, serializer="json").get_job_ids()[0]
    connected.delete(Job.key_for(dead))

    assert queue.offer_shift("default", 60)
    assert len(Queue("checks-default", connection=connected, serializer="json").get_job_ids()) == 1


def test_without_redis_everything_is_left_to_the_sweep(session: Session):
    queue.connect("")
    queue.later(session, "kener.jobs.publish")
    session.commit()

    assert not queue.answers()
