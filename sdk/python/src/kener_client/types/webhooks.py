"""Who is told of events, and how that went."""

from collections.abc import Sequence
from typing import Any, TypedDict

from kener_client.types.words import DeliveryState, EventName


class Webhook(TypedDict):
    """A receiver. `events` empty: all of them."""

    id: str
    name: str
    url: str
    events: list[str]
    enabled: bool
    version: int
    created_at: str
    updated_at: str


class NewWebhook(Webhook):
    """A receiver with its secret, which is shown this once."""

    secret: str


class _WebhookFields(TypedDict, total=False):
    """What one may always say."""

    events: Sequence[EventName]
    enabled: bool


class WebhookInput(_WebhookFields):
    """Every field one can set. No events named: all of them."""

    name: str
    url: str


class WebhookChange(_WebhookFields, total=False):
    """Any fields of a receiver."""

    name: str
    url: str
    version: int | None


class Attempt(TypedDict):
    """One sending; `status_code` null when no answer came."""

    at: str
    took_ms: int
    status_code: int | None
    error: str


class FullAttempt(Attempt):
    """One sending, with the beginning of the answer."""

    answer: str


class DeliverySummary(TypedDict):
    """An event on its way to a receiver, or there."""

    id: str
    event: str
    sequence: int
    state: DeliveryState
    attempts: int
    next_attempt_at: str | None
    created_at: str
    finished_at: str | None
    log: list[Attempt]


class Delivery(TypedDict):
    """A delivery with the body that is sent, and the answers that came."""

    id: str
    event: str
    sequence: int
    state: DeliveryState
    attempts: int
    next_attempt_at: str | None
    created_at: str
    finished_at: str | None
    log: list[FullAttempt]
    body: dict[str, Any]
