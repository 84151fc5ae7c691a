"""A shift and its lease, with Redis and without, and what leaving it returns."""

import threading
import time

import pytest
from servers import wait_until
from shifts import a_silent_server, make, open_port, redis_there, results, start
from sqlalchemy import select

from kener.store.clock import now
from kener.store.tables import Schedule
from kener.worker import shift as shift_module

__all__ = ["open_port", "redis_there", "start"]
pytestmark = pytest.mark.usefixtures("sealing")


def test_nothing_is_claimed_without_a_lease(database, start, open_port):
    start()
    make(database, open_port)
    with pytest.raises(pytest.fail.Exception):
        wait_until(lambda: results(database), seconds=1)


def test_a_lease_ends(start):
    begun = time.monotonic()
    start().hold(0.2)

    assert 0.2 <= time.monotonic() - begun < 1


def test_while_redis_is_away_the_shift_goes_on_past_its_lease(
    database, start, redis_there, open_port, monkeypatch
):
    monkeypatch.setattr(shift_module, "HANDOVER", 0.0)
    shift = start()
    redis_there.there = False
    holder = threading.Thread(target=shift.hold, args=(0.1,))
    holder.start()
    make(database, open_port, interval=5)
    wait_until(lambda: results(database) >= 1)
    assert holder.is_alive()

    redis_there.there = True
    holder.join(3)
    assert not holder.is_alive()


def test_a_worker_that_never_saw_redis_checks_all_the_same(
    database, start, redis_there, open_port, caplog
):
    redis_there.there = False
    start()
    make(database, open_port)
    wait_until(lambda: results(database) == 1)

    assert "goes on checking without it" in caplog.text


def test_leaving_returns_what_was_not_probed_and_stores_the_rest(
    database, start, open_port, monkeypatch
):
    monkeypatch.setattr(shift_module, "GRACE", 0.5)
    shift = start()
    holder = threading.Thread(target=shift.hold, args=(60,))
    holder.start()
    due_at = now()
    with a_silent_server() as silent:
        slow = make(database, silent, due_at=due_at, timeout=30.0, settings={"expect": "hello"})
        wait_until(lambda: shift._engine.in_flight == 1)
        make(database, open_port)
        wait_until(lambda: shift._engine.in_flight == 2 or results(database))
        begun = time.monotonic()
        shift.close()
        holder.join()

    assert time.monotonic() - begun < 2
    assert results(database) == 1
    with database.read() as session:
        schedule = session.scalars(select(Schedule).filter_by(monitor_id=slow.id)).one()
    assert schedule.due_at == due_at
