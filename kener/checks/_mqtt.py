"""MQTT 3.1.1 (OASIS), as much as it takes to subscribe and publish."""

from typing import NamedTuple

from kener.checks._failures import Mismatch
from kener.checks._streams import Connection
from kener.checks._wire import exactly, nonsense

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, DISCONNECT = 1, 2, 3, 4, 8, 9, 14
MOST_BYTES = 262_144
MOST_OTHERS = 100
"""Packets that are passed over while we wait for a message: we ask for none of them."""
REFUSED = 0x80
REASONS = {
    1: "the broker does not speak MQTT 3.1.1",
    2: "the broker refused our client id",
    3: "the broker says that it is not available",
    4: "the broker refused the user or password",
    5: "the broker says that this user may not connect",
}


class Message(NamedTuple):
    """What was published; `number` is to be acknowledged, None at QoS 0."""

    topic: str
    payload: bytes
    is_retained: bool
    number: int | None


class Packet(NamedTuple):
    """One control packet: its type, the four flags beside it, and the rest."""

    kind: int
    flags: int
    body: bytes


def packet(kind: int, body: bytes = b"", flags: int = 0) -> bytes:
    """A control packet as it is sent."""
    length, digits = len(body), bytearray()
    while True:
        length, digit = divmod(length, 128)
        digits.append(digit | (0x80 if length else 0))
        if not length:
            return bytes([kind << 4 | flags]) + bytes(digits) + body


def text(value: str | bytes) -> bytes:
    """With its length before it."""
    raw = value.encode() if isinstance(value, str) else value
    return len(raw).to_bytes(2, "big") + raw


async def read_packet(connection: Connection) -> Packet:
    """The next one, of at most MOST_BYTES; a Failure for anything else."""
    first = (await exactly(connection, 1))[0]
    length = 0
    for place in range(4):
        digit = (await exactly(connection, 1))[0]
        length += (digit & 0x7F) << (7 * place)
        if not digit & 0x80:
            break
    else:
        raise nonsense("MQTT")
    if length > MOST_BYTES:
        raise Mismatch(f"a message has {length} bytes; at most {MOST_BYTES} are read")
    return Packet(first >> 4, first & 0x0F, await exactly(connection, length))


async def sign_in(connection: Connection, client_id: str, user: str, password: str) -> None:
    """CONNECT with a clean session; a Failure says why the broker does not want us."""
    flags = 0x02 | (0x80 if user else 0) | (0x40 if password else 0)
    body = text("MQTT") + bytes([4, flags]) + (120).to_bytes(2, "big") + text(client_id)
    body += text(user) if user else b""
    body += text(password) if password else b""
    connection.writer.write(packet(CONNECT, body))
    answer = await read_packet(connection)
    if answer.kind != CONNACK or len(answer.body) != 2:
        raise nonsense("MQTT")
    if answer.body[1]:
        raise Mismatch(REASONS.get(answer.body[1], "the broker refused the connection"))


async def subscribe(connection: Connection, topic: str, qos: int) -> list[Message]:
    """Ask for what is published there; what came before the answer is returned."""
    body = (1).to_bytes(2, "big") + text(topic) + bytes([qos])
    connection.writer.write(packet(SUBSCRIBE, body, 0x02))
    early: list[Message] = []
    while True:
        answer = await read_packet(connection)
        if answer.kind == PUBLISH and len(early) < 10:
            early.append(received(connection, answer))
        elif answer.kind == SUBACK and len(answer.body) == 3:
            if answer.body[2] == REFUSED:
                raise Mismatch("the broker says that this user may not subscribe to the topic")
            return early
        else:
            raise nonsense("MQTT")


def publish(connection: Connection, topic: str, payload: bytes, qos: int) -> None:
    """Send a message."""
    number = (2).to_bytes(2, "big") if qos else b""
    connection.writer.write(packet(PUBLISH, text(topic) + number + payload, qos << 1))


def received(connection: Connection, one: Packet) -> Message:
    """The message of a PUBLISH, acknowledged if it must be."""
    qos, body = one.flags >> 1 & 3, one.body
    end = 2 + int.from_bytes(body[:2], "big")
    number = int.from_bytes(body[end : end + 2], "big") if qos else None
    start = end + (2 if qos else 0)
    if qos == 3 or len(body) < max(start, 2):
        raise nonsense("MQTT")
    if number is not None:
        connection.writer.write(packet(PUBACK, number.to_bytes(2, "big")))
    topic = body[2:end].decode(errors="replace")
    return Message(topic, body[start:], bool(one.flags & 1), number)


async def next_message(connection: Connection) -> Message:
    """The next message; a few other packets are passed over."""
    for _ in range(MOST_OTHERS):
        one = await read_packet(connection)
        if one.kind == PUBLISH:
            return received(connection, one)
    raise nonsense("MQTT")
