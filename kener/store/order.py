"""Lists in any order, part by part, without a row twice or not at all."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, tuple_

Place = tuple[int | str, int]
"""Where a list goes on: the value by which it is sorted and the key of the last row shown."""


@dataclass(frozen=True, slots=True)
class Order:
    """Rows by a column that is never NULL and, among equals, by their key. Texts go by their small
    letters, as the database sorts them; `falling`: the greatest first."""

    by: Any
    key: Any
    falling: bool = False

    @property
    def is_text(self) -> bool:
        """Whether the values are texts."""
        return self.by.type.python_type is str

    def place_of(self, row: Any) -> Place:
        """Where the list goes on after this row."""
        return getattr(row, self.by.key), getattr(row, self.key.key)

    def apply(self, rows: Select[Any], after: Place | None) -> Select[Any]:
        """The rows in this order, from after a place on."""
        columns = [self.key] if self.by is self.key else [self._folded(self.by), self.key]
        if after is not None:
            rows = rows.where(self._follows(columns, after))
        return rows.order_by(*[each.desc() if self.falling else each for each in columns])

    def _follows(self, columns: list[Any], after: Place) -> Any:
        values = [literal(after[1], self.key.type)]
        if len(columns) > 1:
            values.insert(0, self._folded(literal(after[0], self.by.type)))
        one: Any = tuple_(*columns) if len(columns) > 1 else columns[0]
        other: Any = tuple_(*values) if len(columns) > 1 else values[0]
        return one < other if self.falling else one > other

    def _folded(self, value: Any) -> Any:
        return func.lower(value) if self.is_text else value
