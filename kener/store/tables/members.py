"""Who may do what."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kener.store.base import Base, Json, Key, Moment


class Member(Base):
    """A person who may sign in. `email` is kept in lower case."""

    __tablename__ = "members"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    password_hash: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(20), default="owner")
    created_at: Mapped[int] = mapped_column(Moment)


class SignIn(Base):
    """A member's session in a browser: only the hash of its token is kept."""

    __tablename__ = "sign_ins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[int] = mapped_column(Moment)
    seen_at: Mapped[int] = mapped_column(Moment)
    expires_at: Mapped[int] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")

    member: Mapped[Member] = relationship()


class ApiKey(Base):
    """A program's key: `public_id` finds it, `secret_hash` proves it, and it is shown once. Until
    `old_until` the secret that it had before proves it too."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    secret_hash: Mapped[str] = mapped_column(String(64))
    permissions: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[int] = mapped_column(Moment)
    expires_at: Mapped[int | None] = mapped_column(Moment)
    revoked_at: Mapped[int | None] = mapped_column(Moment)
    used_at: Mapped[int | None] = mapped_column(Moment)
    addresses: Mapped[list[str]] = mapped_column(
        Json, default=list, comment="networks; empty: from anywhere"
    )
    rate_limit: Mapped[int | None] = mapped_column(comment="a minute; NULL: the setting")
    used_from: Mapped[str] = mapped_column(String(64), default="")
    old_hash: Mapped[str | None] = mapped_column(String(64), comment="the secret before this one")
    old_until: Mapped[int | None] = mapped_column(Moment, comment="while it still opens")
    version: Mapped[int] = mapped_column(default=1)
