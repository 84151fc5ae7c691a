"""The outbox: facts, who is to hear of them, and how telling them went."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kener.store.base import Base, Json, Key, Moment, Word


class DeliveryState(StrEnum):
    """Pending until the receiver said 2xx, or we gave up."""

    PENDING = "pending"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"


class Event(Base):
    """A fact others react to, written in its transaction. `data` is the promised body's data."""

    __tablename__ = "events"
    __table_args__ = (
        Index(
            "ix_events_undispatched",
            "id",
            sqlite_where=text("dispatched_at IS NULL"),
            postgresql_where=text("dispatched_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    at: Mapped[int] = mapped_column(Moment)
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    dispatched_at: Mapped[int | None] = mapped_column(Moment)


class Webhook(Base):
    """A receiver. No events named: all of them."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    url: Mapped[str] = mapped_column(Text)
    secret_sealed: Mapped[str] = mapped_column(Text)
    events: Mapped[list[str]] = mapped_column(Json, default=list)
    enabled: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(Moment)
    updated_at: Mapped[int] = mapped_column(Moment)


class Delivery(Base):
    """One event to one receiver. `public_id` is the webhook-id, the same over all attempts."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "webhook_id"),
        Index(
            "ix_deliveries_pending",
            "next_attempt_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(40), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"))
    webhook_id: Mapped[int] = mapped_column(
        ForeignKey("webhooks.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[DeliveryState] = mapped_column(Word(DeliveryState), default=DeliveryState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[int] = mapped_column(Moment, comment="also the end of a lease")
    created_at: Mapped[int] = mapped_column(Moment)
    finished_at: Mapped[int | None] = mapped_column(Moment)

    event: Mapped[Event] = relationship()
    webhook: Mapped[Webhook] = relationship()
    log: Mapped[list["Attempt"]] = relationship(
        order_by="Attempt.id.desc()", cascade="all, delete-orphan"
    )


class Attempt(Base):
    """One try at a delivery: either an answer or an error."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("deliveries.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[int] = mapped_column(Moment)
    took_ms: Mapped[int]
    status_code: Mapped[int | None]
    error: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
