"""The ticker: keeps a shift waiting everywhere, and finds what was lost."""

import logging

import pytest
import redis
from factories import NOW, a_webhook
from rq import Queue
from sqlalchemy import update

from kener import queue
from kener.actions.events import emit
from kener.store.sweep import waiting_jobs
from kener.store.tables import Delivery, Location, Publication
from kener.worker.ticker import ENOUGH, Ticker

MINUTE = 60_000


@pytest.fixture
def client(redis_url):
    queue.connect(redis_url)
    yield redis.Redis.from_url(redis_url)
    queue.connect("")


@pytest.fixture
def published(database):
    """Everything is in order: the page was published just now."""
    _publish(database, NOW)


def _publish(database, at):
    with database.write() as session:
        session.execute(
            update(Publication).values(published_seq=Publication.dirty_seq, published_at=at)
        )


@pytest.fixture
def ticker(database):
    return Ticker(database, 60, lambda: NOW, lease=60.0)


def waiting(client, name):
    found = Queue(name, connection=client, serializer="json").get_jobs()
    return [(job.func_name, *job.args) for job in found]


def test_each_location_has_a_shift_waiting(database, client, ticker):
    with database.write() as session:
        session.add(Location(name="elsewhere"))
    ticker.tick(0.0)
    ticker.tick(1.0)

    for name in ("default", "elsewhere"):
        assert waiting(client, f"checks-{name}") == [("kener.worker.checks.shift", 60.0)]


def test_a_shift_that_was_taken_is_followed_by_a_spare_one(client, ticker):
    ticker.tick(0.0)
    Queue("checks-default", connection=client, serializer="json").empty()
    ticker.tick(1.0)

    assert len(waiting(client, "checks-default")) == 1


def test_two_tickers_do_no_harm(client, database):
    for ticker in [Ticker(database, 60, lambda: NOW, lease=60.0) for _ in range(2)]:
        ticker.tick(0.0)

    assert len(waiting(client, "checks-default")) == 1


def test_nothing_is_started_where_nothing_waits(database, published):
    with database.read() as session:
        assert waiting_jobs(session, NOW, MINUTE) == []


def test_an_event_redis_never_heard_of_is_found(database, published, client, ticker):
    with database.write() as session:
        emit(session, "monitor.down", {}, NOW)
        session.info.clear()  # as if the process had died before it could tell Redis
    ticker.tick(0.0)

    assert waiting(client, "deliveries") == [("kener.jobs.dispatch",)]


def test_an_overdue_delivery_is_found(database, published):
    with database.write() as session:
        event = emit(session, "monitor.down", {}, NOW)
        event.dispatched_at = NOW
        webhook = a_webhook(session, "http://127.0.0.1/")
        session.flush()
        session.add(
            Delivery(
                public_id="msg_1",
                event_id=event.id,
                webhook_id=webhook.id,
                next_attempt_at=NOW,
                created_at=NOW,
            )
        )
    with database.read() as session:
        assert waiting_jobs(session, NOW - 1, MINUTE) == []
        assert waiting_jobs(session, NOW, MINUTE) == ["kener.jobs.deliver"]


def test_a_dirty_page_is_found(database, published):
    with database.write() as session:
        session.execute(update(Publication).values(dirty_seq=Publication.dirty_seq + 1))
    with database.read() as session:
        assert waiting_jobs(session, NOW, MINUTE) == ["kener.jobs.publish"]


def test_a_page_that_was_never_published_is_found(database):
    with database.read() as session:
        assert waiting_jobs(session, NOW, MINUTE) == ["kener.jobs.publish"]


def test_a_page_older_than_promised_is_found(database, published):
    with database.read() as session:
        assert waiting_jobs(session, NOW + MINUTE - 1, MINUTE) == []
        assert waiting_jobs(session, NOW + MINUTE, MINUTE) == ["kener.jobs.publish"]


def test_the_sweep_comes_every_ten_seconds(database, client, ticker):
    for second in range(20):
        ticker.tick(float(second))

    assert len(waiting(client, "publish")) == 2


def test_upkeep_comes_every_minute(client, ticker):
    for second in range(0, 121, 5):
        ticker.tick(float(second))

    assert len(waiting(client, "upkeep")) == 3


def test_the_dead_mans_switch_is_thought_of_each_minute(client, database):
    jobs = ["kener.jobs.upkeep", "kener.jobs.report_alive"]
    ticker = Ticker(database, 60, lambda: NOW, 60.0, jobs)
    for second in range(121):
        ticker.tick(float(second))

    publish = [job for job, *_ in waiting(client, "publish")]
    assert publish.count("kener.jobs.report_alive") == 3


def test_jobs_nobody_works_off_do_not_pile_up(database, client, ticker):
    for minute in range(100):
        ticker.tick(minute * 60.0)

    assert len(waiting(client, "publish")) == ENOUGH


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_redis_that_is_away_is_told_of_once(ticker, caplog):
    queue.connect("unix:///nowhere/redis.sock")
    for second in range(30):
        ticker.tick(float(second))
    queue.connect("")

    mine = [each for each in caplog.records if each.name == "kener.worker.ticker"]
    assert [each.levelno for each in mine] == [logging.WARNING]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_away_leaves_shifts_running(database, client, ticker, caplog):
    ticker.tick(0.0)
    Queue("checks-default", connection=client, serializer="json").empty()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE events RENAME TO gone")
    ticker.tick(10.0)
    ticker.tick(20.0)

    assert len(waiting(client, "checks-default")) == 1
    assert len([each for each in caplog.records if "database" in each.message]) == 1
