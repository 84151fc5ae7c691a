"""Asking for many monitors at once: their ids are one parameter, however many they are.

So a statement is the same for any number of them: it is written once, and not once for each number,
and nothing runs out of the database's parameters.
"""

import json
from collections.abc import Collection
from typing import Any

from psycopg import adapters
from psycopg.adapt import Dumper
from sqlalchemy import Boolean, ColumnElement, Dialect, and_, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator

MANY = 5000
"""From so many on reading all of a range and leaving some out is faster than looking each up."""


class _Array(str):
    """An array of PostgreSQL's as text. Of a list the driver would make the same, number by number,
    which takes as long as the query."""

    __slots__ = ()


class _ArrayDumper(Dumper):
    oid = adapters.types["int8"].array_oid

    def dump(self, obj: str) -> bytes:
        """As it is."""
        return obj.encode()


adapters.register_dumper(_Array, _ArrayDumper)


class _Ids(TypeDecorator[Collection[int]]):
    """Numbers as one parameter: an array, or the text of one in JSON."""

    impl = NullType
    cache_ok = True

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> str:
        numbers = json.dumps(list(value or ()))
        return _Array(f"{{{numbers[1:-1]}}}") if dialect.name == "postgresql" else numbers


class _OneOf(FunctionElement[bool]):
    """A column, and the ids of which it is one."""

    name = "one_of"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        """As it is: SQLite would not use its index for `… IN (…) = 1`."""
        return self


@compiles(_OneOf)
def _in_array(element: _OneOf, compiler: Any, **more: Any) -> str:
    column, ids = (compiler.process(each, **more) for each in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(_OneOf, "sqlite")
def _in_json(element: _OneOf, compiler: Any, **more: Any) -> str:
    column, ids = (compiler.process(each, **more) for each in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - SQL that a compiler made


def exactly(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """That a column is one of the ids and nothing else, however many."""
    return _OneOf(column, bindparam("ids", ids, type_=_Ids(), unique=True))


def among(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """That a column is one of the ids. Of very many only that it is not outside their range:
    the asker leaves out what it did not ask for."""
    if len(ids) <= MANY:
        return exactly(column, ids)
    return and_(column >= min(ids), column <= max(ids))
