"""Questions about API keys, and the one write that must never make anybody wait."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from kener.core.errors import NotFound
from kener.store.engine import begin_write
from kener.store.tables import ApiKey


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
