"""The two most asked for, by us: Source servers (A2S) and Minecraft, Java and Bedrock."""

import json
import os
import struct
from dataclasses import dataclass
from typing import Any

from kener.checks._base import Context
from kener.checks._failures import Mismatch
from kener.checks._game_udp import datagrams
from kener.checks._streams import Connection
from kener.checks._wire import exactly, nonsense

SIMPLE, SPLIT = b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff"
A2S_INFO = SIMPLE + b"TSource Engine Query\0"
CHALLENGES = 3
RAKNET = bytes.fromhex("00ffff00fefefefefdfdfdfd12345678")
MOST_STATUS = 262_144


@dataclass(frozen=True, slots=True)
class Game:
    """What a server tells of itself; None or empty is what it does not."""

    players: int | None
    max_players: int | None
    name: str = ""
    map: str = ""
    version: str = ""


async def source(address: str, port: int, context: Context) -> Game:
    """By A2S_INFO; a server may first want its challenge back, so that nobody is flooded by it."""
    async with datagrams(address, port, context) as socket:
        request = A2S_INFO
        for _ in range(CHALLENGES):
            answer = await socket.ask(request, context)
            if answer[:4] == SPLIT:
                raise Mismatch("the server's answer comes in parts, which are not read")
            if answer[:5] != SIMPLE + b"A":
                return _source_info(answer)
            request = A2S_INFO + answer[5:9]
    raise Mismatch("the server asks for its challenge again and again")


def _source_info(answer: bytes) -> Game:
    if answer[:5] != SIMPLE + b"I":
        raise nonsense("A2S, the protocol of Source servers")
    name, map_name, _, _, rest = (*answer[6:].split(b"\0", 4), b"", b"", b"", b"")[:5]
    if len(rest) < 9:
        raise nonsense("A2S, the protocol of Source servers")
    version = rest[9:].split(b"\0", 1)[0]
    return Game(rest[2], rest[3], _text(name), _text(map_name), _text(version))


async def bedrock(address: str, port: int, context: Context) -> Game:
    """By RakNet's unconnected ping."""
    ping = b"\x01" + bytes(8) + RAKNET + os.urandom(8)
    async with datagrams(address, port, context) as socket:
        pong = await socket.ask(ping, context)
    if pong[:1] != b"\x1c" or pong[17:33] != RAKNET:
        raise nonsense("Minecraft (Bedrock)")
    parts = [_text(each) for each in pong[35:].split(b";")] + [""] * 8
    return Game(_number(parts[4]), _number(parts[5]), parts[1], parts[7], parts[3])


async def java(connection: Connection, host: str, port: int) -> Game:
    """By the server list ping, under the name by which players call the server."""
    name = host.encode()
    hello = b"\0" + _varint(0xFFFFFFFF) + _varint(len(name)) + name + struct.pack(">H", port)
    hello += b"\x01"
    connection.writer.write(_varint(len(hello)) + hello + b"\x01\0")
    length = await _read_varint(connection)
    if not 2 <= length <= MOST_STATUS:
        raise nonsense("Minecraft (Java)")
    answer = await exactly(connection, length)
    start = next((at for at, each in enumerate(answer[1:6], 2) if each < 0x80), 0)
    try:
        # Some servers send more than the one object.
        status, _ = json.JSONDecoder().raw_decode(answer[start:].decode())
    except (ValueError, RecursionError):
        status = None
    if answer[0] != 0 or not start or not isinstance(status, dict):
        raise nonsense("Minecraft (Java)")
    players, version = _part(status, "players"), _part(status, "version")
    return Game(
        _number(players.get("online")),
        _number(players.get("max")),
        _words(status.get("description")),
        "",
        _words(version.get("name")),
    )


def _part(status: dict[str, Any], name: str) -> dict[str, Any]:
    part = status.get(name)
    return part if isinstance(part, dict) else {}


def _words(value: Any, depth: int = 5) -> str:
    """The text of a chat component, whose parts may hold further parts."""
    if isinstance(value, str):
        return value[:1000]
    if depth and isinstance(value, dict):
        inside = [value.get("text"), *(_some(value.get("extra")))]
        return "".join(_words(each, depth - 1) for each in inside)[:1000]
    return "".join(_words(each, depth - 1) for each in _some(value)) if depth else ""


def _some(value: Any) -> list[Any]:
    return value[:50] if isinstance(value, list) else []


def _varint(number: int) -> bytes:
    digits = bytearray()
    while True:
        number, digit = number >> 7, number & 0x7F
        digits.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(digits)


async def _read_varint(connection: Connection) -> int:
    number = 0
    for place in range(5):
        digit = (await exactly(connection, 1))[0]
        number |= (digit & 0x7F) << (7 * place)
        if not digit & 0x80:
            return number
    raise nonsense("Minecraft (Java)")


def _number(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _text(raw: bytes) -> str:
    return raw[:1000].decode(errors="replace")
