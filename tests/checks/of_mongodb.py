"""Checks of kind mongodb, in few words."""

from kener.checks.mongodb import MongoDbCheck


def check(dsn, command="ping", *assertions, **settings):
    return MongoDbCheck.parse(
        {"dsn": dsn, "command": command, "assertions": list(assertions), **settings}
    )


def at(port, credentials="", path=""):
    return f"mongodb://{credentials}127.0.0.1:{port}{path}"
