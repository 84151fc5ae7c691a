"""What was answered once and may be asked again."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kener.store.base import Base, Moment


class Replay(Base):
    """The answer to a POST that carried an Idempotency-Key: the same one gets the same again, for a
    day. Sealed, as an answer may hold a secret that is shown once."""

    __tablename__ = "replays"

    wish_hash: Mapped[str] = mapped_column(
        String(64), primary_key=True, comment="of API key, path and Idempotency-Key"
    )
    body_hash: Mapped[str] = mapped_column(String(64))
    answer_sealed: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[int] = mapped_column(Moment, index=True)
