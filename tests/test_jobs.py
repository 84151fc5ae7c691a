"""The jobs, called as RQ calls them: by name, with ids at most, and maybe twice."""

import os
from importlib import import_module

import mirrors
import pytest
from factories import a_monitor, a_target, a_webhook, a_window, the_location
from sqlalchemy import func, select

from kener import jobs, queue
from kener.actions import upkeep
from kener.actions.events import emit
from kener.actions.results import Probed, record
from kener.actions.targets import create_target
from kener.core.instant import HOUR
from kener.core.outcome import Outcome
from kener.core.status import Status
from kener.site.templates import environment
from kener.store.clock import now
from kener.store.tables import Delivery, Event, Hour, Publication, Result, TargetRun


@pytest.fixture
def job(config):
    """Run a job by its name, twice."""
    jobs.use(config)
    jobs._here.cache_clear()

    def run(name, *ids):
        module, function = name.rsplit(".", 1)
        for _ in range(2):
            getattr(import_module(module), function)(*ids)

    yield run
    jobs._here(os.getpid())[0].engine.dispose()
    jobs._here.cache_clear()
    queue.connect("")


def count(database, table):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_every_job_of_the_queue_exists():
    for name in queue.JOBS:
        module, function = name.rsplit(".", 1)
        assert callable(getattr(import_module(module), function))
    module, function = queue.SHIFT.rsplit(".", 1)
    assert callable(getattr(import_module(module), function))


def test_templates_are_compiled_before_the_forks_of_publishing_and_of_nothing_else():
    environment.cache_clear()
    jobs.warm(["deliveries"])
    assert len(environment().cache) == 0

    jobs.warm(["publish"])

    there = {name for _, name in environment().cache}
    assert {"site/index.html", "site/monitor.html", "site/feed.atom"} <= there


def test_dispatch_makes_each_delivery_once(database, job):
    with database.write() as session:
        a_webhook(session, "http://127.0.0.1:9/")
        emit(session, "monitor.down", {}, now())
    job("kener.jobs.dispatch")

    assert count(database, Delivery) == 1
    with database.read() as session:
        assert session.scalars(select(Event)).one().dispatched_at


def test_windows_that_begin_are_told_of(database, job):
    with database.write() as session:
        window = a_window(session, starts_at=now() - 1, ends_at=now() + HOUR)
        window.turn_at = window.starts_at
    job("kener.jobs.windows")

    with database.read() as session:
        assert session.scalars(select(Event.name)).all() == ["maintenance.started"]


def test_deliver_with_nothing_to_do_does_nothing(database, job):
    job("kener.jobs.deliver")

    assert count(database, Delivery) == 0


def test_publish_writes_the_page(database, config, job):
    with database.write() as session:
        a_monitor(session, name="The shop")
    job("kener.jobs.publish")

    with database.read() as session:
        publication = session.scalars(select(Publication)).one()
    assert publication.published_seq == publication.dirty_seq, publication.error
    assert publication.build_seq == 1
    assert any("The shop" in page.read_text() for page in config.site_dir.rglob("index.html"))


def test_upkeep_packs_hours_that_are_long_over(database, job):
    old = now() - 30 * HOUR
    with database.write() as session:
        monitor, here = a_monitor(session), the_location(session).id
        outcome = Outcome(Status.UP, latency_ms=3.0)
        batch = [Probed(monitor.id, here, old + minute * 60_000, outcome) for minute in range(10)]
        record(session, batch, now())
    job("kener.jobs.upkeep")

    assert count(database, Result) == 0
    with database.read() as session:
        assert sum(session.scalars(select(Hour.up))) == 10


def test_upkeep_leaves_its_worker_to_deliveries_after_a_while(database, job, monkeypatch):
    monkeypatch.setattr(upkeep, "BUDGET", -1)
    with database.write() as session:
        monitor, here = a_monitor(session), the_location(session).id
        slots = [now() - hours * HOUR for hours in (50, 40, 30)]
        outcome = Outcome(Status.UP, latency_ms=3.0)
        record(session, [Probed(monitor.id, here, slot, outcome) for slot in slots], now())
    job("kener.jobs.upkeep")

    assert count(database, Hour) == 1


def test_a_shift_needs_a_checks_worker(job):
    with pytest.raises(RuntimeError, match="only a checks worker"):
        import_module("kener.worker.checks").shift(1.0)


@pytest.mark.usefixtures("sealing")
def test_a_target_is_tried_planned_for_and_sent_to(database, job, config):
    """Nobody listens there: each job says so in the log of the target, and raises nothing."""
    mirrors.publish(config, 1)
    with database.write() as session:
        settings = {"bucket": "status", "access_key_id": "key", "secret_access_key": "secret"}
        fields = {"name": "Bucket", "settings": settings}
        target = create_target(session, "s3", fields, now(), config)
        target.settings = {**target.settings, "endpoint": "http://127.0.0.1:9"}
    for name in ("try_target", "dry_run_target"):
        job(f"kener.jobs.{name}", target.id)
    job("kener.jobs.send")

    with database.read() as session:
        runs = [
            (each.what, each.failed) for each in session.query(TargetRun).order_by(TargetRun.id)
        ]
    assert runs == [("test", True)] * 2 + [("dry_run", True)] * 2 + [("send", True)]


def test_a_build_starts_sending_only_where_there_is_a_host(database, job, sealing, monkeypatch):
    sent = []
    monkeypatch.setattr(queue, "enqueue", lambda *wishes: sent.extend(wishes))
    job("kener.jobs.publish")
    assert sent == []
    with database.write() as session:
        session.query(Publication).one().dirty_seq += 1
        a_target(session)
    job("kener.jobs.publish")

    assert ("kener.jobs.send", ()) in sent
