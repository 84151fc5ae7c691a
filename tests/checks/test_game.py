"""The game check, against small servers that speak as the games do."""

import socket
import struct
import sys

import pytest
from checks.assertions import that
from checks.of_game import check
from checks.servers import Listener, UdpServer, free_port, has_ipv6

from kener.checks._game_opengsq import PROTOCOLS, OneAddress, game_of
from kener.checks.game import GameCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

SIMPLE = b"\xff\xff\xff\xff"
QUERY = SIMPLE + b"TSource Engine Query\0"


def a2s(name="Shop Deathmatch", map_name="de_shop", players=12, most=24, *, challenge=b"4321"):
    """A Source server; asks for its challenge first, as those do since 2020."""

    def answer(request):
        if request == QUERY and challenge:
            return SIMPLE + b"A" + challenge
        if request != QUERY + challenge:
            return None
        texts = b"\0".join([name.encode(), map_name.encode(), b"csgo", b"CS:GO", b""])
        numbers = struct.pack("<HBBBccBB", 730, players, most, 0, b"d", b"l", 0, 1)
        return SIMPLE + b"I\x11" + texts + numbers + b"1.38.0\0\0"

    return answer


@pytest.mark.parametrize("challenge", [b"", b"4321"])
def test_a_source_server_that_answers_is_up(probe, challenge):
    with UdpServer(a2s(challenge=challenge)) as server:
        outcome = probe(check("source", server.port, that("players", "<=", 24)))

    assert outcome.status is Status.UP, outcome.detail
    assert outcome.facts == {
        "address": "127.0.0.1",
        "players": 12,
        "max_players": 24,
        "name": "Shop Deathmatch",
        "map": "de_shop",
        "version": "1.38.0",
    }


def test_what_it_tells_is_judged(probe):
    with UdpServer(a2s(players=0)) as server:
        empty = that("players", ">", 0, severity="degraded")
        outcome = probe(check("source", server.port, empty, that("map", "equals", "de_shop")))

    assert outcome.status is Status.DEGRADED
    assert outcome.detail == "expected players > 0, got 0"
    assert outcome.facts["players"] == 0


def test_a_lost_datagram_is_asked_for_again(probe):
    whole, seen = a2s(), []

    def answer(request):
        seen.append(request)
        return None if len(seen) in {1, 3} else whole(request)

    with UdpServer(answer) as server:
        outcome = probe(check("source", server.port), 1.5)

    assert outcome.status is Status.UP, outcome.detail


def test_hostile_names_are_cut_and_cleaned(probe):
    name = "\x1b[31m\u202eevil\r\n\t" + "x" * 1000
    with UdpServer(a2s(name, "\xa7" * 10)) as server:
        outcome = probe(check("source", server.port))

    assert outcome.status is Status.UP
    assert len(outcome.facts["name"]) == 80
    assert outcome.facts["name"].startswith("[31m evil xxx")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"hello",
        SIMPLE + b"I\x11short",
        SIMPLE + b"I",
        SIMPLE + b"Zgarbage" * 1000,
        b"\xfe\xff\xff\xff" + b"x" * 20,
        SIMPLE + b"A1234",
    ],
)
def test_another_kind_of_server_is_down(probe, said):
    with UdpServer(lambda _: said) as server:
        outcome = probe(check("source", server.port), 1)

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert len(server.received) <= 3


@pytest.mark.parametrize("protocol", ["source", "minecraft_bedrock", "minecraft"])
def test_a_closed_port_is_refused(probe, protocol):
    assert probe(check(protocol, free_port())).reason is Reason.REFUSED


@pytest.mark.parametrize("protocol", ["source", "quake3"])
def test_silence_times_out_after_few_questions(probe, protocol):
    with UdpServer(lambda _: None) as server:
        outcome = probe(check(protocol, server.port), 0.4)

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.TIMEOUT)
    assert len(server.received) <= 3


def quake3(request):
    if request[:13] != SIMPLE + b"getstatus":
        return None
    info = rb"\sv_hostname\Shop Arena\mapname\q3dm17\sv_maxclients\16\version\ioq3 1.36"
    players = b'\n5 20 "one"\n7 30 "two"\n'
    return SIMPLE + b"statusResponse\n" + info + players


def test_another_game_is_asked_by_the_library(probe):
    with UdpServer(quake3) as server:
        outcome = probe(check("quake3", server.port, that("players", "equals", 2)))

    assert outcome.status is Status.UP, outcome.detail
    assert outcome.facts["name"] == "Shop Arena"
    assert outcome.facts["map"] == "q3dm17"
    assert outcome.facts["max_players"] == 16


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_library_knows_each_protocol_and_nonsense_is_down(probe, protocol):
    if protocol == "battlefield":
        with Listener(lambda c: (c.recv(1000), c.sendall(b"nonsense"))) as server:
            outcome = probe(check(protocol, server.port), 0.6)
    else:
        with UdpServer(lambda _: b"\x01nonsense") as server:
            outcome = probe(check(protocol, server.port), 0.6)

    assert outcome.status is Status.DOWN, outcome.detail
    assert outcome.reason in {Reason.MISMATCH, Reason.TIMEOUT}


def test_the_library_reaches_one_address_only():
    loop = OneAddress("127.0.0.1", 9)
    try:
        for wish in (
            loop.create_connection(object, "127.0.0.1", 10),
            loop.create_connection(object, "localhost", 9),
            loop.create_datagram_endpoint(object, remote_addr=("127.0.0.2", 9)),
            loop.create_datagram_endpoint(object, local_addr=("127.0.0.1", 0)),
            loop.create_datagram_endpoint(
                object, remote_addr=("127.0.0.1", 9), allow_broadcast=True
            ),
            loop.run_in_executor(None, socket.gethostbyname, "game.example"),
        ):
            with pytest.raises(PermissionError):
                loop.run_until_complete(wish)
    finally:
        loop.close()


def test_answers_of_any_shape_are_understood():
    assert game_of({"info": {"NumPlayers": "3", "mapname": "x"}, "players": []}).players == 3
    assert game_of({"players": [1, 2]}).players == 2
    assert game_of(None).players is None
    assert game_of({"info": None, "hostname": 5}).name == "5"


def test_without_the_library_the_extra_is_named(probe, monkeypatch):
    monkeypatch.setitem(sys.modules, "opengsq.protocols", None)
    monkeypatch.delitem(sys.modules, "opengsq.protocols.quake3", raising=False)
    outcome = probe(check("quake3", 27960))

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.NOT_SUPPORTED)
    assert "run make extras" in outcome.detail


@pytest.mark.parametrize("protocol", ["source", "minecraft", "quake3"])
def test_a_refused_network_is_not_probed(probe, protocol):
    assert probe(check(protocol, 27015, host="127.66.0.9")).reason is Reason.BLOCKED


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_the_next_address_is_asked_when_the_first_refuses(probe):
    with UdpServer(a2s()) as server:
        outcome = probe(check("source", server.port, host="localhost"))

    assert outcome.status is Status.UP
    assert outcome.facts["address"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"protocol": "pong"}, "protocol"),
        ({"port": 0}, "port"),
        ({"host": ""}, "host"),
        ({"assertions": [that("ping", "<", 1)]}, "assertions"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        GameCheck.parse({"protocol": "source", "host": "a.test", "port": 27015, **settings})

    assert [name.partition(".")[0] for name in refused.value.problems] == [field]


def test_the_target_is_host_port_and_protocol():
    assert check("source", 27015, host="Game.Example").target() == "game.example:27015 source"
