"""Pages with an address and several languages; monitors that keep their response times."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _add("pages", sa.Column("address", sa.String(300), nullable=False, server_default=""))
    languages = sa.Column(
        "languages", JSON, nullable=False, server_default="[]", comment="others beside it"
    )
    _add("pages", languages)
    _add(
        "monitors",
        sa.Column("latency_hidden", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def _add(table: str, column: sa.Column[Any]) -> None:
    """With a value for the rows there are, and none for those to come."""
    with op.batch_alter_table(table) as batch:
        batch.add_column(column)
    with op.batch_alter_table(table) as batch:
        batch.alter_column(column.name, server_default=None)
