"""/api/webhooks"""

from flask import Response, g

from kener.actions.webhooks import (
    WebhookFields,
    create_webhook,
    delete_webhook,
    redeliver,
    rotate_secret,
    send_test,
    update_webhook,
)
from kener.api import bp
from kener.api._answers import done, listed
from kener.api._input import ListQuery, body, cursor_of, expected_version, keys_of
from kener.api._keys import needs
from kener.api._shapes import Answer, Gone, ListAnswer
from kener.api._tags import unchanged
from kener.api._webhook import (
    DeliveryDocument,
    DeliverySummary,
    NewWebhookDocument,
    WebhookChange,
    WebhookDocument,
    delivery_document,
    full_document,
    webhook_document,
)
from kener.store.clock import now
from kener.store.tables import Webhook
from kener.store.webhooks import (
    find_delivery,
    find_webhook,
    part_of_deliveries,
    part_of_webhooks,
)
from kener.web.address import the_config
from kener.web.database import session

ONE = Answer[WebhookDocument]


@bp.get("/webhooks")
@needs("admin", takes=ListQuery, gives=ListAnswer[WebhookDocument])
def list_webhooks() -> Response:
    """Every receiver, in the order of their making."""
    asked: ListQuery = g.parameters
    (after,) = keys_of(asked.cursor, 1) or (0,)
    part = part_of_webhooks(session(), after, asked.limit)
    return listed(
        [webhook_document(each) for each in part.rows],
        limit=asked.limit,
        following=None if part.next_id is None else cursor_of(part.next_id),
        total=part.total,
    )


@bp.post("/webhooks")
@needs("admin", sent=WebhookFields, gives={201: Answer[NewWebhookDocument]})
def add_webhook() -> Response:
    """Add a receiver. The answer holds its secret, which is not shown again."""
    given = body()
    webhook, secret = create_webhook(session(), given, now(), the_config(), exact=True)
    session().commit()
    response = done(webhook_document(webhook) | {"secret": secret}, "Webhook created", 201)
    response.headers["Location"] = f"/api/webhooks/{webhook.public_id}"
    return response


@bp.get("/webhooks/<webhook_id>")
@needs("admin", gives=ONE)
def show_webhook(webhook_id: str) -> Response:
    """One receiver."""
    return done(webhook_document(find_webhook(session(), webhook_id)))


@bp.put("/webhooks/<webhook_id>")
@needs("admin", sent=WebhookChange, gives=ONE)
def change_webhook(webhook_id: str) -> Response:
    """Change the fields that are named; the others keep their value."""
    given = body()
    version = expected_version(given)
    webhook = _the(webhook_id)
    update_webhook(session(), webhook, given, now(), the_config(), version, exact=True)
    session().commit()
    return done(webhook_document(webhook), "Webhook updated")


@bp.delete("/webhooks/<webhook_id>")
@needs("admin", gives=Answer[Gone])
def remove_webhook(webhook_id: str) -> Response:
    """Remove a receiver with its log."""
    webhook = _the(webhook_id)
    delete_webhook(session(), webhook)
    session().commit()
    return done({"id": webhook.public_id}, "Webhook deleted")


@bp.post("/webhooks/<webhook_id>/test")
@needs("admin", gives={202: Answer[DeliverySummary]})
def try_webhook(webhook_id: str) -> Response:
    """Send a `webhook.test` to this receiver. The answer does not wait for it: its delivery will
    tell."""
    webhook = _the(webhook_id)
    name = send_test(session(), webhook, now()).public_id
    delivery = find_delivery(session(), webhook, name)
    session().commit()
    response = done(delivery_document(delivery), "The test is on its way", 202)
    response.headers["Location"] = f"/api/webhooks/{webhook_id}/deliveries/{name}"
    return response


@bp.post("/webhooks/<webhook_id>/secret")
@needs("admin", gives=Answer[NewWebhookDocument])
def renew_secret(webhook_id: str) -> Response:
    """Replace the secret. The answer holds the new one, which is not shown again."""
    webhook = _the(webhook_id)
    secret = rotate_secret(session(), webhook, now())
    session().commit()
    return done(webhook_document(webhook) | {"secret": secret}, "The secret was replaced")


@bp.get("/webhooks/<webhook_id>/deliveries")
@needs("admin", takes=ListQuery, gives=ListAnswer[DeliverySummary])
def list_deliveries(webhook_id: str) -> Response:
    """What was sent to a receiver and how that went, the newest first."""
    asked: ListQuery = g.parameters
    (before,) = keys_of(asked.cursor, 1) or (None,)
    webhook = find_webhook(session(), webhook_id)
    part = part_of_deliveries(session(), webhook, before, asked.limit)
    return listed(
        [delivery_document(each) for each in part.rows],
        limit=asked.limit,
        following=None if part.next_id is None else cursor_of(part.next_id),
        total=part.total,
    )


@bp.get("/webhooks/<webhook_id>/deliveries/<delivery_id>")
@needs("admin", gives=Answer[DeliveryDocument])
def show_delivery(webhook_id: str, delivery_id: str) -> Response:
    """One delivery, with the body that is sent and the answers that came."""
    webhook = find_webhook(session(), webhook_id)
    return done(full_document(find_delivery(session(), webhook, delivery_id)))


@bp.post("/webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver")
@needs("admin", gives={202: Answer[DeliverySummary]})
def redeliver_delivery(webhook_id: str, delivery_id: str) -> Response:
    """Send it again, under its old id."""
    webhook = find_webhook(session(), webhook_id)
    delivery = redeliver(session(), find_delivery(session(), webhook, delivery_id), now())
    session().commit()
    return done(delivery_document(delivery), "The delivery is on its way", 202)


def _the(webhook_id: str) -> Webhook:
    """The receiver that is to be changed, unless it is another by now than the asker says."""
    webhook = find_webhook(session(), webhook_id)
    unchanged(webhook)
    return webhook
