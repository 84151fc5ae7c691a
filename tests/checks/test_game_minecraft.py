"""The game check, against servers that speak as Minecraft does."""

import json
import struct

import pytest
from checks.assertions import that
from checks.of_game import check
from checks.servers import Listener, UdpServer, silent

from kener.core.outcome import Reason
from kener.core.status import Status

MAGIC = bytes.fromhex("00ffff00fefefefefdfdfdfd12345678")


def status_server(status, heard):
    """A Minecraft server that answers the server list ping."""

    def serve(connection):
        heard.append(connection.recv(1000))
        text = status if isinstance(status, bytes) else json.dumps(status).encode()
        body = b"\0" + varint(len(text)) + text
        connection.sendall(varint(len(body)) + body)

    return Listener(serve)


def varint(number):
    digits = b""
    while number > 127:
        digits += bytes([number & 127 | 128])
        number >>= 7
    return digits + bytes([number])


def test_a_minecraft_server_is_asked_by_its_name(probe):
    status = {
        "version": {"name": "1.21.4", "protocol": 769},
        "players": {"online": 3, "max": 20, "sample": []},
        "description": {"text": "The ", "extra": [{"text": "Shop", "extra": [" is"]}, " open"]},
        "favicon": "data:image/png;base64," + "A" * 50_000,
    }
    heard = []
    with status_server(status, heard) as server:
        outcome = probe(check("minecraft", server.port, host="localhost", ip_version="ipv4"), 2)

    assert outcome.status is Status.UP, outcome.detail
    assert outcome.facts == {
        "address": "127.0.0.1",
        "players": 3,
        "max_players": 20,
        "name": "The Shop is open",
        "version": "1.21.4",
    }
    assert b"\tlocalhost" + struct.pack(">H", server.port) + b"\x01" in heard[0]


@pytest.mark.parametrize(
    "status",
    [b"", b"[]", b"{", b"[" * 100_000, b"\xff\xfe", b"1" * 5000],
)
def test_a_status_that_is_none_is_down(probe, status):
    with status_server(status, []) as server:
        outcome = probe(check("minecraft", server.port))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)


@pytest.mark.parametrize("said", [b"\xff\xff\xff\xff\x7f", b"\xff" * 9, b"\x01\0", b"HTTP/1.1 400"])
def test_a_length_that_is_none_is_down(probe, said):
    with Listener(lambda c: (c.recv(1000), c.sendall(said))) as server:
        outcome = probe(check("minecraft", server.port))

    assert outcome.status is Status.DOWN
    assert outcome.reason in {Reason.MISMATCH, Reason.UNREACHABLE}


def test_strange_parts_of_a_status_are_left_out(probe):
    status = {"players": {"online": "many", "max": -1}, "version": [], "description": 5}
    with status_server(status, []) as server:
        outcome = probe(check("minecraft", server.port, that("players", ">", 0)))

    assert outcome.detail == "expected players > 0, but the server does not tell"
    assert set(outcome.facts) == {"address", "failed_assertions"}


def test_a_silent_minecraft_server_times_out(probe):
    with silent() as port:
        outcome = probe(check("minecraft", port), 0.3)

    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail.endswith("while waiting for the server's status")


def test_a_bedrock_server_is_asked(probe):
    def pong(request):
        assert request[:1] == b"\x01"
        assert request[9:25] == MAGIC
        text = b"MCPE;The Shop;800;1.21.80;4;10;123;Level one;Survival;1;"
        return b"\x1c" + request[1:9] + bytes(8) + MAGIC + struct.pack(">H", len(text)) + text

    with UdpServer(pong) as server:
        outcome = probe(check("minecraft_bedrock", server.port))
    with UdpServer(lambda _: b"\x1c" + bytes(60)) as server:
        strange = probe(check("minecraft_bedrock", server.port))

    assert outcome.facts == {
        "address": "127.0.0.1",
        "players": 4,
        "max_players": 10,
        "name": "The Shop",
        "map": "Level one",
        "version": "1.21.80",
    }
    assert strange.reason is Reason.MISMATCH
