"""The public status page, and how publishing it went."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kener.store.base import Base, Key, Moment


class Page(Base):
    """A public status page. There is one so far."""

    __tablename__ = "pages"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    version: Mapped[int] = mapped_column(default=1)


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
