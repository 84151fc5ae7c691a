"""Keys can be kept to addresses and to a rate of their own, and get a new secret."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
FILLED = {"addresses": "[]", "used_from": "", "version": "1"}
"""What the keys of before have in the columns that are never empty."""


def upgrade() -> None:
    with op.batch_alter_table("api_keys") as batch:
        batch.add_column(
            sa.Column(
                "addresses",
                JSON,
                nullable=False,
                server_default=FILLED["addresses"],
                comment="networks; empty: from anywhere",
            )
        )
        batch.add_column(
            sa.Column(
                "rate_limit", sa.Integer(), nullable=True, comment="a minute; NULL: the setting"
            )
        )
        batch.add_column(sa.Column("used_from", sa.String(64), nullable=False, server_default=""))
        batch.add_column(
            sa.Column(
                "old_hash", sa.String(64), nullable=True, comment="the secret before this one"
            )
        )
        batch.add_column(
            sa.Column("old_until", sa.BigInteger(), nullable=True, comment="while it still opens")
        )
        batch.add_column(
            sa.Column("version", sa.Integer(), nullable=False, server_default=FILLED["version"])
        )
    with op.batch_alter_table("api_keys") as batch:
        for name in FILLED:
            batch.alter_column(name, server_default=None)
