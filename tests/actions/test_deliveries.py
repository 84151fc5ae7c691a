"""From a delivery to a receiver who knows."""

import pytest
from factories import NOW, a_webhook
from outbox import CONFIG, DATA, a_hook, dispatch, facts, rows, send, the_row
from receivers import a_receiver
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook as Verifier

from kener.actions.deliveries import deliver, dispatch_events
from kener.actions.events import emit
from kener.actions.webhooks import redeliver, send_test
from kener.config import Config
from kener.core.instant import HOUR, SECOND
from kener.store import clock
from kener.store.tables import Attempt, Delivery, Webhook
from kener.store.tables.events import DeliveryState
from kener.store.webhooks import deliveries_wait

pytestmark = pytest.mark.usefixtures("sealing")


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
