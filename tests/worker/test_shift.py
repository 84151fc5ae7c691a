"""A shift, whole: real schedule, real probes of real sockets, real results."""

import logging
import socket
import threading
import time
from contextlib import contextmanager

import pytest
from factories import a_monitor, the_location
from servers import wait_until
from sqlalchemy import event, func, select, text

from kener.actions.monitors import check_now
from kener.checks import Engine, EngineConfig
from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Monitor, Observation, Result, Schedule
from kener.worker import shift as shift_module
from kener.worker.shift import Post, Shift

pytestmark = pytest.mark.usefixtures("sealing")


class Redis:
    """Whether Redis answers, as the test wishes."""

    there = True

    def __call__(self):
        return self.there


@pytest.fixture
def redis_there():
    return Redis()


@pytest.fixture
def start(database, redis_there):
    started = []

    def start(slots=100, **engine):
        with database.read() as session:
            here = the_location(session).id
        engine = Engine(EngineConfig(clock=now, **engine))
        shift = Shift(database, engine, Post(here, slots, now, redis_there))
        shift.start()
        started.append(shift)
        return shift

    yield start
    for shift in started:
        shift.close()


@pytest.fixture
def holding(start):
    """A shift whose lease lasts until the end of the test."""
    shift = start()
    holder = threading.Thread(target=shift.hold, args=(60,))
    holder.start()
    yield shift
    shift.leave()
    holder.join()


@pytest.fixture
def open_port():
    with socket.create_server(("127.0.0.1", 0), backlog=500) as server:
        yield server.getsockname()[1]


@contextmanager
def a_silent_server():
    """Takes connections, and never says the greeting it is waited for."""
    with socket.create_server(("127.0.0.1", 0), backlog=500) as server:
        yield server.getsockname()[1]


def make(database, port=9, **given):
    settings = {"host": "127.0.0.1", "port": port} | given.pop("settings", {})
    due_at = given.pop("due_at", now())
    with database.write() as session:
        return a_monitor(session, due_at=due_at, settings=settings, **given)


def results(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Result))


def the_observation(database, monitor):
    with database.read() as session:
        return session.get(Observation, (monitor.id, the_location(session).id))


def test_what_is_due_is_probed_and_stored(database, holding, open_port):
    well, ill = make(database, open_port), make(database, a_closed_port())
    wait_until(lambda: results(database) >= 2)

    assert the_observation(database, well).confirmed is Status.UP
    assert the_observation(database, ill).reason is Reason.REFUSED


def a_closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


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


def test_a_locked_database_costs_no_outcome(database, start, open_port, caplog):
    shift = start()
    threading.Thread(target=shift.hold, args=(60,), daemon=True).start()
    with a_silent_server() as silent:
        make(database, silent, timeout=1.0, settings={"expect": "hello"})
        wait_until(lambda: shift._engine.in_flight == 1)
        _make_unwritable(database)
        wait_until(lambda: shift._in_trouble)
        assert [r.message for r in caplog.records if r.levelno >= logging.ERROR]
        _make_writable(database)
        wait_until(lambda: results(database) == 1)

    assert len([r for r in caplog.records if r.levelno >= logging.ERROR]) == 1
    assert not shift._in_trouble


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_became_a_standby_costs_no_outcome(database, start, open_port, caplog):
    shift = start()
    threading.Thread(target=shift.hold, args=(60,), daemon=True).start()
    with a_silent_server() as silent:
        make(database, silent, timeout=1.0, settings={"expect": "hello"})
        wait_until(lambda: shift._engine.in_flight == 1)
        _make_unwritable(database, READ_ONLY)
        wait_until(lambda: shift._in_trouble)
        _make_writable(database)
        wait_until(lambda: results(database) == 1)

    assert len([r for r in caplog.records if r.levelno >= logging.ERROR]) == 1


def test_no_more_is_claimed_while_what_was_claimed_cannot_be_read(
    database, start, open_port, monkeypatch
):
    monkeypatch.setattr(shift_module, "TRY_AGAIN", 0.15)
    shift, failures = start(slots=3), []
    event.listen(database.engine, "handle_error", failures.append)
    with database.write() as session:
        for _ in range(20):
            a_monitor(session, due_at=now(), settings={"host": "127.0.0.1", "port": open_port})
        session.execute(text("ALTER TABLE monitors RENAME COLUMN settings TO away"))
    threading.Thread(target=shift.hold, args=(60,), daemon=True).start()
    wait_until(lambda: len(failures) >= 3)
    with database.write() as session:
        claimed = session.scalar(select(func.count()).where(Schedule.slot_at.is_not(None)))
        session.execute(text("ALTER TABLE monitors RENAME COLUMN away TO settings"))

    assert claimed == 3
    wait_until(lambda: results(database) == 20)


DISK_FULL, READ_ONLY = "53100", "25006"


def _make_unwritable(database, why=DISK_FULL):
    """As when the disk is full: reading works, writing is refused."""
    with database.write() as session:
        if database.engine.dialect.name == "sqlite":
            session.execute(text(REFUSE_SQLITE))
        else:
            session.execute(text(REFUSE_POSTGRESQL.format(why)))
            session.execute(
                text(
                    "CREATE TRIGGER refuse BEFORE INSERT ON results"
                    " FOR EACH ROW EXECUTE FUNCTION refuse()"
                )
            )


def _make_writable(database):
    with database.write() as session:
        on = " ON results" if database.engine.dialect.name == "postgresql" else ""
        session.execute(text(f"DROP TRIGGER refuse{on}"))


REFUSE_SQLITE = """
CREATE TRIGGER refuse BEFORE INSERT ON results
BEGIN SELECT missing_function(); END
"""
REFUSE_POSTGRESQL = """
CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'no writing' USING ERRCODE = '{}'; END $$
"""
