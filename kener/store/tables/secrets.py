"""What settings may refer to by name, so that it is entered once."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kener.store.base import Base, Key, Moment


class Secret(Base):
    """A value that settings name as `{{ secret.NAME }}`. It goes in and is never shown again."""

    __tablename__ = "secrets"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    value_sealed: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[int] = mapped_column(Moment)
    updated_at: Mapped[int] = mapped_column(Moment)
