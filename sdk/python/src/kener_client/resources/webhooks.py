"""`kener.webhooks` and its `deliveries`"""

from typing import Unpack

from kener_client._calls import Call, Listing, delete, get, post, put, rows
from kener_client._operations import Resource, W, listing, operation
from kener_client.types import (
    Delivery,
    DeliverySummary,
    Gone,
    ListQuery,
    NewWebhook,
    Webhook,
    WebhookChange,
    WebhookInput,
)


class Deliveries(Resource[W]):
    """What was sent to a receiver, and how that went."""

    @listing
    def list(self, webhook_id: str, **query: Unpack[ListQuery]) -> Listing[DeliverySummary]:
        """The deliveries of a receiver, the newest first."""
        return rows("webhooks", webhook_id, "deliveries", **query)

    @operation
    def get(self, webhook_id: str, delivery_id: str) -> Call[Delivery]:
        """One delivery, with the body that is sent and the answers that came."""
        return get("webhooks", webhook_id, "deliveries", delivery_id)

    @operation
    def redeliver(self, webhook_id: str, delivery_id: str) -> Call[DeliverySummary]:
        """Send it again, under its old id."""
        return post("webhooks", webhook_id, "deliveries", delivery_id, "redeliver")


class Webhooks(Resource[W]):
    """Who is told of events."""

    deliveries: Deliveries[W]

    def __init__(self, way: W) -> None:
        super().__init__(way)
        self.deliveries = Deliveries(way)

    @listing
    def list(self, **query: Unpack[ListQuery]) -> Listing[Webhook]:
        """Every receiver, in the order of their making."""
        return rows("webhooks", **query)

    @operation
    def create(
        self, *, idempotency_key: str | None = None, **fields: Unpack[WebhookInput]
    ) -> Call[NewWebhook]:
        """Add a receiver. The answer holds its secret, which is not shown again."""
        return post("webhooks", body=fields, idempotency_key=idempotency_key)

    @operation
    def get(self, webhook_id: str) -> Call[Webhook]:
        """One receiver."""
        return get("webhooks", webhook_id)

    @operation
    def update(
        self, webhook_id: str, *, etag: str | None = None, **fields: Unpack[WebhookChange]
    ) -> Call[Webhook]:
        """Change the fields that are named; the others keep their value."""
        return put("webhooks", webhook_id, body=fields, etag=etag)

    @operation
    def delete(self, webhook_id: str, *, etag: str | None = None) -> Call[Gone]:
        """Remove a receiver with its log."""
        return delete("webhooks", webhook_id, etag=etag)

    @operation
    def test(self, webhook_id: str, *, etag: str | None = None) -> Call[DeliverySummary]:
        """Send a `webhook.test` to it. The answer does not wait: the delivery will tell."""
        return post("webhooks", webhook_id, "test", etag=etag)

    @operation
    def renew_secret(self, webhook_id: str, *, etag: str | None = None) -> Call[NewWebhook]:
        """Replace its secret. The answer holds the new one, which is not shown again."""
        return post("webhooks", webhook_id, "secret", etag=etag)
