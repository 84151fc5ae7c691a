"""From an event to a delivery for each who wants it."""

from collections import Counter
from threading import Barrier

import pytest
from factories import NOW
from outbox import Statements, a_hook, at_once, dispatch, facts, rows, the_row

from kener.actions.deliveries import BATCH
from kener.actions.events import EVENTS
from kener.store.tables import Event as Fact
from kener.store.tables.events import DeliveryState
from kener.store.webhooks import events_wait

pytestmark = pytest.mark.usefixtures("sealing")


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


def test_each_known_event_has_a_name_of_two_parts():
    assert all(len(each.split(".")) == 2 for each in EVENTS)
