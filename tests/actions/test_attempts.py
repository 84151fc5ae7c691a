"""Attempts: claimed, made, and written down."""

import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter
from itertools import pairwise
from threading import Event, Thread

import pytest
from factories import NOW
from outbox import Statements, a_hook, dispatch, facts, rows, send, the_row
from receivers import a_receiver
from servers import wait_until
from sqlalchemy import event as hooks
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kener.actions.attempts import (
    GONE,
    LEASE,
    MOST_ATTEMPTS,
    Sent,
    claim_deliveries,
    next_attempt,
    record_attempts,
)
from kener.actions.webhooks import delete_webhook
from kener.channels.webhook import Reply, Way
from kener.core.instant import HOUR, MINUTE, SECOND
from kener.store import secrets
from kener.store.tables import Attempt, Delivery, Webhook
from kener.store.tables.events import DeliveryState

pytestmark = pytest.mark.usefixtures("sealing")


def test_retries_come_in_growing_steps_under_one_id_and_then_end(database):
    now, seen = NOW, []
    with a_receiver(lambda _: 500) as receiver:
        a_hook(database, receiver.url())
        facts(database)
        dispatch(database)
        while the_row(database).state is DeliveryState.PENDING:
            now = the_row(database).next_attempt_at
            assert send(database, now - 1) == 0
            assert send(database, now) == 1
            seen.append(now - NOW)

    waits = [after - before for before, after in pairwise(seen)]
    assert waits == [5_000, 30_000, 120_000, 600_000, HOUR, 3 * HOUR, 8 * HOUR, 24 * HOUR]
    assert len(set(receiver.ids)) == 1
    assert len({each.body for each in receiver.got}) == 1
    stamps = [int(each.headers["webhook-timestamp"]) - NOW // 1000 for each in receiver.got]
    assert stamps == [each // 1000 for each in seen]
    delivery = the_row(database)
    assert (delivery.state, delivery.finished_at) == (DeliveryState.EXHAUSTED, now)
    assert len(rows(database, Attempt)) == MOST_ATTEMPTS == 9


def test_jitter_only_ever_adds():
    assert next_attempt(1, NOW, 0.0) == NOW + 5_000
    assert next_attempt(1, NOW, 1.0) == NOW + 5_500
    assert next_attempt(8, NOW, 0.5) == NOW + 24 * HOUR + 72 * MINUTE
    assert next_attempt(9, NOW, 0.5) is None


def test_jitter_reaches_the_database(database):
    with a_receiver(lambda _: 500) as receiver:
        a_hook(database, receiver.url())
        facts(database)
        dispatch(database)
        send(database, jitter=0.5)

    assert the_row(database).next_attempt_at == NOW + 5_250


def test_a_claim_asks_little_however_much_is_due(database):
    for _ in range(4):
        a_hook(database)
    facts(database, 20)
    dispatch(database)
    statements = Statements(database)

    assert len(claim_deliveries(database, NOW)) == 8
    assert len(statements) <= 3


def test_a_claim_takes_no_more_than_two_of_a_receiver_and_eight_in_all(database):
    first, _ = a_hook(database)
    facts(database, 10)
    dispatch(database)
    assert [each.webhook_id for each in claim_deliveries(database, NOW)] == [first, first]
    others = [a_hook(database)[0] for _ in range(5)]
    facts(database, 10)
    dispatch(database, NOW + 1)

    taken = claim_deliveries(database, NOW + 1, {first: 2})
    assert Counter(each.webhook_id for each in taken) == Counter(others[:3] * 2)
    assert claim_deliveries(database, NOW + 1, {first: 2, **dict.fromkeys(others[:3], 2)}) == []


def test_a_claim_is_nobody_elses_until_its_lease_ends(database):
    a_hook(database)
    facts(database)
    dispatch(database)
    (first,) = claim_deliveries(database, NOW)

    assert claim_deliveries(database, NOW + LEASE - 1) == []
    (second,) = claim_deliveries(database, NOW + LEASE)
    assert second.message == first.message
    assert (first.attempt, second.attempt) == (1, 2)


def reply_to(parcel, status):
    return Sent(parcel, NOW, Reply(status, "" if status else "no answer within 10 s", 5))


def test_who_is_late_does_not_speak_for_the_next(database):
    a_hook(database)
    facts(database)
    dispatch(database)
    (late,) = claim_deliveries(database, NOW)
    (current,) = claim_deliveries(database, NOW + LEASE)
    record_attempts(database, [reply_to(late, 500)], NOW + LEASE, lambda: 0.0)

    assert the_row(database).next_attempt_at == current.lease_until
    assert len(rows(database, Attempt)) == 1
    record_attempts(database, [reply_to(late, 204)], NOW + LEASE, lambda: 0.0)
    assert the_row(database).state is DeliveryState.DELIVERED
    record_attempts(database, [reply_to(current, None)], NOW + LEASE, lambda: 0.0)
    assert the_row(database).state is DeliveryState.DELIVERED


def test_what_was_killed_at_its_last_attempt_ends_too(database):
    a_hook(database)
    facts(database)
    dispatch(database)
    with database.write() as session:
        session.scalars(select(Delivery)).one().attempts = MOST_ATTEMPTS

    assert send(database) == 0
    assert the_row(database).state is DeliveryState.EXHAUSTED


KEY = "the key of two processes, long enough"
KILLED = """
    from ipaddress import ip_network
    from kener.actions.deliveries import deliver
    from kener.config import Config
    from kener.store import secrets
    from kener.store.engine import Database

    secrets.configure({key!r})
    config = Config(_env_file=None, private_networks=(ip_network("127.0.0.0/8"),))
    deliver(Database({url!r}), config, lambda: {now})
"""


def test_kill_9_half_way_repeats_the_message_under_the_same_id(database, database_url):
    secrets.configure(KEY)
    killed = Event()
    with a_receiver(lambda _: 204 if killed.is_set() else killed.wait(20) and 500) as receiver:
        a_hook(database, receiver.url())
        facts(database)
        dispatch(database)
        program = textwrap.dedent(KILLED).format(key=KEY, url=database_url, now=NOW)
        process = subprocess.Popen([sys.executable, "-c", program])
        wait_until(lambda: receiver.in_hand == 1, 20)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        killed.set()
        wait_until(lambda: receiver.in_hand == 0)

        assert send(database, NOW + LEASE - 1) == 0
        assert send(database, NOW + LEASE) == 1

    assert len(receiver.got) == 2
    assert len(set(receiver.ids)) == 1
    assert (the_row(database).state, the_row(database).attempts) == (DeliveryState.DELIVERED, 2)


def test_the_time_a_delivery_may_take_fits_into_its_lease():
    assert Way().deadline * SECOND * 2 < LEASE


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_410_and_the_webhooks_removal_at_once_do_not_stop_each_other(database):
    hook, _ = a_hook(database)
    facts(database)
    dispatch(database)
    (parcel,) = claim_deliveries(database, NOW)
    gone, errors = Sent(parcel, NOW, Reply(GONE, "", 5)), []

    def remove():
        try:
            with database.write() as session:
                delete_webhook(session, session.get(Webhook, hook))
        except DBAPIError as error:
            errors.append(error)

    remover = Thread(target=remove)

    def meet(_connection, _cursor, statement, *_):
        if statement.startswith("UPDATE webhooks"):
            remover.start()
            wait_until(lambda: somebody_waits(database))

    hooks.listen(database.engine, "before_cursor_execute", meet)
    record_attempts(database, [gone], NOW, lambda: 0.0)
    remover.join()

    assert errors == []
    assert rows(database, Webhook) == rows(database) == []


def somebody_waits(database):
    with database.read() as session:
        return session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
