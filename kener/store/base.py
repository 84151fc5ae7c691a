"""What all tables share: names for constraints, and how our values are stored."""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Dialect,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from kener.core.status import CODE_OF_STATUS, STATUS_OF_CODE, Status

# Alembic can only drop or alter on SQLite what has a name, so everything has one from the start.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by itself only in a column called INTEGER.
Key = BigInteger().with_variant(Integer(), "sqlite")
Moment = BigInteger  # a core.instant.Instant: milliseconds since 1970, UTC
Json = JSON().with_variant(JSONB(), "postgresql")


def by_phase(*more: Any) -> tuple[Any, ...]:
    """The arguments of a table whose rows lie in the order in which monitors fire (`phase_ms`, the
    monitor's phase in a minute), so that what is written together lies on the same few pages. It is
    asked for by monitor and location; their index never changes, so that it costs no writes."""
    return (
        *more,
        PrimaryKeyConstraint("location_id", "phase_ms", "monitor_id"),
        UniqueConstraint("monitor_id", "location_id"),
        {"sqlite_with_rowid": False},
    )


class StatusCode(TypeDecorator[Status]):
    """A status as one small number: results are many."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: Status | None, dialect: Dialect) -> int | None:
        return None if value is None else CODE_OF_STATUS[value]

    def process_result_value(self, value: int | None, dialect: Dialect) -> Status | None:
        return None if value is None else STATUS_OF_CODE[value]


class Word(TypeDecorator[Any]):
    """One value of a StrEnum, kept as its text: adding a value needs no migration."""

    impl = String(40)
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.enum(value)


class Base(DeclarativeBase):
    """Every table's parent."""

    metadata = MetaData(naming_convention=NAMES)
