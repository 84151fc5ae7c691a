"""Any number of pages, and sections on them. The page there is becomes the default one, and goes on
to show everything."""

import secrets
import time
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "public_id": sa.String(20),
    "slug": sa.String(60),
    "description": sa.Text(),
    "language": sa.String(35),
    "look": JSON,
    "visibility": sa.String(40),
    "is_default": sa.Boolean(),
    "everything": sa.Boolean(),
    "created_at": sa.BigInteger(),
    "updated_at": sa.BigInteger(),
}


def upgrade() -> None:
    with op.batch_alter_table("pages") as batch:
        for name, kind in COLUMNS.items():
            batch.add_column(sa.Column(name, kind, nullable=True))
    _fill()
    with op.batch_alter_table("pages") as batch:
        for name, kind in COLUMNS.items():
            batch.alter_column(name, existing_type=kind, nullable=False)
        batch.create_unique_constraint(batch.f("uq_pages_public_id"), ["public_id"])
        batch.create_unique_constraint(batch.f("uq_pages_slug"), ["slug"])
    op.create_index(
        "uq_pages_default",
        "pages",
        ["is_default"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    _create_sections()
    _create_section_monitors()


def _fill() -> None:
    pages = sa.table("pages", sa.column("id"), *[sa.column(*each) for each in COLUMNS.items()])
    now = int(time.time() * 1000)
    keys = op.get_bind().scalars(sa.select(pages.c.id).order_by(pages.c.id)).all()
    for number, key in enumerate(keys):
        op.execute(
            pages.update()
            .where(pages.c.id == key)
            .values(
                public_id=secrets.token_hex(5),
                slug=f"status-{key}" if number else "status",
                description="",
                language="en",
                look={},
                visibility="public",
                is_default=not number,
                everything=True,
                created_at=now,
                updated_at=now,
            )
        )


def _create_sections() -> None:
    op.create_table(
        "sections",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(20), nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name=op.f("fk_sections_page_id_pages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sections")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sections_public_id")),
    )
    op.create_index(op.f("ix_sections_page_id"), "sections", ["page_id"])


def _create_section_monitors() -> None:
    parents = {"page_id": "pages", "monitor_id": "monitors", "section_id": "sections"}
    op.create_table(
        "section_monitors",
        *[sa.Column(name, KEY, nullable=False) for name in parents],
        sa.Column("position", sa.Integer(), nullable=False),
        *[
            sa.ForeignKeyConstraint(
                [name],
                [f"{parent}.id"],
                name=op.f(f"fk_section_monitors_{name}_{parent}"),
                ondelete="CASCADE",
            )
            for name, parent in parents.items()
        ],
        sa.PrimaryKeyConstraint("page_id", "monitor_id", name=op.f("pk_section_monitors")),
    )
    for name in ("monitor_id", "section_id"):
        op.create_index(op.f(f"ix_section_monitors_{name}"), "section_monitors", [name])
