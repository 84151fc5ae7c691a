"""A human account of trouble."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kener.core.ids import public_id as new_public_id
from kener.core.status import Impact, Status
from kener.store.base import Base, Key, Moment, StatusCode, Word
from kener.store.tables.monitors import Monitor


class Phase(StrEnum):
    """The four steps of an incident, in order, and what may be said when it is over."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"

    @property
    def is_over(self) -> bool:
        """Whether an incident at this step has ended."""
        return self in OVER


OVER = (Phase.RESOLVED, Phase.POSTMORTEM)


class Incident(Base):
    """Trouble with a title; what was said of it is in its updates.

    A draft is seen by nobody but its authors. One that is not dated begins when it is published,
    whatever its `started_at` says.
    """

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
    draft: Mapped[bool] = mapped_column(default=False)
    dated: Mapped[bool] = mapped_column(default=True)
    next_update_by: Mapped[int | None] = mapped_column(Moment)
    acknowledged_at: Mapped[int | None] = mapped_column(Moment)
    acknowledged_by: Mapped[str] = mapped_column(String(254), default="")
    acknowledged_note: Mapped[str] = mapped_column(Text, default="")

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
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)
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


class IncidentTemplate(Base):
    """What an incident may begin with. Empty texts fill in nothing."""

    __tablename__ = "incident_templates"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[Phase] = mapped_column(Word(Phase))
    impact: Mapped[Impact] = mapped_column(Word(Impact))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(Moment)
    updated_at: Mapped[int] = mapped_column(Moment)

    affected: Mapped[list["TemplateMonitor"]] = relationship(cascade="all, delete-orphan")


class TemplateMonitor(Base):
    """A monitor that a template names; without an impact it is as the incident's own says."""

    __tablename__ = "template_monitors"

    template_id: Mapped[int] = mapped_column(
        ForeignKey("incident_templates.id", ondelete="CASCADE"), primary_key=True
    )
    monitor_id: Mapped[int] = mapped_column(
        ForeignKey("monitors.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    impact: Mapped[Status | None] = mapped_column(StatusCode)

    monitor: Mapped[Monitor] = relationship()
