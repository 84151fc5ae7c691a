"""How Alembic meets our tables. `kener.store.migrate` brings the connection; the `alembic` command
of a developer (`alembic revision --autogenerate -m "…"`) has none and takes the configured one."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from kener.config import load
from kener.store.base import Json, Key, StatusCode, Word
from kener.store.engine import make_engine
from kener.store.tables import Base


def run(connection: Connection) -> None:
    """Bring the database behind the connection to the revision that was asked for."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_type,
        compare_type=True,
        # Alembic believes that SQLite cannot; it can, when the driver leaves BEGIN to us.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def render_type(kind: str, value: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Migrations must not change when our classes do, so they name plain types."""
    if kind != "type":
        return False
    if isinstance(value, Word):
        return "sa.String(40)"
    if isinstance(value, StatusCode):
        return "sa.SmallInteger()"
    if value is Key:
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    if value is Json:
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with make_engine(load().database).connect() as opened:
        run(opened)
