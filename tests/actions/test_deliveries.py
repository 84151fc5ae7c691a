"""From an event to a receiver who knows."""

from collections import Counter
from threading import Barrier, Event, Thread

import pytest
from factories import NOW, a_webhook
from outbox import CONFIG, DATA, Statements, a_hook, at_once, dispatch, facts, rows, send, the_row
from receivers import a_receiver, a_rude_receiver
from servers import wait_until
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook as Verifier

from kener import queue
from kener.actions import deliveries
from kener.actions.deliveries import BATCH, deliver, dispatch_events
from kener.actions.events import EVENTS, emit
from kener.actions.webhooks import redeliver, send_test
from kener.config import Config
from kener.core.instant import HOUR, SECOND
from kener.store import clock
from kener.store.tables import Attempt, Delivery, Webhook
from kener.store.tables import Event as Fact
from kener.store.tables.events import DeliveryState
from kener.store.webhooks import deliveries_wait, events_wait

pytestmark = pytest.mark.usefixtures("sealing")


@pytest.fixture
def jobs(monkeypatch):
    sent = []
    monkeypatch.setattr(queue, "enqueue", lambda *wishes: sent.extend(wishes))
    return sent


def test_an_event_becomes_one_delivery_for_each_who_wants_it(database, jobs):
    everything, _ = a_hook(database)
    downs, _ = a_hook(database, events=["monitor.down", "incident.created"])
    a_hook(database, events=["monitor.up"])
    a_hook(database, enabled=False)
    facts(database)
    jobs.clear()

    assert dispatch(database, NOW + 5) == 1
    made = rows(database)
    assert {each.webhook_id for each in made} == {everything, downs}
    assert len({each.public_id for each in made}) == 2
    assert all(each.public_id.startswith("msg_") for each in made)
    assert {(each.state, each.attempts, each.next_attempt_at) for each in made} == {
        (DeliveryState.PENDING, 0, NOW + 5)
    }
    assert rows(database, Fact)[0].dispatched_at == NOW + 5
    assert jobs == [("kener.jobs.deliver", ())]


def test_nothing_is_dispatched_twice(database, jobs):
    a_hook(database)
    facts(database)
    dispatch(database)

    assert dispatch(database) == 0
    assert len(rows(database)) == 1


def test_an_event_that_is_dispatched_again_makes_no_second_delivery(database, jobs):
    a_hook(database)
    facts(database)
    dispatch(database)
    before = the_row(database)
    with database.write() as session:
        session.get_one(Fact, before.event_id).dispatched_at = None
    dispatch(database)

    assert the_row(database).public_id == before.public_id


def test_an_event_that_nobody_wants_is_done_with(database, jobs):
    facts(database)
    jobs.clear()

    assert dispatch(database) == 1
    assert (rows(database), jobs) == ([], [])
    with database.read() as session:
        assert not events_wait(session)


def test_a_long_outbox_is_dispatched_in_batches(database, jobs):
    a_hook(database)
    facts(database, BATCH + 1)
    jobs.clear()
    statements = Statements(database)

    assert dispatch(database) == BATCH
    assert len(statements) <= 4
    assert set(jobs) == {("kener.jobs.deliver", ()), ("kener.jobs.dispatch", ())}
    assert dispatch(database) == 1
    assert dispatch(database) == 0


def test_two_dispatchers_at_once_make_each_delivery_once(database, jobs):
    hooks = [a_hook(database)[0] for _ in range(3)]
    facts(database, 150)
    together = Barrier(4)

    def work():
        together.wait()
        while dispatch(database):
            pass

    at_once(work, 4)
    dispatch(database)

    made = rows(database)
    assert Counter((each.event_id, each.webhook_id) for each in made) == {
        (fact.id, hook_id): 1 for fact in rows(database, Fact) for hook_id in hooks
    }
    assert len({each.public_id for each in made}) == 450
    assert all(fact.dispatched_at == NOW for fact in rows(database, Fact))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unknown_event_is_a_bug_found_at_once(database, jobs):
    with pytest.raises(ValueError, match="exploded"):
        facts(database, name="monitor.exploded")


def test_a_receiver_gets_the_promised_body_once_and_can_verify_it(database, jobs):
    with a_receiver(lambda _: (200, {}, b"thanks")) as receiver:
        _, secret = a_hook(database, receiver.url())
        facts(database, at=1705314600000)
        dispatch(database, clock.now())

        assert deliver(database, CONFIG, clock.now) == 1
        assert deliver(database, CONFIG, clock.now) == 0

    delivery, (got,) = the_row(database), receiver.got
    assert Verifier(secret).verify(got.body, got.headers) == {
        "event": "monitor.down",
        "timestamp": "2024-01-15T10:30:00Z",
        "data": DATA | {"id": delivery.public_id, "sequence": delivery.event_id},
    }
    assert got.headers["webhook-id"] == delivery.public_id
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 1)
    assert delivery.finished_at is not None


def test_an_attempt_is_written_down_with_its_answer(database, jobs):
    with a_receiver(lambda _: (500, {}, b"no\x00t today" * 2000)) as receiver:
        a_hook(database, receiver.url())
        facts(database)
        dispatch(database)
        send(database)

    (attempt,) = rows(database, Attempt)
    assert (attempt.at, attempt.status_code, attempt.error) == (NOW, 500, "answered 500")
    assert 0 <= attempt.took_ms < 10_000
    assert attempt.answer.startswith("no\N{REPLACEMENT CHARACTER}t today")
    assert len(attempt.answer) == 4096


def test_the_secret_stands_in_no_log(database, jobs, caplog):
    caplog.set_level("DEBUG")
    with a_receiver(lambda _: 500) as receiver:
        _, secret = a_hook(database, receiver.url(path="/t0ken"))
        facts(database)
        dispatch(database)
        send(database)

    (attempt,) = rows(database, Attempt)
    for told in (caplog.text, attempt.error, attempt.answer):
        assert secret not in told
    assert "t0ken" not in attempt.error


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_enough(database, jobs, status):
    with a_receiver(lambda _: status) as receiver:
        a_hook(database, receiver.url())
        facts(database)
        dispatch(database)
        send(database)

    assert the_row(database).state is DeliveryState.DELIVERED


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 429, 500, 503])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_anything_else_is_tried_again(database, jobs, status):
    headers = {"Location": "http://127.0.0.1:9/"}
    with a_receiver(lambda _: (status, headers, b"")) as receiver:
        a_hook(database, receiver.url())
        facts(database)
        dispatch(database)
        send(database)

    assert (the_row(database).state, the_row(database).attempts) == (DeliveryState.PENDING, 1)
    assert the_row(database).next_attempt_at == NOW + 5 * SECOND
    assert len(receiver.got) == 1


def test_gone_switches_the_webhook_off(database, jobs):
    with a_receiver(lambda _: 410) as receiver:
        a_hook(database, receiver.url())
        facts(database)
        dispatch(database)
        send(database)

    (webhook,) = rows(database, Webhook)
    assert (webhook.enabled, webhook.version, webhook.updated_at) == (False, 2, NOW)
    assert the_row(database).state is DeliveryState.EXHAUSTED
    assert "switched off" in rows(database, Attempt)[0].error


def test_a_private_address_is_not_sent_to(database, jobs):
    with a_receiver() as receiver:
        a_hook(database, receiver.url())
        facts(database)
        dispatch(database)
        send(database, config=Config(_env_file=None))

    assert receiver.got == []
    assert "KENER_PRIVATE_NETWORKS" in rows(database, Attempt)[0].error
    assert the_row(database).state is DeliveryState.PENDING


def test_a_lost_secret_is_one_clear_error(database, jobs):
    with a_receiver() as receiver, database.write() as session:
        a_webhook(session, receiver.url(), "enc:v1:00000000:AAAA")
        emit(session, "monitor.down", DATA, NOW)
        dispatch_events(session, NOW)
        session.commit()
        send(database)

    assert receiver.got == []
    assert rows(database, Attempt)[0].error.startswith("a stored secret cannot be read")
    assert the_row(database).next_attempt_at == NOW + 5_000


def test_a_webhook_that_is_off_gets_nothing(database, jobs):
    with a_receiver() as receiver:
        hook_id, _ = a_hook(database, receiver.url())
        facts(database)
        dispatch(database)
        with database.write() as session:
            session.get_one(Webhook, hook_id).enabled = False
        with database.read() as session:
            assert deliveries_wait(session, NOW)
        assert send(database) == 0

    assert receiver.got == []
    assert (the_row(database).state, the_row(database).finished_at) == (
        DeliveryState.EXHAUSTED,
        NOW,
    )
    with database.read() as session:
        assert not deliveries_wait(session, NOW + 10 * HOUR)


def test_a_webhook_deleted_while_we_send_is_no_trouble(database, jobs):
    def answer(_):
        with database.write() as session:
            session.delete(session.scalars(select(Webhook)).one())
        return 500

    with a_receiver(answer) as receiver:
        a_hook(database, receiver.url())
        facts(database)
        dispatch(database)

        assert send(database) == 1
    assert (rows(database), rows(database, Attempt)) == ([], [])


def test_a_test_takes_the_same_way(database, jobs):
    with a_receiver() as receiver:
        a_hook(database, receiver.url(), name="Chat")
        with database.write() as session:
            send_test(session, session.scalars(select(Webhook)).one(), NOW)
        send(database)

    assert receiver.got[0].json["event"] == "webhook.test"
    assert receiver.got[0].json["data"]["name"] == "Chat"
    assert the_row(database).state is DeliveryState.DELIVERED


def test_redelivered_is_the_same_message_once_more(database, jobs):
    with a_receiver() as receiver:
        a_hook(database, receiver.url())
        facts(database)
        dispatch(database)
        send(database)
        with database.write() as session:
            redeliver(session, session.scalars(select(Delivery)).one(), NOW + 1000)
        send(database, NOW + 1000)

    assert len(receiver.got) == 2
    assert len(set(receiver.ids)) == 1
    assert receiver.got[0].body == receiver.got[1].body


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


def test_each_known_event_has_a_name_of_two_parts():
    assert all(len(each.split(".")) == 2 for each in EVENTS)
