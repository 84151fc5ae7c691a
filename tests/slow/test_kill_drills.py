"""Kill -9 at any moment, freeze, take away: at most the probes in flight are lost, and history
never says up or down of a time in which nobody looked."""

import random
import signal
import socket
import threading
import time
from collections import defaultdict
from itertools import pairwise

import pytest
from factories import a_monitor
from programs import CHECKS, TICKER, RedisProgram, programs
from servers import a_short_folder, wait_until
from sqlalchemy import func, select, text

from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Observation, Result, Schedule, Span

pytestmark = pytest.mark.slow

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For drills in which the database has no part."""

SECOND = 1_000
INTERVAL = 5
WORTH = 16
"""Seconds for which a result of such a monitor is worth anything."""
LEASE = 3
MONITORS = 25


@pytest.fixture
def folder():
    with a_short_folder("kener-drill-") as folder:
        yield folder


@pytest.fixture
def server(folder):
    program = RedisProgram(folder).start()
    yield program
    program.end()


@pytest.fixture
def start(folder, database_url, server):
    with programs(folder, database_url, REDIS_URL=server.url) as start:
        yield start


@pytest.fixture
def target():
    """A TCP service that is always there."""
    with socket.create_server(("127.0.0.1", 0), backlog=500) as listening:

        def answer():
            while True:
                try:
                    listening.accept()[0].close()
                except OSError:
                    return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.fixture
def monitors(database, target):
    with database.write() as session:
        return [add(session, target, now() + each * 37) for each in range(MONITORS)]


def add(session, target, due_at):
    settings = {"host": "127.0.0.1", "port": target}
    monitor = a_monitor(session, due_at=due_at, settings=settings, interval=INTERVAL, timeout=1.0)
    return monitor.id


def newest(database):
    """The newest slot recorded of each monitor."""
    with database.read() as session:
        return dict(session.execute(select(Observation.monitor_id, Observation.slot_at)).all())


def wait_for_all(database, monitors, since, seconds=15):
    """Until every monitor has a result of a slot later than `since`."""
    wait_until(
        lambda: (seen := newest(database)) and all(seen.get(m, 0) > since for m in monitors),
        seconds,
        0.1,
    )


def slots(database):
    found = defaultdict(list)
    with database.read() as session:
        for monitor_id, due_at in session.execute(
            select(Result.monitor_id, Result.due_at).order_by(Result.due_at)
        ):
            found[monitor_id].append(due_at)
    return found


def holes(database, since):
    """Where a monitor lacks a slot of its rhythm after `since`: (monitor id, from, to)."""
    return [
        (monitor_id, earlier, later)
        for monitor_id, each in slots(database).items()
        for earlier, later in pairwise(each)
        if earlier >= since and later - earlier > INTERVAL * SECOND
    ]


def statuses(database):
    with database.read() as session:
        return set(
            session.scalars(select(Span.status).where(Span.from_at != func.coalesce(Span.to_at, 0)))
        )


def false_unknowns(database):
    """Stretches of unknown that are not just the time from when the last result was worth nothing
    any more until the next one, as (monitor id, from, to)."""
    kept = slots(database)
    with database.read() as session:
        spans = session.execute(
            select(Span.monitor_id, Span.from_at, Span.to_at).where(
                Span.status == Status.UNKNOWN, Span.to_at > Span.from_at
            )
        ).all()
    return [
        (monitor_id, begun, ended)
        for monitor_id, begun, ended in spans
        if (begun - WORTH * SECOND, ended) not in pairwise(kept[monitor_id])
    ]


def is_sound(database):
    with database.read() as session:
        if database.engine.dialect.name == "sqlite":
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        open_ones = session.execute(
            select(Span.monitor_id, func.count())
            .where(Span.to_at.is_(None))
            .group_by(Span.monitor_id)
        ).all()
        assert all(count == 1 for _, count in open_ones)


def test_a_killed_worker_loses_at_most_what_was_in_flight(database, monitors, start):
    start(TICKER.format(lease=LEASE))
    checks = start(CHECKS)
    wait_for_all(database, monitors, 0)
    begun = now()
    wait_for_all(database, monitors, begun + INTERVAL * SECOND)
    checks.kill()

    with database.read() as session:
        claimed = dict(session.execute(select(Schedule.monitor_id, Schedule.slot_at)).all())
    kept = slots(database)
    for monitor in monitors:
        # Every slot but the one claimed last has its result, whenever the kill came.
        assert claimed[monitor] - kept[monitor][-1] in {0, INTERVAL * SECOND}
    assert holes(database, begun) == []
    is_sound(database)

    checks.start()
    wait_for_all(database, monitors, now(), seconds=8)
    assert statuses(database) == {Status.UP}


def test_a_worker_that_is_gone_for_long_leaves_a_gap_of_unknown(database, monitors, start):
    start(TICKER.format(lease=LEASE))
    checks = start(CHECKS)
    wait_for_all(database, monitors, 0)
    checks.kill()
    last = newest(database)
    with database.read() as session:
        worth = session.scalar(select(func.max(Observation.observed_until)))
    wait_until(lambda: now() > worth + SECOND, seconds=30)
    checks.start()
    wait_for_all(database, monitors, worth)

    with database.read() as session:
        for monitor in monitors:
            spans = session.scalars(
                select(Span).filter_by(monitor_id=monitor).order_by(Span.from_at)
            ).all()
            assert [each.status for each in spans] == [Status.UP, Status.UNKNOWN, Status.UP]
            assert spans[1].from_at <= last[monitor] + (INTERVAL + 11) * SECOND
            assert spans[1].to_at > worth


@sqlite_only
def test_a_killed_ticker_costs_no_check(database, monitors, start):
    ticker = start(TICKER.format(lease=LEASE))
    start(CHECKS)
    wait_for_all(database, monitors, 0)
    begun = now()
    ticker.kill()
    wait_for_all(database, monitors, begun + 3 * LEASE * SECOND, seconds=20)
    ticker.start()
    wait_for_all(database, monitors, now() + LEASE * SECOND)

    assert holes(database, begun) == []


@sqlite_only
@pytest.mark.parametrize("way", ["frozen", "killed"])
def test_redis_away_for_longer_than_a_lease_costs_no_check(request, database, monitors, start, way):
    server, target = request.getfixturevalue("server"), request.getfixturevalue("target")
    start(TICKER.format(lease=LEASE))
    checks = start(CHECKS)
    wait_for_all(database, monitors, 0)
    begun = now()
    if way == "frozen":
        server.send(signal.SIGSTOP)
    else:
        server.kill()
    wait_for_all(database, monitors, begun + 4 * LEASE * SECOND, seconds=40)
    with database.write() as session:
        new = add(session, target, now())
    wait_for_all(database, [new], 0, seconds=2)
    if way == "frozen":
        server.send(signal.SIGCONT)
    else:
        server.start()
    back = now()
    wait_for_all(database, monitors, back + 2 * LEASE * SECOND, seconds=40)

    assert holes(database, begun) == []
    assert checks.is_alive
    assert statuses(database) == {Status.UP}


@sqlite_only
def test_a_worker_started_while_redis_is_away_checks_at_once(database, monitors, start, server):
    server.kill()
    start(CHECKS)

    wait_for_all(database, monitors, 0, seconds=8)


def test_any_of_them_killed_again_and_again(database, monitors, start, server):
    chance = random.Random()
    family = [start(CHECKS), start(TICKER.format(lease=LEASE)), server]
    wait_for_all(database, monitors, 0)
    end = time.monotonic() + 15
    while time.monotonic() < end:
        victim = chance.choice(family)
        threading.Event().wait(chance.uniform(0.2, 1.5))
        victim.kill()
        victim.start()
    wait_for_all(database, monitors, now(), seconds=15)

    # Who kills fast enough leaves no time for any check: then, and only then, it is unknown.
    assert statuses(database) <= {Status.UP, Status.UNKNOWN}
    assert false_unknowns(database) == []
    is_sound(database)
