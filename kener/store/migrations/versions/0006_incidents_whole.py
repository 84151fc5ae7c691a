"""Incidents can be drafts, promise the next update and be acknowledged; updates have public ids;
templates to begin with."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def upgrade() -> None:
    _extend_incidents()
    _name_updates()
    _create_templates()
    _create_template_monitors()


def _extend_incidents() -> None:
    with op.batch_alter_table("incidents") as batch:
        for name, kind, default in (
            ("draft", sa.Boolean(), sa.false()),
            ("dated", sa.Boolean(), sa.true()),
            ("acknowledged_by", sa.String(254), ""),
            ("acknowledged_note", sa.Text(), ""),
        ):
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=default))
        batch.add_column(sa.Column("next_update_by", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("acknowledged_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("incidents") as batch:
        for name in ("draft", "dated", "acknowledged_by", "acknowledged_note"):
            batch.alter_column(name, server_default=None)


def _name_updates() -> None:
    with op.batch_alter_table("updates") as batch:
        batch.add_column(sa.Column("public_id", sa.String(20), nullable=True))
    updates = sa.table("updates", sa.column("id"), sa.column("public_id"))
    rows = op.get_bind().scalars(sa.select(updates.c.id)).all()
    if rows:
        op.get_bind().execute(
            updates.update()
            .where(updates.c.id == sa.bindparam("number"))
            .values(public_id=sa.bindparam("name")),
            [{"number": number, "name": _public_id()} for number in rows],
        )
    with op.batch_alter_table("updates") as batch:
        batch.alter_column("public_id", existing_type=sa.String(20), nullable=False)
        batch.create_unique_constraint(batch.f("uq_updates_public_id"), ["public_id"])


def _public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def _create_templates() -> None:
    op.create_table(
        "incident_templates",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("impact", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_templates")),
        sa.UniqueConstraint("public_id", name=op.f("uq_incident_templates_public_id")),
        sa.UniqueConstraint("name", name=op.f("uq_incident_templates_name")),
    )


def _create_template_monitors() -> None:
    op.create_table(
        "template_monitors",
        sa.Column("template_id", KEY, nullable=False),
        sa.Column("monitor_id", KEY, nullable=False),
        sa.Column("impact", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["incident_templates.id"],
            name=op.f("fk_template_monitors_template_id_incident_templates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["monitor_id"],
            ["monitors.id"],
            name=op.f("fk_template_monitors_monitor_id_monitors"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("template_id", "monitor_id", name=op.f("pk_template_monitors")),
    )
    with op.batch_alter_table("template_monitors") as batch:
        batch.create_index(
            batch.f("ix_template_monitors_monitor_id"), ["monitor_id"], unique=False
        )
