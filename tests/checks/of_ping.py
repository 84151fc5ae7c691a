"""Checks of kind ping, in few words, and what this machine lets us do."""

import dataclasses
import socket

import pytest

from kener.checks._ping import SOCKETS
from kener.checks.ping import PingCheck


def may(way: str, family: socket.AddressFamily = socket.AF_INET) -> bool:
    protocol = socket.IPPROTO_ICMP if family == socket.AF_INET else socket.IPPROTO_ICMPV6
    try:
        socket.socket(family, SOCKETS[way], protocol).close()
    except OSError:
        return False
    return True


def check(host: str = "127.0.0.1", **settings) -> PingCheck:
    return PingCheck.parse({"host": host, **settings})


@pytest.fixture
def by(config, with_engine):
    """A prober that has only these ways."""

    def by(*ways: str, program: str = "ping"):
        return with_engine(dataclasses.replace(config, ping_ways=ways, ping_program=program))

    return by
