"""Questions about webhooks, what is on its way to them, and how that went."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from kener.core.errors import NotFound
from kener.core.instant import Instant
from kener.store.tables import Attempt, Delivery, Event, Webhook

Row = TypeVar("Row")

# Spelled out and not a parameter, as a partial index serves only what is sure to lie in it.
PENDING: ColumnElement[bool] = Delivery.state == literal_column("'pending'")


@dataclass(frozen=True, slots=True)
class Part(Generic[Row]):
    """Some rows of a list: `next_id` is the last row's key when more follow; `total` of all."""

    rows: Sequence[Row]
    next_id: int | None
    total: int


def all_webhooks(session: Session) -> Sequence[Webhook]:
    """Every receiver, by name."""
    return session.scalars(select(Webhook).order_by(func.lower(Webhook.name), Webhook.id)).all()


def find_webhook(session: Session, public_id: str) -> Webhook:
    """The receiver of a public id, or NotFound."""
    found = session.scalar(select(Webhook).where(Webhook.public_id == public_id))
    if found is None:
        raise NotFound(f"There is no webhook {public_id!r}.")
    return found


def part_of_webhooks(session: Session, after_id: int, limit: int) -> Part[Webhook]:
    """Receivers in the order of their making, from after a key."""
    total = session.scalar(select(func.count()).select_from(Webhook)) or 0
    rows = session.scalars(
        select(Webhook).where(Webhook.id > after_id).order_by(Webhook.id).limit(limit + 1)
    ).all()
    return _part(rows, limit, total)


def deliveries_of(session: Session, webhook: Webhook, limit: int) -> Sequence[Delivery]:
    """A receiver's newest deliveries with their events and attempts, but without the answers'
    texts. Two queries."""
    return part_of_deliveries(session, webhook, None, limit).rows


def part_of_deliveries(
    session: Session, webhook: Webhook, before_id: int | None, limit: int
) -> Part[Delivery]:
    """The same from before a key on, and how many there are in all."""
    mine = Delivery.webhook_id == webhook.id
    total = session.scalar(select(func.count()).select_from(Delivery).where(mine)) or 0
    log = selectinload(Delivery.log).options(defer(Attempt.answer))
    newest = select(Delivery).where(mine).options(joinedload(Delivery.event), log)
    if before_id is not None:
        newest = newest.where(Delivery.id < before_id)
    rows = session.scalars(newest.order_by(Delivery.id.desc()).limit(limit + 1)).all()
    return _part(rows, limit, total)


def find_delivery(session: Session, webhook: Webhook, public_id: str) -> Delivery:
    """One of this receiver's deliveries, with event and attempts, or NotFound."""
    found = session.scalar(
        select(Delivery)
        .where(Delivery.public_id == public_id, Delivery.webhook_id == webhook.id)
        .options(joinedload(Delivery.event), selectinload(Delivery.log))
    )
    if found is None:
        raise NotFound(f"There is no delivery {public_id!r} to this webhook.")
    return found


def undispatched(session: Session, limit: int) -> Sequence[Event]:
    """The oldest events nobody has been told of, locked, without those that another dispatcher
    has in hand."""
    return session.scalars(
        select(Event)
        .where(Event.dispatched_at.is_(None))
        .order_by(Event.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def events_wait(session: Session) -> bool:
    """Whether there is something to dispatch: the sweep's question."""
    return bool(session.scalar(select(exists().where(Event.dispatched_at.is_(None)))))


def deliveries_wait(session: Session, now: Instant) -> bool:
    """Whether there is something to deliver or to give up: the sweep's question."""
    return bool(session.scalar(select(exists().where(_due(now)))))


def hopeless(now: Instant, most: int) -> ColumnElement[bool]:
    """Due, and not to be sent: its receiver is switched off, or it had its `most` attempts."""
    off = Delivery.webhook_id.in_(select(Webhook.id).where(Webhook.enabled.is_(False)))
    return and_(_due(now), off | (Delivery.attempts >= most))


def due(
    session: Session, now: Instant, limit: int, each: int, but_of: Collection[int]
) -> Sequence[tuple[int, int]]:
    """What is to be sent, the longest overdue first: pairs of delivery and webhook ids, at most
    `each` of a webhook, and none `but_of` some. A plain read."""
    turn = func.row_number().over(
        partition_by=Delivery.webhook_id, order_by=(Delivery.next_attempt_at, Delivery.id)
    )
    ranked = (
        select(Delivery.id, Delivery.webhook_id, Delivery.next_attempt_at, turn.label("turn"))
        .join(Webhook)
        .where(_due(now), Webhook.enabled)
        .where(Delivery.webhook_id.not_in(but_of))
        .subquery()
    )
    found = session.execute(
        select(ranked.c.id, ranked.c.webhook_id)
        .where(ranked.c.turn <= each)
        .order_by(ranked.c.next_attempt_at, ranked.c.id)
        .limit(limit)
    )
    return [(row.id, row.webhook_id) for row in found]


def _due(now: Instant) -> ColumnElement[bool]:
    return and_(PENDING, Delivery.next_attempt_at <= now)


def _part(rows: Sequence[Row], limit: int, total: int) -> Part[Row]:
    more = len(rows) > limit
    kept = rows[:limit]
    return Part(kept, kept[-1].id if more else None, total)  # type: ignore[attr-defined]
