"""Checks of kind sql, in few words, and two servers to ask."""

from urllib.parse import quote

import pytest
from checks.databases import PASSWORD

from kener.checks.sql import SqlCheck


def check(dsn, query="SELECT 1", *assertions, **settings) -> SqlCheck:
    return SqlCheck.parse({"dsn": dsn, "query": query, "assertions": list(assertions), **settings})


class Server:
    """One of the two, by the same words."""

    def __init__(self, scheme, port, execute):
        self.scheme, self.port, self.execute = scheme, port, execute
        self.database = {"postgresql": "postgres", "mysql": "shop"}[scheme]

    def dsn(self, password=PASSWORD, host="127.0.0.1", database=None, options="", user="watcher"):
        where = f"{host}:{self.port}/{database or self.database}{options}"
        return f"{self.scheme}://{user}:{quote(password, safe='')}@{where}"

    def running(self):
        """The queries of our user that the server works on."""
        if self.scheme == "postgresql":
            return self.execute(
                "SELECT query FROM pg_stat_activity WHERE usename = 'watcher' AND state = 'active'"
            )
        return self.execute(
            "SELECT info FROM information_schema.processlist"
            " WHERE user = 'watcher' AND info IS NOT NULL"
        )


@pytest.fixture(params=["postgresql", "mysql"])
def server(request):
    if request.param == "postgresql":
        postgresql = request.getfixturevalue("postgresql")
        port = request.getfixturevalue("postgresql_port")
        return Server("postgresql", port, postgresql.execute)
    mariadb = request.getfixturevalue("mariadb")
    return Server("mysql", mariadb.port, mariadb.execute)
