"""Hosts that the page is brought to besides the folder of this machine."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _create_targets()
    _create_files()
    _create_runs()


def _create_targets() -> None:
    op.create_table(
        "targets",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("settings", JSON, nullable=False, comment="secrets sealed inside"),
        sa.Column("address", sa.Text(), nullable=False, comment="where visitors see it; may be empty"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *[
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("created_at", "updated_at", "next_attempt_at", "lease_until")
        ],
        sa.Column("sent_seq", sa.Integer(), nullable=False),
        sa.Column("sent_state", sa.String(40), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("held_seq", sa.Integer(), nullable=True),
        sa.Column("lease_holder", sa.String(40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, comment="in a row"),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_targets_page_id_pages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_targets")),
        sa.UniqueConstraint("public_id", name=op.f("uq_targets_public_id")),
    )
    op.create_index(op.f("ix_targets_page_id"), "targets", ["page_id"])


def _create_files() -> None:
    op.create_table(
        "target_files",
        sa.Column("target_id", KEY, nullable=False),
        sa.Column("path", sa.String(500), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        _to_target("target_files"),
        sa.PrimaryKeyConstraint("target_id", "path", name=op.f("pk_target_files")),
    )


def _create_runs() -> None:
    op.create_table(
        "target_runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("target_id", KEY, nullable=False),
        sa.Column(
            "what", sa.String(20), nullable=False, comment="send, rollback, dry_run or test"
        ),
        *[
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("seq", "took_ms", "files", "changed")
        ],
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False, comment="bytes of what changed"),
        sa.Column("seen_ms", sa.Integer(), nullable=True),
        sa.Column(
            "said", sa.Text(), nullable=False, comment="what was done, or why it failed"
        ),
        sa.Column("failed", sa.Boolean(), nullable=False),
        _to_target("target_runs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target_runs")),
    )
    op.create_index("ix_target_runs_target", "target_runs", ["target_id", "id"])


def _to_target(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["target_id"],
        ["targets.id"],
        name=op.f(f"fk_{table}_target_id_targets"),
        ondelete="CASCADE",
    )
