"""What was seen: results while hot, hours when packed, spans for ever."""

from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kener.core.outcome import Reason
from kener.core.status import Status
from kener.store.base import Base, Json, Key, Moment, StatusCode, Word, by_phase

TO_MONITOR = "monitors.id"
WITHOUT_ROWID = {"sqlite_with_rowid": False}


class Observation(Base):
    """What one location last saw of a monitor, and how far its confirmation has come.

    `slot_at` is the newest recorded slot; `observed_until` is how long that is worth anything.
    """

    __tablename__ = "observations"
    __table_args__ = by_phase()

    monitor_id: Mapped[int] = mapped_column(ForeignKey(TO_MONITOR, ondelete="CASCADE"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    phase_ms: Mapped[int] = mapped_column(default=0, comment="where it lies; never changes")
    __mapper_args__ = {"primary_key": [monitor_id, location_id]}  # noqa: RUF012 - as asked for
    slot_at: Mapped[int] = mapped_column(Moment)
    observed_until: Mapped[int] = mapped_column(Moment)
    observed: Mapped[Status] = mapped_column(StatusCode)
    confirmed: Mapped[Status] = mapped_column(StatusCode)
    run_length: Mapped[int] = mapped_column(default=0)
    run_status: Mapped[Status] = mapped_column(StatusCode)
    run_since: Mapped[int | None] = mapped_column(Moment)
    unknown_length: Mapped[int] = mapped_column(default=0, comment="unknown outcomes in a row")
    unknown_since: Mapped[int | None] = mapped_column(Moment)
    reason: Mapped[Reason | None] = mapped_column(Word(Reason))
    detail: Mapped[str] = mapped_column(Text, default="")
    latency_us: Mapped[int | None]
    phases: Mapped[dict[str, float] | None] = mapped_column(Json)
    facts: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Result(Base):
    """An outcome of the last hours. Reason and detail only of what was not up."""

    __tablename__ = "results"
    __table_args__ = WITHOUT_ROWID

    due_at: Mapped[int] = mapped_column(Moment, primary_key=True)
    monitor_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    location_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[Status] = mapped_column(StatusCode)
    latency_us: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[Reason | None] = mapped_column(Word(Reason))
    detail: Mapped[str | None] = mapped_column(Text)


class Hour(Base):
    """All results of a monitor, a location and an hour. `samples` go first, by retention."""

    __tablename__ = "hours"
    __table_args__ = WITHOUT_ROWID

    hour_at: Mapped[int] = mapped_column(Moment, primary_key=True)
    monitor_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    location_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    up: Mapped[int] = mapped_column(default=0)
    degraded: Mapped[int] = mapped_column(default=0)
    down: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    sum_us: Mapped[int] = mapped_column(Moment, default=0)
    min_us: Mapped[int | None]
    max_us: Mapped[int | None]
    histogram: Mapped[bytes] = mapped_column(LargeBinary)
    samples: Mapped[bytes | None] = mapped_column(LargeBinary)


class Span(Base):
    """A stretch of one confirmed status, [from_at, to_at). The open one has no end."""

    __tablename__ = "spans"
    __table_args__ = (
        Index("ix_spans_monitor_from", "monitor_id", "from_at"),
        Index(
            "uq_spans_open",
            "monitor_id",
            unique=True,
            sqlite_where=text("to_at IS NULL"),
            postgresql_where=text("to_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    monitor_id: Mapped[int] = mapped_column(ForeignKey(TO_MONITOR, ondelete="CASCADE"))
    status: Mapped[Status] = mapped_column(StatusCode)
    reason: Mapped[Reason | None] = mapped_column(Word(Reason))
    detail: Mapped[str] = mapped_column(Text, default="")
    from_at: Mapped[int] = mapped_column(Moment)
    to_at: Mapped[int | None] = mapped_column(Moment)
