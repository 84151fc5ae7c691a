"""Checks of kind game, in few words."""

from kener.checks.game import GameCheck


def check(protocol, port, *assertions, host="127.0.0.1", **settings):
    return GameCheck.parse(
        {
            "protocol": protocol,
            "host": host,
            "port": port,
            "assertions": list(assertions),
            **settings,
        }
    )
