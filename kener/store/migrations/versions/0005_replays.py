"""Answers that are given again to the same Idempotency-Key."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replays",
        sa.Column(
            "wish_hash",
            sa.String(length=64),
            nullable=False,
            comment="of API key, path and Idempotency-Key",
        ),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("answer_sealed", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("wish_hash", name=op.f("pk_replays")),
    )
    with op.batch_alter_table("replays") as batch:
        batch.create_index(batch.f("ix_replays_answered_at"), ["answered_at"], unique=False)
