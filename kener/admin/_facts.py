"""The facts of an outcome as people read them: names in words, values with their units."""

from kener.admin._words import latency
from kener.core.instant import SECOND, parse_iso
from kener.core.outcome import Fact
from kener.site import wording

NAMES = {
    "authentic": "Verified by DNSSEC",
    "authoritative": "From the zone's own server",
    "days": "Days left",
    "due_at": "Overdue from",
    "last_heard_s": "Since the last report",
    "offset_ms": "Clock differs by",
    "ping_ms": "Took, as reported",
    "round_trip_max_ms": "Slowest round trip",
    "round_trip_min_ms": "Fastest round trip",
    "tls_cipher": "Cipher",
    "tls_version": "Encryption",
}
WORDS = {each: each.upper() for each in ("dns", "http", "id", "smtp", "ssh", "tls", "ttl")}
WORDS["grpc"] = "gRPC"
UNITS = ("_ms", "_s", "_bytes", "_percent", "_at")
KB = 1024


def fact_name(name: str) -> str:
    """`http_version` as HTTP version, `size_bytes` as Size: a unit stands with the value."""
    if name in NAMES:
        return NAMES[name]
    for unit in UNITS:
        name = name.removesuffix(unit)
    first, *others = (WORDS.get(each, each) for each in name.split("_"))
    first = first if first in WORDS.values() else first[:1].upper() + first[1:]
    return " ".join([first, *others])


def fact_text(name: str, fact: Fact, zone: str) -> str:
    """The value: lengths and sizes with their units, instants on the clocks of a zone."""
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    if isinstance(fact, list):
        return "\n".join(fact)
    if isinstance(fact, str):
        return _instant(fact, zone) if name.endswith("_at") else fact
    return "–" if fact is None else _number(name, fact)


def _instant(text: str, zone: str) -> str:
    """What another program calls a time may be none: then it is shown as it is."""
    try:
        at = parse_iso(text)
        return f"{wording.moment(at, zone)} {wording.zone_offset(at, zone)}"
    except (ValueError, OverflowError):
        return text


def _number(name: str, number: float) -> str:
    if name.endswith("_ms"):
        return f"{'−' if number < 0 else ''}{latency(abs(number))}"
    if name.endswith("_s"):
        # Under two minutes parts of a second may matter, as of a run time.
        long = number >= 120
        return wording.duration(int(number) * SECOND) if long else f"{number:g} s"
    if name.endswith("_bytes"):
        return f"{number:g} bytes" if number < KB else f"{number / KB:.1f} KB"
    return f"{number:g} %" if name.endswith("_percent") else str(number)
