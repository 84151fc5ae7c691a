"""A shift, whole, with kinds that need more than the network."""

import socket
import threading

import pytest
from factories import the_location
from servers import wait_until
from sqlalchemy import select, update

from kener import queue
from kener.actions.heartbeats import Report, Said, receive
from kener.actions.monitors import create_monitor
from kener.actions.statuses import push_status
from kener.checks import Engine, EngineConfig
from kener.core.instant import SECOND
from kener.core.status import Status
from kener.store.clock import now
from kener.store.tables import Heartbeat, Monitor, PushedStatus, Span
from kener.worker.shift import Post, Shift

pytestmark = pytest.mark.usefixtures("sealing", "holding")


@pytest.fixture
def holding(database, monkeypatch):
    monkeypatch.setattr(queue, "enqueue", lambda *_: None)
    with database.read() as session:
        here = the_location(session).id
    engine = Engine(EngineConfig(clock=now))
    shift = Shift(database, engine, Post(here, 100, now, lambda: True))
    shift.start()
    holder = threading.Thread(target=shift.hold, args=(60,))
    holder.start()
    yield
    shift.close()
    holder.join()


def make(database, kind, **given):
    with database.write() as session:
        fields = {"name": kind, "kind": kind, "interval": 3600}
        return create_monitor(session, fields | given, now())


def spans(database, monitor):
    with database.read() as session:
        found = session.scalars(
            select(Span).filter_by(monitor_id=monitor.id).order_by(Span.from_at)
        )
        return [(each.status, each.from_at) for each in found]


def test_a_missed_heartbeat_is_noticed_within_a_second_whatever_the_interval(database):
    heartbeat = make(database, "heartbeat", settings={"period": 60, "grace": 0})
    overdue = now() + SECOND
    with database.write() as session:
        receive(session, heartbeat.id, Said(Report.DONE), now())
        session.execute(update(Heartbeat).values(pinged_at=overdue - 60 * SECOND))

    wait_until(lambda: len(spans(database, heartbeat)) == 2)
    late = now() - overdue
    assert spans(database, heartbeat)[1] == (Status.DOWN, overdue + 1)
    assert late < 2 * SECOND


def test_a_status_that_has_run_out_is_unknown_within_a_second(database):
    manual = make(database, "manual")
    with database.write() as session:
        mine = session.get(Monitor, manual.id)
        pushed = push_status(session, mine, {"status": "up", "expires_in": 1}, now())

    wait_until(lambda: len(spans(database, manual)) == 2)
    assert spans(database, manual) == [
        (Status.UP, pushed.pushed_at),
        (Status.UNKNOWN, pushed.expires_at),
    ]
    with database.read() as session:
        assert session.scalar(select(PushedStatus.status)) is Status.UP


def test_a_group_changes_in_the_moment_that_its_member_does(database):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings = {"host": "127.0.0.1", "port": port}
    member = make(database, "tcp", to_fail=1, settings=settings)
    group = make(database, "group", settings={"members": [member.public_id]})

    wait_until(lambda: spans(database, group))
    (mine,) = spans(database, group)
    assert mine == spans(database, member)[0]
    assert mine[0] is Status.DOWN
