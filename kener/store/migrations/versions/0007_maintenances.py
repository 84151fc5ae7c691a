"""Planned work and its windows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
HAS_TURN = sa.text("turn_at IS NOT NULL")


def upgrade() -> None:
    _create_maintenances()
    _create_monitors()
    _create_windows()


def _create_maintenances() -> None:
    op.create_table(
        "maintenances",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column(
            "starts", sa.String(19), nullable=False, comment="local time of the first window"
        ),
        sa.Column("duration", sa.Integer(), nullable=False, comment="minutes"),
        sa.Column("rrule", sa.Text(), nullable=False, comment="empty: once"),
        sa.Column("exceptions", JSON, nullable=False),
        sa.Column("reminders", JSON, nullable=False, comment="minutes before"),
        sa.Column("notify", sa.Boolean(), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column(
            "more_at",
            sa.BigInteger(),
            nullable=True,
            comment="when to look for more windows; NULL: there are all",
        ),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenances")),
        sa.UniqueConstraint("public_id", name=op.f("uq_maintenances_public_id")),
    )


def _create_monitors() -> None:
    op.create_table(
        "maintenance_monitors",
        sa.Column("maintenance_id", KEY, nullable=False),
        sa.Column("monitor_id", KEY, nullable=False),
        sa.Column("impact", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["maintenance_id"],
            ["maintenances.id"],
            name=op.f("fk_maintenance_monitors_maintenance_id_maintenances"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["monitor_id"],
            ["monitors.id"],
            name=op.f("fk_maintenance_monitors_monitor_id_monitors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "maintenance_id", "monitor_id", name=op.f("pk_maintenance_monitors")
        ),
    )
    op.create_index(
        op.f("ix_maintenance_monitors_monitor_id"), "maintenance_monitors", ["monitor_id"]
    )


def _create_windows() -> None:
    op.create_table(
        "maintenance_windows",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("maintenance_id", KEY, nullable=False),
        sa.Column("original_at", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "told",
            sa.String(40),
            nullable=False,
            comment="the status that was told last; what it is, the clock says",
        ),
        sa.Column(
            "reminded", sa.Integer(), nullable=True, comment="minutes of the last reminder"
        ),
        sa.Column(
            "turn_at", sa.BigInteger(), nullable=True, comment="when there is more to tell"
        ),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["maintenance_id"],
            ["maintenances.id"],
            name=op.f("fk_maintenance_windows_maintenance_id_maintenances"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_windows")),
        sa.UniqueConstraint("public_id", name=op.f("uq_maintenance_windows_public_id")),
        sa.UniqueConstraint(
            "maintenance_id",
            "original_at",
            name=op.f("uq_maintenance_windows_maintenance_id_original_at"),
        ),
    )
    op.create_index(
        "ix_maintenance_windows_ends_starts", "maintenance_windows", ["ends_at", "starts_at"]
    )
    op.create_index(
        "ix_maintenance_windows_turn",
        "maintenance_windows",
        ["turn_at"],
        sqlite_where=HAS_TURN,
        postgresql_where=HAS_TURN,
    )
