"""Planned work, and when it takes place."""

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kener.core.status import Status
from kener.core.windows import Progress, WindowStatus
from kener.store.base import Base, Json, Key, Moment, StatusCode, Word
from kener.store.tables.monitors import Monitor


class Maintenance(Base):
    """Planned work, once or again and again, on the clocks of a time zone."""

    __tablename__ = "maintenances"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(Text, default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    starts: Mapped[str] = mapped_column(String(19), comment="local time of the first window")
    duration: Mapped[int] = mapped_column(comment="minutes")
    rrule: Mapped[str] = mapped_column(Text, default="", comment="empty: once")
    exceptions: Mapped[list[str]] = mapped_column(Json, default=list)
    reminders: Mapped[list[int]] = mapped_column(Json, default=list, comment="minutes before")
    notify: Mapped[bool] = mapped_column(default=True)
    draft: Mapped[bool] = mapped_column(default=False)
    more_at: Mapped[int | None] = mapped_column(
        Moment, comment="when to look for more windows; NULL: there are all"
    )
    cancelled_at: Mapped[int | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(Moment)
    updated_at: Mapped[int] = mapped_column(Moment)

    affected: Mapped[list["MaintenanceMonitor"]] = relationship(cascade="all, delete-orphan")


class MaintenanceMonitor(Base):
    """What a maintenance does to a monitor while a window lasts."""

    __tablename__ = "maintenance_monitors"

    maintenance_id: Mapped[int] = mapped_column(
        ForeignKey("maintenances.id", ondelete="CASCADE"), primary_key=True
    )
    monitor_id: Mapped[int] = mapped_column(
        ForeignKey("monitors.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    impact: Mapped[Status] = mapped_column(StatusCode)

    monitor: Mapped[Monitor] = relationship()


class Window(Base):
    """One occurrence, [starts_at, ends_at). `original_at` is when the rule says that it begins."""

    __tablename__ = "maintenance_windows"
    __table_args__ = (
        UniqueConstraint("maintenance_id", "original_at"),
        Index("ix_maintenance_windows_ends_starts", "ends_at", "starts_at"),
        Index(
            "ix_maintenance_windows_turn",
            "turn_at",
            sqlite_where=text("turn_at IS NOT NULL"),
            postgresql_where=text("turn_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    maintenance_id: Mapped[int] = mapped_column(ForeignKey("maintenances.id", ondelete="CASCADE"))
    original_at: Mapped[int] = mapped_column(Moment)
    starts_at: Mapped[int] = mapped_column(Moment)
    ends_at: Mapped[int] = mapped_column(Moment)
    told: Mapped[WindowStatus] = mapped_column(
        Word(WindowStatus),
        default=WindowStatus.SCHEDULED,
        comment="the status that was told last; what it is, the clock says",
    )
    reminded: Mapped[int | None] = mapped_column(comment="minutes of the last reminder")
    turn_at: Mapped[int | None] = mapped_column(Moment, comment="when there is more to tell")
    edited: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    maintenance: Mapped[Maintenance] = relationship()

    @property
    def progress(self) -> Progress:
        """Its times, and how far telling of it has come."""
        return Progress(self.starts_at, self.ends_at, self.told, self.reminded)
