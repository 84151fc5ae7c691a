"""What the API shows of a webhook and its deliveries. Never the secret."""

import json
from typing import Any

from kener.actions.webhooks import WebhookFields
from kener.api._shapes import Moment, Shown, VersionedChange
from kener.channels.webhook import Message
from kener.core.instant import iso, iso_or_none
from kener.store.tables import Attempt, Delivery, Webhook
from kener.store.tables.events import DeliveryState


class WebhookDocument(Shown):
    """A receiver. `events` empty: all of them."""

    id: str
    name: str
    url: str
    events: list[str]
    enabled: bool
    version: int
    created_at: Moment
    updated_at: Moment


class NewWebhookDocument(WebhookDocument):
    """The same with its secret, which is shown this once."""

    secret: str


class WebhookChange(VersionedChange, WebhookFields):
    """Any fields of a receiver."""


class AttemptDocument(Shown):
    """One sending; `status_code` null when no answer came."""

    at: Moment
    took_ms: int
    status_code: int | None
    error: str


class FullAttemptDocument(AttemptDocument):
    """The same with the beginning of the answer."""

    answer: str


class DeliverySummary(Shown):
    """An event on its way to a receiver, or there."""

    id: str
    event: str
    sequence: int
    state: DeliveryState
    attempts: int
    next_attempt_at: Moment | None
    created_at: Moment
    finished_at: Moment | None
    log: list[AttemptDocument]


class DeliveryDocument(DeliverySummary):
    """The same with the body that is sent, and the answers that came."""

    body: dict[str, Any]
    log: list[FullAttemptDocument]  # type: ignore[assignment]


def webhook_document(webhook: Webhook) -> dict[str, Any]:
    """A receiver; `events` empty: all of them."""
    return {
        "id": webhook.public_id,
        "name": webhook.name,
        "url": webhook.url,
        "events": webhook.events,
        "enabled": webhook.enabled,
        "version": webhook.version,
        "created_at": iso(webhook.created_at),
        "updated_at": iso(webhook.updated_at),
    }


def delivery_document(delivery: Delivery) -> dict[str, Any]:
    """A delivery with its attempts, the newest first, but without what was said in them."""
    waits = delivery.state is DeliveryState.PENDING
    return {
        "id": delivery.public_id,
        "event": delivery.event.name,
        "sequence": delivery.event_id,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "next_attempt_at": iso(delivery.next_attempt_at) if waits else None,
        "created_at": iso(delivery.created_at),
        "finished_at": iso_or_none(delivery.finished_at),
        "log": [_attempt(each) for each in delivery.log],
    }


def full_document(delivery: Delivery) -> dict[str, Any]:
    """The same with the body that is sent, and the beginning of each answer."""
    event = delivery.event
    message = Message(delivery.public_id, event.name, event.at, event.id, event.data)
    log = [_attempt(each) | {"answer": each.answer} for each in delivery.log]
    return delivery_document(delivery) | {"body": json.loads(message.body()), "log": log}


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": iso(attempt.at),
        "took_ms": attempt.took_ms,
        "status_code": attempt.status_code,
        "error": attempt.error,
    }
