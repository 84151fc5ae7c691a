"""Webhooks: who is told, and with which secret."""

import pytest
from factories import NOW, a_webhook
from receivers import LOOPBACK
from sqlalchemy import select

from kener.actions.webhooks import (
    TEST,
    create_webhook,
    delete_webhook,
    redeliver,
    rotate_secret,
    send_test,
    update_webhook,
)
from kener.config import Config
from kener.core.errors import Conflict, Invalid
from kener.store.secrets import unseal
from kener.store.tables import Delivery, Event, Webhook
from kener.store.tables.events import DeliveryState
from kener.store.webhooks import all_webhooks

pytestmark = pytest.mark.usefixtures("sealing")
FIELDS = {"name": "Chat", "url": "https://hooks.example/kener"}
CONFIG = Config(_env_file=None)
LATER = NOW + 1000


def problems(given):
    """What is wrong with it; there is no session, as nothing may be written."""
    with pytest.raises(Invalid) as error:
        create_webhook(None, given, NOW, CONFIG, exact=True)
    return error.value.problems


def test_a_new_webhook_wants_every_event(session):
    webhook, _ = create_webhook(session, FIELDS, NOW, CONFIG)

    assert (webhook.name, webhook.url) == ("Chat", "https://hooks.example/kener")
    assert (webhook.events, webhook.enabled, webhook.version) == ([], True, 1)
    assert (webhook.created_at, webhook.updated_at) == (NOW, NOW)
    assert len(webhook.public_id) >= 10


def test_the_secret_is_told_once_and_kept_sealed(session):
    webhook, secret = create_webhook(session, FIELDS, NOW, CONFIG)

    assert secret.startswith("whsec_")
    assert secret not in webhook.secret_sealed
    assert unseal(webhook.secret_sealed) == secret


def test_a_new_secret_replaces_the_old_one(session):
    webhook, old = create_webhook(session, FIELDS, NOW, CONFIG)
    new = rotate_secret(session, webhook, LATER)

    assert new != old
    assert unseal(webhook.secret_sealed) == new
    assert (webhook.version, webhook.updated_at) == (2, LATER)


def test_events_are_kept_once_each_and_in_their_order(session):
    given = FIELDS | {"events": ["monitor.up", "monitor.down", "monitor.up"]}
    webhook, _ = create_webhook(session, given, NOW, CONFIG)

    assert webhook.events == ["monitor.down", "monitor.up"]


def test_every_bad_field_is_named():
    bad = problems({"name": " ", "events": ["monitor.exploded"], "enabled": 1, "colour": "red"})

    assert set(bad) == {"name", "url", "events", "enabled", "colour"}
    assert bad["events"].startswith("'monitor.exploded' is no event; there are monitor.down")


def test_a_private_address_is_refused_with_the_setting_that_allows_it():
    bad = problems(FIELDS | {"url": "http://10.0.0.7/hook"})

    assert bad == {
        "url": "10.0.0.7 is not a public address; to send there, name its network in "
        "KENER_PRIVATE_NETWORKS"
    }


def test_a_private_address_is_allowed_by_the_setting(session):
    config = Config(_env_file=None, private_networks=LOOPBACK)
    webhook, _ = create_webhook(session, FIELDS | {"url": "http://127.0.0.1:9/"}, NOW, config)

    assert webhook.url == "http://127.0.0.1:9/"


def test_a_password_in_a_url_is_refused():
    bad = problems(FIELDS | {"url": "https://me:secret@hooks.example/"})

    assert "user name or password" in bad["url"]
    assert "secret" not in str(bad)


def test_what_is_not_named_is_kept(session):
    webhook, secret = create_webhook(session, FIELDS | {"events": ["monitor.up"]}, NOW, CONFIG)
    update_webhook(session, webhook, {"enabled": False}, LATER, CONFIG)

    assert (webhook.name, webhook.events, webhook.enabled) == ("Chat", ["monitor.up"], False)
    assert unseal(webhook.secret_sealed) == secret
    assert (webhook.version, webhook.updated_at, webhook.created_at) == (2, LATER, NOW)


def test_a_bad_change_changes_nothing(session):
    webhook, _ = create_webhook(session, FIELDS, NOW, CONFIG)
    with pytest.raises(Invalid):
        update_webhook(session, webhook, {"name": "", "enabled": False}, LATER, CONFIG)

    assert (webhook.name, webhook.enabled, webhook.version) == ("Chat", True, 1)


def test_who_edits_an_old_version_is_told(session):
    webhook, _ = create_webhook(session, FIELDS, NOW, CONFIG)
    update_webhook(session, webhook, {"name": "Theirs"}, LATER, CONFIG, version=1)
    with pytest.raises(Conflict):
        update_webhook(session, webhook, {"name": "Mine"}, LATER, CONFIG, version=1)

    assert webhook.name == "Theirs"


def test_who_edits_what_somebody_else_has_just_changed_is_told(database):
    with database.write() as session:
        create_webhook(session, FIELDS, NOW, CONFIG)
    with database.write() as mine:
        webhook = mine.scalars(select(Webhook)).one()
        mine.commit()
        with database.write() as theirs:
            update_webhook(theirs, theirs.scalars(select(Webhook)).one(), {}, LATER, CONFIG)
        with pytest.raises(Conflict):
            update_webhook(mine, webhook, {"name": "Mine"}, LATER, CONFIG, version=1)


def test_webhooks_are_listed_by_name(session):
    for name in ("b", "A", "c"):
        a_webhook(session, "https://hooks.example/", name=name)

    assert [each.name for each in all_webhooks(session)] == ["A", "b", "c"]


def test_a_test_goes_to_its_webhook_alone(session, jobs):
    webhook, _ = create_webhook(session, FIELDS, NOW, CONFIG)
    create_webhook(session, FIELDS | {"name": "Other"}, NOW, CONFIG)
    delivery = send_test(session, webhook, LATER)
    session.commit()

    event = session.get_one(Event, delivery.event_id)
    assert (event.name, event.data) == (TEST, {"webhook_id": webhook.public_id, "name": "Chat"})
    assert event.dispatched_at is not None
    assert session.scalars(select(Delivery)).all() == [delivery]
    assert (delivery.webhook_id, delivery.next_attempt_at) == (webhook.id, LATER)
    assert jobs == [("kener.jobs.deliver", ())]


def test_a_webhook_that_is_off_cannot_be_tested(session):
    webhook, _ = create_webhook(session, FIELDS | {"enabled": False}, NOW, CONFIG)
    with pytest.raises(Conflict, match="switched off"):
        send_test(session, webhook, NOW)


@pytest.mark.parametrize("state", [DeliveryState.DELIVERED, DeliveryState.EXHAUSTED])
def test_what_has_ended_can_be_sent_again_under_its_old_id(session, jobs, state):
    webhook, _ = create_webhook(session, FIELDS, NOW, CONFIG)
    delivery = send_test(session, webhook, NOW)
    delivery.state, delivery.attempts, delivery.finished_at = state, 9, NOW
    session.commit()
    jobs.clear()
    name = delivery.public_id
    redeliver(session, delivery, LATER)
    session.commit()

    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 0)
    assert (delivery.next_attempt_at, delivery.finished_at) == (LATER, None)
    assert delivery.public_id == name
    assert jobs == [("kener.jobs.deliver", ())]


def test_what_waits_for_hours_can_be_sent_now(session):
    webhook, _ = create_webhook(session, FIELDS, NOW, CONFIG)
    delivery = send_test(session, webhook, NOW)
    delivery.next_attempt_at = NOW + 3_600_000

    assert redeliver(session, delivery, LATER).next_attempt_at == LATER


def test_what_is_being_sent_is_not_sent_twice(session):
    webhook, _ = create_webhook(session, FIELDS, NOW, CONFIG)
    delivery = send_test(session, webhook, NOW)
    delivery.next_attempt_at = NOW + 60_000  # as a claim leaves it
    with pytest.raises(Conflict, match="being tried already"):
        redeliver(session, delivery, LATER)


def test_a_deleted_webhook_takes_its_deliveries_with_it(session):
    webhook, _ = create_webhook(session, FIELDS, NOW, CONFIG)
    send_test(session, webhook, NOW)
    delete_webhook(session, webhook)

    assert session.scalars(select(Delivery)).all() == []
    assert session.scalars(select(Webhook)).all() == []
