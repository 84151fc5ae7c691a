"""Webhooks: who is told, and with which secret. Sending is `deliveries`' business."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, field_validator
from sqlalchemy.orm import Session

from kener.actions.events import EVENTS
from kener.actions.fields import Fields, Line, Problem, read
from kener.channels.webhook import new_secret, url_problem
from kener.config import Config
from kener.core.errors import Conflict, Invalid
from kener.core.ids import public_id
from kener.core.instant import SECOND, Instant
from kener.queue import later
from kener.store.secrets import seal
from kener.store.tables import Delivery, Event, Webhook
from kener.store.tables.events import DeliveryState

TEST = "webhook.test"
"""The event of a test. Nobody can ask for it: it goes to the one webhook that is tested."""
SOON = 60 * SECOND


class WebhookFields(Fields):
    """Every field one can set. No events named: all of them."""

    name: Annotated[Line, Field(min_length=1, max_length=120)]
    url: Annotated[Line, Field(min_length=1)]
    events: list[str] = Field(default_factory=list)
    enabled: bool = True

    @field_validator("events")
    @classmethod
    def _known(cls, events: list[str]) -> list[str]:
        if unknown := sorted(set(events) - set(EVENTS)):
            raise ValueError(f"{unknown[0]!r} is no event; there are {', '.join(EVENTS)}")
        return [each for each in EVENTS if each in events]


def create_webhook(
    session: Session,
    fields: Mapping[str, Any],
    now: Instant,
    config: Config,
    *,
    exact: bool = False,
) -> tuple[Webhook, str]:
    """A new receiver, and its secret: the only time that it is told. Invalid names bad fields."""
    columns = _read(fields, config, exact=exact)
    secret = new_secret()
    webhook = Webhook(
        **columns,
        public_id=public_id(),
        secret_sealed=seal(secret),
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(webhook)
    session.flush()
    return webhook, secret


def update_webhook(  # noqa: PLR0913, PLR0917 - what, which, how, when, and two ways to be careful
    session: Session,
    webhook: Webhook,
    changes: Mapping[str, Any],
    now: Instant,
    config: Config,
    version: int | None = None,
    *,
    exact: bool = False,
) -> Webhook:
    """Change some fields. Conflict when `version` is given and somebody has changed it since."""
    if version is not None:
        session.refresh(webhook, with_for_update=True)
    if version not in {None, webhook.version}:
        raise Conflict("This webhook was changed meanwhile. Load it again and repeat your change.")
    stored = {name: getattr(webhook, name) for name in WebhookFields.model_fields}
    for name, value in _read({**stored, **changes}, config, exact=exact).items():
        setattr(webhook, name, value)
    return _changed(session, webhook, now)


def rotate_secret(session: Session, webhook: Webhook, now: Instant) -> str:
    """A new secret, told this once. The old one signs nothing from now on."""
    secret = new_secret()
    webhook.secret_sealed = seal(secret)
    _changed(session, webhook, now)
    return secret


def delete_webhook(session: Session, webhook: Webhook) -> None:
    """Remove a receiver with its log. What was on its way to it is not sent any more."""
    session.delete(webhook)
    session.flush()


def send_test(session: Session, webhook: Webhook, now: Instant) -> Delivery:
    """Send a `webhook.test` to this receiver alone, by the way that all events take.

    Conflict when it is switched off.
    """
    _must_be_on(webhook)
    data = {"webhook_id": webhook.public_id, "name": webhook.name}
    event = Event(name=TEST, at=now, data=data, dispatched_at=now)
    session.add(event)
    session.flush()
    delivery = Delivery(
        public_id=message_id(),
        event_id=event.id,
        webhook_id=webhook.id,
        next_attempt_at=now,
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    later(session, "kener.jobs.deliver")
    return delivery


def redeliver(session: Session, delivery: Delivery, now: Instant) -> Delivery:
    """Send it again, under its old id and with all its attempts before it.

    Conflict when its receiver is switched off, or when it is being tried at this moment or will
    be within a minute anyway.
    """
    _must_be_on(delivery.webhook)
    if delivery.state is DeliveryState.PENDING and delivery.next_attempt_at <= now + SOON:
        raise Conflict("This delivery is being tried already. Look again in a minute.")
    delivery.state = DeliveryState.PENDING
    delivery.attempts = 0
    delivery.next_attempt_at = now
    delivery.finished_at = None
    session.flush()
    later(session, "kener.jobs.deliver")
    return delivery


def message_id() -> str:
    """A new webhook-id."""
    return f"msg_{public_id(24)}"


def _must_be_on(webhook: Webhook) -> None:
    if not webhook.enabled:
        raise Conflict("This webhook is switched off. Switch it on first.")


def _read(given: Mapping[str, Any], config: Config, *, exact: bool) -> dict[str, Any]:
    problems: dict[str, str] = {}
    url = given.get("url")
    if isinstance(url, str) and (problem := url_problem(url.strip(), config.private_networks)):
        problems["url"] = Problem(problem)
    try:
        fields = read(WebhookFields, given, exact=exact)
    except Invalid as error:
        raise Invalid(problems | error.problems) from None
    if problems:
        raise Invalid(problems)
    return fields.model_dump()


def _changed(session: Session, webhook: Webhook, now: Instant) -> Webhook:
    webhook.version += 1
    webhook.updated_at = now
    session.flush()
    return webhook
