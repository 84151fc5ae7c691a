"""What people type for a DNS check, and one form for values so that they can be compared."""

import re
from dataclasses import dataclass
from typing import Literal

from kener.checks._addresses import clean_host, literal
from kener.checks._web import Place, place

Server = tuple[str, int]
Transport = Literal["udp", "tcp", "tls", "https"]
HOST_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::(?P<p6>\d+))?|(?P<host>[^:]+)(?::(?P<port>\d+))?")
PORTS: dict[Transport, int] = {"udp": 53, "tcp": 53, "tls": 853, "https": 443}
NAMES = {"CNAME", "DNAME", "MX", "NS", "PTR", "SOA", "SRV"}
# What IANA's registry names and one can ask for. Zone transfers and the like are no questions.
_TYPES = """
A A6 AAAA AFSDB AMTRELAY ANY APL AVC BRID CAA CDNSKEY CDS CERT CNAME CSYNC DHCID DLV DNAME DNSKEY
DS DSYNC EUI48 EUI64 GPOS HHIT HINFO HIP HTTPS IPSECKEY ISDN KEY KX L32 L64 LOC LP MB MD MF MG
MINFO MR MX NAPTR NID NINFO NS NSAP NSAP-PTR NSEC NSEC3 NSEC3PARAM NULL NXT OPENPGPKEY PTR PX
RESINFO RP RRSIG RT SIG SMIMEA SOA SPF SRV SSHFP SVCB TA TLSA TXT UNSPEC URI WALLET WKS X25 ZONEMD
"""
RECORD_TYPES = frozenset(_TYPES.split())
NUMBERED = re.compile(r"TYPE([1-9]\d{0,4})")
NO_QUESTIONS = {41, 128, *range(249, 255)}


@dataclass(frozen=True, slots=True)
class Question:
    """`server` of None: this machine's own. With `url` it is asked by HTTPS. `server_name` is the
    one to verify with TLS, if it is not the server's; `dnssec`: ask whether the answer is
    authentic."""

    name: str
    record_type: str
    server: Server | None
    transport: Transport = "udp"
    url: str = ""
    server_name: str = ""
    verify: bool = True
    dnssec: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """Values in their plain form; `ttl` in seconds, of the first set; `server` is who answered;
    `why` is what the server says of its trouble (RFC 8914); phases in ms."""

    rcode: str
    values: tuple[str, ...]
    ttl: int | None
    authentic: bool
    authoritative: bool
    why: str
    server: str
    took_ms: float
    phases: dict[str, float]


def record_type(text: str) -> str:
    """A type's name in capitals, or TYPE and its number (RFC 3597); ValueError else."""
    name = text.strip().upper().replace("_", "-")
    number = NUMBERED.fullmatch(name)
    known = 0 < int(number[1]) < 65_536 if number else name in RECORD_TYPES
    if not known or (number and int(number[1]) in NO_QUESTIONS):
        raise ValueError("must be a record type, like A, MX or TYPE65280")
    return name


def server(text: str, default_port: int = 53) -> Server:
    """Host and port of "192.0.2.1", "[::1]:5353" or "ns.example.org:53"; ValueError else."""
    text = text.strip()
    if literal(text) is not None:
        return clean_host(text), default_port
    match = HOST_PORT.fullmatch(text)
    if match is None:
        raise ValueError("must be an address with an optional port, like 192.0.2.1:53 or [::1]:53")
    port = int(match["p6"] or match["port"] or default_port)
    if not 1 <= port <= 65535:
        raise ValueError("has a port that is not a number from 1 to 65535")
    return clean_host(match["v6"] or match["host"]), port


def is_url(text: str) -> bool:
    """Whether a resolver is one that is asked by HTTPS."""
    return "://" in text


def https_place(text: str) -> Place:
    """The place of a DoH address, without the “{?dns}” of its template; ValueError else."""
    found = place(text.strip().removesuffix("{?dns}"))
    if found.scheme != "https":
        raise ValueError("must begin with https://")
    return found


def plain(value: str, record_type: str) -> str:
    """One form for each value, so that what is typed and what is answered can be compared."""
    if record_type in {"A", "AAAA"}:
        return literal(value) or value
    if record_type == "TXT":
        return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    if record_type in NAMES:
        return " ".join(part.rstrip(".") or "." for part in value.lower().split())
    return " ".join(value.split())
