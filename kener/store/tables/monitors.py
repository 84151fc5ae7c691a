"""What is watched, from where, and when next."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kener.core.status import Status
from kener.store.base import Base, Json, Key, Moment, StatusCode, by_phase


class Location(Base):
    """Where probes run from. A small number stands for it in every result."""

    __tablename__ = "locations"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Monitor(Base):
    """Something watched. `settings` are the kind's fields, secret ones sealed."""

    __tablename__ = "monitors"
    # Packed hours carry the number and outlive the row: it must never be given to another.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - what SQLAlchemy asks for

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    interval: Mapped[int] = mapped_column(default=60, comment="seconds; of a cron, not used")
    cron: Mapped[str] = mapped_column(String(120), default="", comment="empty: by interval")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC", comment="of the cron")
    timeout: Mapped[float] = mapped_column(default=10.0, comment="seconds")
    to_fail: Mapped[int] = mapped_column(default=2)
    to_recover: Mapped[int] = mapped_column(default=1)
    retry_interval: Mapped[int] = mapped_column(default=10, comment="seconds; 0: no re-checks")
    degraded_over: Mapped[float | None] = mapped_column(comment="latency limit, ms")
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    paused: Mapped[bool] = mapped_column(default=False)
    hidden: Mapped[bool] = mapped_column(default=False)
    latency_hidden: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(Moment)
    updated_at: Mapped[int] = mapped_column(Moment)


class Schedule(Base):
    """When a monitor is due at a location. `regular_at` is the next slot of its rhythm; `due_at`
    is that or an earlier extra one (a re-check, a check now); both NULL while paused.
    `slot_at` is the slot last claimed."""

    __tablename__ = "schedules"
    __table_args__ = by_phase(Index("ix_schedules_due", "location_id", "due_at"))

    monitor_id: Mapped[int] = mapped_column(ForeignKey("monitors.id", ondelete="CASCADE"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    phase_ms: Mapped[int] = mapped_column(default=0, comment="where it lies; never changes")
    __mapper_args__ = {"primary_key": [monitor_id, location_id]}  # noqa: RUF012 - as asked for
    due_at: Mapped[int | None] = mapped_column(Moment)
    regular_at: Mapped[int | None] = mapped_column(Moment)
    slot_at: Mapped[int | None] = mapped_column(Moment)
    interval_ms: Mapped[int] = mapped_column(default=0, comment="0: by the monitor's cron")


class Heartbeat(Base):
    """What a target reported last. The address's token is looked up by its hash, and so is the one
    that it had at Uptime Kuma (`push_hash`)."""

    __tablename__ = "heartbeats"

    monitor_id: Mapped[int] = mapped_column(
        ForeignKey("monitors.id", ondelete="CASCADE"), primary_key=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token_sealed: Mapped[str] = mapped_column(Text)
    push_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    started_at: Mapped[int | None] = mapped_column(Moment)
    pinged_at: Mapped[int | None] = mapped_column(Moment)
    failed: Mapped[bool] = mapped_column(default=False, comment="the last report said so")
    message: Mapped[str] = mapped_column(Text, default="")
    running_since: Mapped[int | None] = mapped_column(
        Moment, comment="the first start since the last end"
    )
    run_ms: Mapped[int | None] = mapped_column(Moment, comment="from the last start to its end")
    exit_code: Mapped[int | None]
    ping_ms: Mapped[float | None] = mapped_column(comment="what the target measured itself")
    note: Mapped[str] = mapped_column(Text, default="", comment="what it logged last")


class GroupMember(Base):
    """Which groups a monitor is in, to be found from below. What a group itself goes by is in its
    settings, in their order."""

    __tablename__ = "group_members"

    group_id: Mapped[int] = mapped_column(
        ForeignKey("monitors.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(
        ForeignKey("monitors.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class PushedStatus(Base):
    """What somebody said last of a monitor that is told how it is."""

    __tablename__ = "pushed_statuses"

    monitor_id: Mapped[int] = mapped_column(
        ForeignKey("monitors.id", ondelete="CASCADE"), primary_key=True
    )
    status: Mapped[Status] = mapped_column(StatusCode)
    message: Mapped[str] = mapped_column(Text, default="")
    pushed_at: Mapped[int] = mapped_column(Moment)
    expires_at: Mapped[int | None] = mapped_column(Moment)
