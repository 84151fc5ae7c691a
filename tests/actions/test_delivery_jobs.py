"""Jobs that send: to many receivers at once, and none delays another."""

from collections import Counter
from threading import Barrier, Event, Thread

import pytest
from outbox import Statements, a_hook, at_once, dispatch, facts, rows, send
from receivers import a_receiver, a_rude_receiver
from servers import wait_until

from kener.actions import deliveries
from kener.store.tables.events import DeliveryState

pytestmark = pytest.mark.usefixtures("sealing")


def test_an_idle_job_asks_little_and_locks_nothing(database, jobs):
    statements = Statements(database)
    with database.write():  # would make any other writer wait
        assert send(database) == 0

    assert len(statements) <= 3
    assert all(each.lstrip().startswith("SELECT") for each in statements)


def test_one_dead_receiver_delays_nobody_else(database, jobs):
    release = Event()

    def keep_waiting(connection):
        connection.recv(65536)
        release.wait(20)

    with a_rude_receiver(keep_waiting) as dead, a_receiver() as alive:
        a_hook(database, dead.url())
        a_hook(database, alive.url())
        facts(database, 20)
        dispatch(database)
        job = Thread(target=send, args=(database,))
        job.start()
        wait_until(lambda: len(alive.got) == 20, 8)
        assert len(dead.got) == 2
        release.set()
        job.join()

    assert len(set(alive.ids)) == 20


def test_a_receiver_never_has_more_than_two_in_hand(database, jobs):
    pause = Event()
    with a_receiver(lambda _: pause.wait(0.02) or 204) as receiver:
        a_hook(database, receiver.url())
        facts(database, 20)
        dispatch(database)

        assert send(database) == 20
    assert 1 <= receiver.at_once <= 2
    assert len(set(receiver.ids)) == 20


def test_several_jobs_at_once_send_each_message_once(database, jobs):
    with a_receiver() as one, a_receiver() as two:
        for receiver in (one, two):
            a_hook(database, receiver.url())
        facts(database, 25)
        together = Barrier(3)

        def work():
            together.wait()
            dispatch(database)
            send(database)

        at_once(work, 3)
        dispatch(database)
        send(database)

    ids = {each.public_id for each in rows(database)}
    assert Counter(one.ids + two.ids) == dict.fromkeys(ids, 1)
    assert len(ids) == 50
    assert {each.state for each in rows(database)} == {DeliveryState.DELIVERED}


def test_a_job_leaves_what_it_has_no_time_for_to_the_next(database, jobs, monkeypatch):
    monkeypatch.setattr(deliveries, "TAKES_ON", 0)
    a_hook(database)
    facts(database)
    dispatch(database)
    jobs.clear()

    assert send(database) == 0
    assert jobs == [("kener.jobs.deliver", ())]


def test_a_bug_with_one_parcel_stops_no_other(database, jobs, monkeypatch, caplog):
    real = deliveries.attempt

    def buggy(parcel, way, now):
        if parcel.url.endswith("/bug"):
            raise ZeroDivisionError
        return real(parcel, way, now)

    monkeypatch.setattr(deliveries, "attempt", buggy)
    with a_receiver() as receiver:
        a_hook(database, receiver.url(path="/bug"))
        a_hook(database, receiver.url())
        facts(database)
        dispatch(database)
        assert send(database) == 2

    states = Counter(each.state for each in rows(database))
    assert states == {DeliveryState.DELIVERED: 1, DeliveryState.PENDING: 1}
    assert "ZeroDivisionError" in caplog.text
