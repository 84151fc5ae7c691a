"""Where the page is brought besides the folder of this machine, and how that went."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kener.store.base import Base, Json, Key, Moment

TO_TARGET = "targets.id"


class Target(Base):
    """A host. `sent_seq` is the build that it shows; `held_seq` the one that it is to show,
    whatever is built, until somebody lets it go on."""

    __tablename__ = "targets"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]] = mapped_column(Json, comment="secrets sealed inside")
    address: Mapped[str] = mapped_column(Text, comment="where visitors see it; may be empty")
    enabled: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int]
    created_at: Mapped[int] = mapped_column(Moment)
    updated_at: Mapped[int] = mapped_column(Moment)
    sent_seq: Mapped[int] = mapped_column(default=0)
    sent_state: Mapped[str] = mapped_column(String(40), default="")
    sent_at: Mapped[int | None] = mapped_column(Moment)
    held_seq: Mapped[int | None]
    next_attempt_at: Mapped[int] = mapped_column(Moment, default=0)
    lease_until: Mapped[int] = mapped_column(Moment, default=0)
    lease_holder: Mapped[str] = mapped_column(String(40), default="")
    failures: Mapped[int] = mapped_column(default=0, comment="in a row")
    error: Mapped[str] = mapped_column(Text, default="")


class TargetFile(Base):
    """What certainly lies at a host: the hash of each file."""

    __tablename__ = "target_files"

    target_id: Mapped[int] = mapped_column(
        ForeignKey(TO_TARGET, ondelete="CASCADE"), primary_key=True
    )
    path: Mapped[str] = mapped_column(String(500), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))


class TargetRun(Base):
    """One sending, trial or dry run. `seen_ms`: how long after its end it was seen from outside;
    none when nobody looked, or it was not."""

    __tablename__ = "target_runs"
    __table_args__ = (Index("ix_target_runs_target", "target_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey(TO_TARGET, ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(20), comment="send, rollback, dry_run or test")
    seq: Mapped[int] = mapped_column(default=0)
    at: Mapped[int] = mapped_column(Moment)
    took_ms: Mapped[int]
    files: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(Moment, default=0, comment="bytes of what changed")
    seen_ms: Mapped[int | None]
    said: Mapped[str] = mapped_column(Text, default="", comment="what was done, or why it failed")
    failed: Mapped[bool] = mapped_column(default=False)
