"""What people type for a DNS check, and one form for values so that they can be compared."""

import re
from dataclasses import dataclass
from typing import Literal

from kener.checks._addresses import clean_host, literal

Server = tuple[str, int]
HOST_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::(?P<p6>\d+))?|(?P<host>[^:]+)(?::(?P<port>\d+))?")
NAMES = {"CNAME", "MX", "NS", "PTR", "SOA", "SRV"}


@dataclass(frozen=True, slots=True)
class Question:
    """`server` of None: this machine's own."""

    name: str
    record_type: str
    server: Server | None
    transport: Literal["udp", "tcp"]


@dataclass(frozen=True, slots=True)
class Reply:
    """Values in their plain form; `ttl` in seconds, of the first set; `server` is who answered."""

    rcode: str
    values: tuple[str, ...]
    ttl: int | None
    server: str
    took_ms: float


def server(text: str) -> Server:
    """Host and port of "192.0.2.1", "[::1]:5353" or "ns.example.org:53"; ValueError else."""
    text = text.strip()
    if literal(text) is not None:
        return clean_host(text), 53
    match = HOST_PORT.fullmatch(text)
    if match is None:
        raise ValueError("must be an address with an optional port, like 192.0.2.1:53 or [::1]:53")
    port = int(match["p6"] or match["port"] or 53)
    if not 1 <= port <= 65535:
        raise ValueError("has a port that is not a number from 1 to 65535")
    return clean_host(match["v6"] or match["host"]), port


def plain(value: str, record_type: str) -> str:
    """One form for each value, so that what is typed and what is answered can be compared."""
    if record_type in {"A", "AAAA"}:
        return literal(value) or value
    if record_type == "TXT":
        return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    if record_type in NAMES:
        return " ".join(part.rstrip(".") or "." for part in value.lower().split())
    return " ".join(value.split())
