"""Questions about API keys, and the one write that must never make anybody wait."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select, text
from sqlalchemy.orm import Session

from kener.core.errors import NotFound
from kener.core.instant import Instant
from kener.store.engine import begin_write
from kener.store.tables import ApiKey
from kener.store.webhooks import Part


class KeyState(StrEnum):
    """Whether a key opens anything: it does while it is active."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


def state_of(key: ApiKey, now: Instant) -> KeyState:
    """What has become of a key. One that was revoked stays so, whenever it would have expired."""
    if key.revoked_at is not None:
        return KeyState.REVOKED
    is_over = key.expires_at is not None and key.expires_at <= now
    return KeyState.EXPIRED if is_over else KeyState.ACTIVE


def key_of(session: Session, public_id: str) -> ApiKey | None:
    """The key of a public id, whatever its state."""
    return session.scalars(select(ApiKey).where(ApiKey.public_id == public_id)).first()


def find_key_row(session: Session, public_id: str) -> ApiKey:
    """The same; NotFound when there is none."""
    key = key_of(session, public_id)
    if key is None:
        raise NotFound("There is no such API key.")
    return key


def all_keys(session: Session) -> Sequence[ApiKey]:
    """Every key, newest first, revoked and expired ones too."""
    return session.scalars(select(ApiKey).order_by(ApiKey.id.desc())).all()


def part_of_keys(
    session: Session, after_id: int, limit: int, now: Instant, state: KeyState | None = None
) -> Part[ApiKey]:
    """Keys in the order of their making, from after a key; of one state if it is named."""
    wanted = [] if state is None else [_is(state, now)]
    total = session.scalar(select(func.count()).select_from(ApiKey).where(*wanted)) or 0
    rows = session.scalars(
        select(ApiKey).where(ApiKey.id > after_id, *wanted).order_by(ApiKey.id).limit(limit + 1)
    ).all()
    more = len(rows) > limit
    return Part(rows[:limit], rows[limit - 1].id if more else None, total)


def _is(state: KeyState, now: Instant) -> ColumnElement[bool]:
    """As `state_of` says it, for the database."""
    is_kept = ApiKey.revoked_at.is_(None)
    return {
        KeyState.REVOKED: ~is_kept,
        KeyState.EXPIRED: and_(is_kept, ApiKey.expires_at <= now),
        KeyState.ACTIVE: and_(is_kept, or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)),
    }[state]


@contextmanager
def impatient_write(engine: Engine) -> Iterator[Session]:
    """A small transaction, committed at its end, that fails at once where it would have to wait.
    SQLAlchemy's OperationalError says that the database was busy."""
    with engine.connect() as connection, Session(connection) as session:
        if engine.dialect.name != "sqlite":
            begin_write(session)
            session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            yield session
            session.commit()
            return
        raw = connection.connection.dbapi_connection
        if raw is None:
            raise RuntimeError("the connection was closed under us")
        (patience,) = raw.execute("PRAGMA busy_timeout").fetchone()
        raw.execute("PRAGMA busy_timeout=0")
        try:
            begin_write(session)
            yield session
            session.commit()
        finally:
            raw.execute(f"PRAGMA busy_timeout={patience}")
