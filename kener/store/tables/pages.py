"""The status pages, what is on them, and how publishing went."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kener.store.base import Base, Json, Key, Moment, Word

TO_PAGE = "pages.id"


class Visibility(StrEnum):
    """Who may see a page: everybody, or who has a key for it."""

    PUBLIC = "public"
    PRIVATE = "private"


class Page(Base):
    """A status page. The default one is what visitors see at `/`. `everything`: it shows all
    monitors that are not hidden, until it has sections of its own."""

    __tablename__ = "pages"
    __table_args__ = (
        Index(
            "uq_pages_default",
            "is_default",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[str] = mapped_column(String(35), default="en")
    languages: Mapped[list[str]] = mapped_column(Json, default=list, comment="others beside it")
    address: Mapped[str] = mapped_column(String(300), default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    look: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    visibility: Mapped[Visibility] = mapped_column(Word(Visibility), default=Visibility.PUBLIC)
    is_default: Mapped[bool] = mapped_column(default=False)
    everything: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[int] = mapped_column(Moment)
    updated_at: Mapped[int] = mapped_column(Moment)


class Section(Base):
    """A named part of a page. `is_open`: visitors see its monitors at once."""

    __tablename__ = "sections"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    page_id: Mapped[int] = mapped_column(ForeignKey(TO_PAGE, ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]
    is_open: Mapped[bool] = mapped_column(default=True)


class SectionMonitor(Base):
    """A monitor in a section. On one page it is in one section at most."""

    __tablename__ = "section_monitors"

    page_id: Mapped[int] = mapped_column(ForeignKey(TO_PAGE, ondelete="CASCADE"), primary_key=True)
    monitor_id: Mapped[int] = mapped_column(
        ForeignKey("monitors.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    section_id: Mapped[int] = mapped_column(
        ForeignKey("sections.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]


class Publication(Base):
    """The one writer's desk: `dirty_seq` rises with each change, `published_seq` follows."""

    __tablename__ = "publications"

    page_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    dirty_seq: Mapped[int] = mapped_column(default=1)
    published_seq: Mapped[int] = mapped_column(default=0)
    build_seq: Mapped[int] = mapped_column(default=0, comment="counts builds; now.json's seq")
    lease_until: Mapped[int] = mapped_column(Moment, default=0)
    lease_holder: Mapped[str] = mapped_column(String(40), default="")
    published_at: Mapped[int | None] = mapped_column(Moment)
    took_ms: Mapped[int | None]
    files_changed: Mapped[int | None]
    failures: Mapped[int] = mapped_column(default=0, comment="in a row")
    error: Mapped[str] = mapped_column(Text, default="")
