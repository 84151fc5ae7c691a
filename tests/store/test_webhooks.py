"""Questions about webhooks and their deliveries."""

import pytest
from outbox import Statements, a_hook, dispatch, facts, send
from receivers import a_receiver

from kener.store.tables import Webhook
from kener.store.webhooks import deliveries_of

pytestmark = pytest.mark.usefixtures("sealing")


def test_the_log_shows_the_newest_first_without_the_answers(database):
    with a_receiver(lambda _: (500, {}, b"long")) as receiver:
        hook_id, _ = a_hook(database, receiver.url())
        facts(database, 3)
        dispatch(database)
        send(database)
    statements = Statements(database)
    with database.read() as session:
        webhook = session.get_one(Webhook, hook_id)
        shown = deliveries_of(session, webhook, 2)
        assert [each.event.id for each in shown] == [3, 2]
        assert [len(each.log) for each in shown] == [1, 1]

    assert len(statements) <= 4
    assert not any("attempts.answer" in each for each in statements)
