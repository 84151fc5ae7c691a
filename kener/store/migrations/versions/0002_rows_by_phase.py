"""Schedules and observations lie by phase: what is written together lies together."""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MINUTE = 60_000


def upgrade() -> None:
    _note_phases()
    for name, make in (("schedules", _make_schedules), ("observations", _make_observations)):
        columns = ", ".join(each["name"] for each in sa.inspect(op.get_bind()).get_columns(name))
        op.execute(f"CREATE TEMPORARY TABLE kept AS SELECT * FROM {name}")
        op.drop_table(name)
        make()
        op.execute(
            f"INSERT INTO {name} (phase_ms, {columns})"
            f" SELECT noted.phase_ms, kept.* FROM kept"
            f" JOIN noted ON noted.monitor = kept.monitor_id"
            f" ORDER BY kept.location_id, noted.phase_ms, kept.monitor_id"
        )
        op.execute("DROP TABLE kept")
    op.create_index("ix_schedules_due", "schedules", ["location_id", "due_at"], unique=False)
    op.execute("DROP TABLE noted")


def _note_phases() -> None:
    op.execute("CREATE TEMPORARY TABLE noted (monitor BIGINT PRIMARY KEY, phase_ms INTEGER)")
    rows = op.get_bind().execute(sa.text("SELECT id, public_id FROM monitors")).all()
    noted = sa.table("noted", sa.column("monitor"), sa.column("phase_ms"))
    if rows:
        op.get_bind().execute(
            sa.insert(noted),
            [{"monitor": row.id, "phase_ms": _phase(row.public_id)} for row in rows],
        )


def _phase(public_id: str) -> int:
    return int.from_bytes(sha256(public_id.encode()).digest()[:8]) % MINUTE


def _make_schedules() -> None:
    op.create_table(
        "schedules",
        *_keys(),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("regular_at", sa.BigInteger(), nullable=True),
        sa.Column("slot_at", sa.BigInteger(), nullable=True),
        sa.Column("interval_ms", sa.Integer(), nullable=False, comment="0: by the monitor's cron"),
        *_constraints("schedules"),
        sqlite_with_rowid=False,
    )


def _make_observations() -> None:
    op.create_table(
        "observations",
        *_keys(),
        sa.Column("slot_at", sa.BigInteger(), nullable=False),
        sa.Column("observed_until", sa.BigInteger(), nullable=False),
        sa.Column("observed", sa.SmallInteger(), nullable=False),
        sa.Column("confirmed", sa.SmallInteger(), nullable=False),
        sa.Column("run_length", sa.Integer(), nullable=False),
        sa.Column("run_status", sa.SmallInteger(), nullable=False),
        sa.Column("run_since", sa.BigInteger(), nullable=True),
        sa.Column(
            "unknown_length", sa.Integer(), nullable=False, comment="unknown outcomes in a row"
        ),
        sa.Column("unknown_since", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(40), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("latency_us", sa.Integer(), nullable=True),
        sa.Column(
            "phases", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        *_constraints("observations"),
        sqlite_with_rowid=False,
    )


def _keys() -> list[sa.Column[int]]:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return [
        sa.Column("monitor_id", number, nullable=False),
        sa.Column("location_id", number, nullable=False),
        sa.Column("phase_ms", sa.Integer(), nullable=False, comment="where it lies; never changes"),
    ]


def _constraints(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f(f"fk_{table}_location_id_locations")
        ),
        sa.ForeignKeyConstraint(
            ["monitor_id"],
            ["monitors.id"],
            name=op.f(f"fk_{table}_monitor_id_monitors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "location_id", "phase_ms", "monitor_id", name=op.f(f"pk_{table}")
        ),
        sa.UniqueConstraint(
            "monitor_id", "location_id", name=op.f(f"uq_{table}_monitor_id_location_id")
        ),
    ]
