"""Heartbeats know their runs and their old token; groups have members; statuses can be pushed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("heartbeats") as batch:
        batch.add_column(sa.Column("push_hash", sa.String(64), nullable=True))
        batch.add_column(
            sa.Column(
                "running_since",
                sa.BigInteger(),
                nullable=True,
                comment="the first start since the last end",
            )
        )
        batch.add_column(
            sa.Column(
                "run_ms",
                sa.BigInteger(),
                nullable=True,
                comment="from the last start to its end",
            )
        )
        batch.add_column(sa.Column("exit_code", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column(
                "ping_ms", sa.Double(), nullable=True, comment="what the target measured itself"
            )
        )
        batch.add_column(
            sa.Column(
                "note",
                sa.Text(),
                nullable=False,
                server_default="",
                comment="what it logged last",
            )
        )
        batch.create_unique_constraint(batch.f("uq_heartbeats_push_hash"), ["push_hash"])
    with op.batch_alter_table("heartbeats") as batch:
        batch.alter_column("note", server_default=None)
    _create_group_members()
    _create_pushed_statuses()
    _settle_heartbeats()


def _create_group_members() -> None:
    op.create_table(
        "group_members",
        sa.Column("group_id", KEY, nullable=False),
        sa.Column("member_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["monitors.id"],
            name=op.f("fk_group_members_group_id_monitors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["monitors.id"],
            name=op.f("fk_group_members_member_id_monitors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("group_id", "member_id", name=op.f("pk_group_members")),
    )
    with op.batch_alter_table("group_members") as batch:
        batch.create_index(batch.f("ix_group_members_member_id"), ["member_id"], unique=False)


def _create_pushed_statuses() -> None:
    op.create_table(
        "pushed_statuses",
        sa.Column("monitor_id", KEY, nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("pushed_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["monitor_id"],
            ["monitors.id"],
            name=op.f("fk_pushed_statuses_monitor_id_monitors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("monitor_id", name=op.f("pk_pushed_statuses")),
    )


def _settle_heartbeats() -> None:
    """What a job reports counts at once, and so does its silence: the grace waited for it."""
    monitors = sa.table(
        "monitors",
        *[sa.column(name) for name in ("kind", "to_fail", "to_recover", "retry_interval")],
    )
    op.execute(
        monitors.update()
        .where(monitors.c.kind == "heartbeat")
        .values(to_fail=1, to_recover=1, retry_interval=0)
    )
