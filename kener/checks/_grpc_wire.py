"""One unary gRPC call as it looks on the wire: a frame with a Protocol Buffers message, and a
status in the trailers (PROTOCOL-HTTP2 of gRPC; grpc.health.v1)."""

from collections.abc import Iterator
from urllib.parse import unquote

CODES = (
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
    "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
)  # fmt: skip
HEALTH = ("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN")


class Garbled(Exception):
    """The answer is not gRPC."""


def health_request(service: str) -> bytes:
    """The frame of a HealthCheckRequest."""
    name = service.encode()
    message = b"\x0a" + _varint(len(name)) + name if name else b""
    return b"\0" + len(message).to_bytes(4, "big") + message


def health_status(frame: bytes) -> str:
    """The name of the status in the frame of a HealthCheckResponse; Garbled when there is none."""
    if len(frame) < 5 or frame[0] != 0 or len(frame) != 5 + int.from_bytes(frame[1:5], "big"):
        raise Garbled
    number = 0
    for tag, value in _fields(frame[5:]):
        if tag == 1 and isinstance(value, int):
            number = value
    if number >= len(HEALTH):
        raise Garbled
    return HEALTH[number]


def code_name(number: str) -> str:
    """The name of a `grpc-status`; Garbled when there is no such number."""
    if not (
        number.isascii() and number.isdigit() and len(number) <= 2 and int(number) < len(CODES)
    ):
        raise Garbled
    return CODES[int(number)]


def told(message: str) -> str:
    """The text of a `grpc-message`."""
    return unquote(message, errors="replace")


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field."""
    at = 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        value: int | bytes
        match tag & 7:
            case 0:
                value, at = _read_varint(message, at)
            case 1 | 5 as wire:
                length = 8 if wire == 1 else 4
                value, at = message[at : at + length], at + length
            case 2:
                length, at = _read_varint(message, at)
                value, at = message[at : at + length], at + length
            case _:
                raise Garbled
        if at > len(message):
            raise Garbled
        yield tag >> 3, value


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    number = 0
    for count, byte in enumerate(message[at : at + 10]):
        number |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return number, at + count + 1
    raise Garbled
