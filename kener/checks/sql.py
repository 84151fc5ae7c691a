"""Does a database answer a query as it should?"""

import time
from typing import Any, ClassVar

from pydantic import Field, SecretStr, field_validator

from kener.checks._assertions import (
    Asserting,
    Assertions,
    Missing,
    assertions_field,
    failing,
    looking,
)
from kener.checks._base import Context
from kener.checks._comparing import shown
from kener.checks._dsn import AtDsn, Dsn, dsn_field
from kener.checks._fields import TEXTAREA, IpVersion
from kener.checks._sql_answer import READING, Answer, reads
from kener.checks._sql_dsn import parse_sql_dsn
from kener.checks._verdict import Seen, concluded
from kener.core.outcome import Fact, Outcome

SOURCES = ("value", "rows", "latency")


class SqlCheck(Asserting, AtDsn):
    """Connect, run one query that can only read, judge its first value."""

    kind: ClassVar[str] = "sql"
    label: ClassVar[str] = "SQL database"
    family: ClassVar[str] = "Databases"
    description: ClassVar[str] = "Runs a query in PostgreSQL, MySQL, MariaDB or SQLite"

    dsn: SecretStr = dsn_field("postgresql://user:password@db.example:5432/shop")
    query: str = Field(
        "SELECT 1",
        title="Query",
        description="One statement that reads",
        min_length=1,
        max_length=10_000,
        json_schema_extra=TEXTAREA,
    )
    assertions: Assertions = assertions_field(*SOURCES)
    ip_version: IpVersion = "auto"

    @classmethod
    def read_dsn(cls, text: str) -> Dsn:
        """A server of PostgreSQL or MySQL, or a file of SQLite."""
        return parse_sql_dsn(text)

    @field_validator("query")
    @classmethod
    def _reads(cls, value: str) -> str:
        if not reads(value):
            raise ValueError(f"must begin with {', '.join(READING[:-1])} or {READING[-1]}")
        if "\0" in value:
            raise ValueError("must not have a NUL character")
        return value

    async def probe(self, context: Context) -> Outcome:
        """Connect, query, judge."""
        began = time.perf_counter()
        answer = await self._ask(context)
        latency = round((time.perf_counter() - began) * 1000, 3)
        facts: dict[str, Fact] = {"rows": answer.rows, "value": _fact(answer.value)}
        if answer.address:
            facts["address"] = answer.address
        seen = {"rows": answer.rows, "latency": latency, "value": answer.value}
        if not answer.rows:
            seen["value"] = Missing("the query gave no row")
        failure = await failing(self.assertions, looking(seen), context)
        return concluded(failure, Seen(facts, answer.phases, latency, self.address.password))

    async def _ask(self, context: Context) -> Answer:
        dsn = self.address
        if dsn.scheme == "sqlite":
            from kener.checks._sql_sqlite import ask_sqlite  # noqa: PLC0415 - only when used

            return await ask_sqlite(dsn.database, self.query, context)
        addresses = await self._addresses(context)
        if dsn.scheme == "postgresql":
            from kener.checks._sql_postgresql import ask_postgresql  # noqa: PLC0415

            return await ask_postgresql(dsn, addresses, self.query, context)
        from kener.checks._sql_mysql import ask_mysql  # noqa: PLC0415

        return await ask_mysql(dsn, addresses, self.query, context)

    async def _addresses(self, context: Context) -> tuple[str, ...]:
        context.doing = "looking up the name"
        return await context.services.resolver.resolve(self.address.host, self.ip_version)


def _fact(value: Any) -> Fact:
    return shown(value).strip("“”") if isinstance(value, str) else value


TYPE = SqlCheck
