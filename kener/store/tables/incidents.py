"""A human account of trouble."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kener.core.status import Impact, Status
from kener.store.base import Base, Key, Moment, StatusCode, Word
from kener.store.tables.monitors import Monitor


class Phase(StrEnum):
    """The four steps of an incident, in order."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Incident(Base):
    """Trouble with a title; what was said of it is in its updates."""

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_started", "started_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    status: Mapped[Phase] = mapped_column(Word(Phase))
    impact: Mapped[Impact] = mapped_column(Word(Impact))
    started_at: Mapped[int] = mapped_column(Moment)
    resolved_at: Mapped[int | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(Moment)
    updated_at: Mapped[int] = mapped_column(Moment)

    updates: Mapped[list["Update"]] = relationship(
        order_by="Update.at.desc(), Update.id.desc()", cascade="all, delete-orphan"
    )
    affected: Mapped[list["IncidentMonitor"]] = relationship(cascade="all, delete-orphan")


class Update(Base):
    """A dated message in an incident, and the step it was at."""

    __tablename__ = "updates"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incidents.id", ondelete="CASCADE"), index=True
    )
    status: Mapped[Phase] = mapped_column(Word(Phase))
    message: Mapped[str] = mapped_column(Text)
    at: Mapped[int] = mapped_column(Moment)


class IncidentMonitor(Base):
    """What an incident says of a monitor while it is open."""

    __tablename__ = "incident_monitors"

    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incidents.id", ondelete="CASCADE"), primary_key=True
    )
    monitor_id: Mapped[int] = mapped_column(
        ForeignKey("monitors.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    impact: Mapped[Status] = mapped_column(StatusCode, comment="up: an impact of none")

    monitor: Mapped[Monitor] = relationship()
