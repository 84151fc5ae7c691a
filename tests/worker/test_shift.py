"""A shift, whole: real schedule, real probes of real sockets, real results."""

import threading
import time

import pytest
from factories import a_monitor
from servers import wait_until
from shifts import (
    a_closed_port,
    a_silent_server,
    holding,
    make,
    open_port,
    redis_there,
    results,
    start,
    the_observation,
)
from sqlalchemy import text

from kener.actions.monitors import check_now
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Monitor
from kener.worker import shift as shift_module

__all__ = ["holding", "open_port", "redis_there", "start"]
pytestmark = pytest.mark.usefixtures("sealing")


def test_what_is_due_is_probed_and_stored(database, holding, open_port):
    well, ill = make(database, open_port), make(database, a_closed_port())
    wait_until(lambda: results(database) >= 2)

    assert the_observation(database, well).confirmed is Status.UP
    assert the_observation(database, ill).reason is Reason.REFUSED


def test_a_new_monitor_is_probed_within_two_seconds(database, holding, open_port):
    begun = time.monotonic()
    make(database, open_port)
    wait_until(lambda: results(database) == 1)

    assert time.monotonic() - begun < 2


def test_check_now_is_done_within_a_second(database, holding, open_port):
    monitor = make(database, open_port, due_at=now() + 3_600_000)
    begun = time.monotonic()
    with database.write() as session:
        check_now(session, session.get(Monitor, monitor.id), now())
    wait_until(lambda: results(database) == 1)

    assert time.monotonic() - begun < 1


def test_an_edited_monitor_is_probed_as_it_is_now(database, holding, open_port):
    monitor = make(database, a_closed_port())
    wait_until(lambda: results(database) == 1)
    with database.write() as session:
        row = session.get(Monitor, monitor.id)
        row.settings = row.settings | {"port": open_port}
        row.version += 1
        check_now(session, row, now())
    wait_until(lambda: results(database) == 2)

    assert the_observation(database, monitor).observed is Status.UP


def test_a_failure_is_confirmed_by_a_quick_recheck(database, holding):
    monitor = make(database, a_closed_port(), retry_interval=1)
    wait_until(lambda: results(database) >= 2, seconds=4)

    assert the_observation(database, monitor).confirmed is Status.DOWN


def test_slow_targets_never_hold_up_the_others(database, holding, open_port):
    with a_silent_server() as silent:
        for _ in range(20):
            make(database, silent, timeout=8.0, settings={"expect": "hello"})
        make(database, open_port)
        wait_until(lambda: results(database) == 1, seconds=2)


def test_no_more_probes_are_in_flight_than_there_are_slots(database, start):
    shift = start(slots=3)
    with a_silent_server() as silent:
        for _ in range(5):
            make(database, silent, timeout=1.0, settings={"expect": "hello"})
        threading.Thread(target=shift.hold, args=(60,), daemon=True).start()
        most = []

        def done():
            most.append(shift._engine.in_flight)
            return results(database) >= 5

        wait_until(done)
        assert max(most) == 3


def test_a_host_with_too_many_monitors_holds_up_no_other(database, start, open_port):
    """More of them than slots: they wait for each other, and the slots are for the rest."""
    shift = start(slots=10, probes_per_host=4)
    with a_silent_server() as silent:
        for _ in range(30):
            make(database, silent, timeout=8.0, settings={"expect": "hello"})
        threading.Thread(target=shift.hold, args=(60,), daemon=True).start()
        wait_until(lambda: shift._engine.waiting == 26)
        well = make(database, open_port)
        wait_until(lambda: results(database) == 1, seconds=2)
        assert shift._engine.in_flight == 4

    assert the_observation(database, well).observed is Status.UP


def test_nothing_more_is_claimed_while_too_many_wait(database, start, open_port, monkeypatch):
    monkeypatch.setattr(shift_module, "MOST_WAITING", 20)
    shift = start(slots=100, probes_per_host=1)
    with a_silent_server() as silent:
        for _ in range(30):
            make(database, silent, timeout=1.0, settings={"expect": "hello"})
        most = []

        def some_are_done():
            most.append(shift._engine.waiting)
            return results(database) >= 2

        threading.Thread(target=shift.hold, args=(60,), daemon=True).start()
        wait_until(some_are_done)
    assert max(most) <= 20


def test_a_lost_secret_is_unknown_and_says_so(database, holding):
    settings = {"url": "http://127.0.0.1/", "password": "enc:v1:0000:AAAA"}
    with database.write() as session:
        monitor = a_monitor(session, due_at=now(), kind="http", settings=settings)
    wait_until(lambda: results(database) == 1)

    seen = the_observation(database, monitor)
    assert (seen.observed, seen.reason) == (Status.UNKNOWN, Reason.SECRET_LOST)
    assert "password" in seen.detail


def test_an_unknown_kind_is_unknown(database, holding):
    monitor = make(database, kind="telepathy")
    wait_until(lambda: results(database) == 1)

    assert the_observation(database, monitor).reason is Reason.NOT_SUPPORTED


def test_a_damaged_monitor_keeps_no_other_from_being_probed(database, holding, open_port):
    due_at = now()
    ill = make(database, due_at=due_at)
    with database.write() as session:
        session.execute(text("UPDATE monitors SET settings = '[1]'"))
    wait_until(lambda: results(database) == 1)
    well = [make(database, open_port) for _ in range(3)]
    wait_until(lambda: results(database) >= 4)

    assert the_observation(database, ill).reason is Reason.INTERNAL_ERROR
    assert all(the_observation(database, each).observed is Status.UP for each in well)
