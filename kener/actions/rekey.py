"""Put every sealed value under the current secret key, so that an old one can be forgotten."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Table, select, update
from sqlalchemy.orm import Session

from kener.store.secrets import SecretLost, is_sealed, reseal
from kener.store.tables import Base


@dataclass(slots=True)
class Rekeyed:
    """How many values are now under the current key, and where one is lost for good."""

    resealed: int = 0
    lost: list[str] = field(default_factory=list)


def rekey(session: Session) -> Rekeyed:
    """Re-seal what the current or a previous key can read; leave the rest as it is, and name it.

    Sealed values live in columns called `…_sealed` and inside those called `settings`.
    """
    done = Rekeyed()
    for table, column in _columns():
        for number, stored in session.execute(select(_key(table), column)).all():
            anew = _anew(stored, f"{table.name} {number}, {column.name}", done)
            if anew != stored:
                change = update(table).where(_key(table) == number).values({column.name: anew})
                session.execute(change)
    return done


def _columns() -> Iterator[tuple[Table, Column[Any]]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name.endswith("_sealed") or column.name == "settings":
                yield table, column


def _key(table: Table) -> Column[Any]:
    return next(iter(table.primary_key.columns))


def _anew(stored: Any, where: str, done: Rekeyed) -> Any:
    if isinstance(stored, dict):
        return {name: _anew(value, f"{where}.{name}", done) for name, value in stored.items()}
    if isinstance(stored, list):
        return [_anew(value, f"{where}[{i}]", done) for i, value in enumerate(stored)]
    if not is_sealed(stored):
        return stored
    try:
        anew = reseal(stored)
    except SecretLost:
        done.lost.append(where)
        return stored
    done.resealed += 1
    return anew
