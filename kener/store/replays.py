"""Questions about answers that may be asked for again."""

from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from kener.store.tables import Replay

LOCK_NOT_AVAILABLE = "55P03"


def wait_for_turn(session: Session, wish_hash: str, patience_ms: int) -> bool:
    """Let nobody else do the same until this transaction ends; False, and a transaction rolled
    back, when somebody is at it for longer than that.

    Only PostgreSQL needs it, and it must be the first lock of a transaction: SQLite's writers wait
    for each other anyway.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    number = int.from_bytes(bytes.fromhex(wish_hash[:16]), signed=True)
    try:
        session.execute(text(f"SET LOCAL lock_timeout = {patience_ms:d}"))
        session.execute(select(func.pg_advisory_xact_lock(number)))
        session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        session.rollback()
        return False
    return True


def replay_of(session: Session, wish_hash: str) -> Replay | None:
    """What was answered to this wish, however long ago."""
    return session.get(Replay, wish_hash)
