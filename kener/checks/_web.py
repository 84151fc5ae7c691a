"""The parts of an HTTP request that need care: URLs, headers, status ranges, redirects."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

from kener.checks._addresses import clean_host
from kener.checks._fields import host_and_port

PORTS = {"http": 80, "https": 443}
HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)")
RANGE = re.compile(r"([1-5]\d\d)(?:-([1-5]\d\d))?")
REDIRECTS = {301, 302, 303, 307, 308}
# What may go to a host that it was not meant for; any other header may hold a secret.
PUBLIC_HEADERS = {
    "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control",
    "content-type", "dnt", "expect", "pragma", "range", "user-agent",
}  # fmt: skip


class Place(NamedTuple):
    """Where a request goes. Two places with the same origin are the same server."""

    scheme: str
    host: str
    port: int
    url: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port."""
        return self[:3]

    @property
    def short(self) -> str:
        """For lists: without the query, which may hold a token."""
        parts = urlsplit(self.url)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def place(url: str) -> Place:
    """The place of a URL, its host in the form that is resolved; ValueError says what is wrong."""
    if re.search(r"[\x00-\x20\x7f\\]", url):
        raise ValueError("must not contain spaces, control characters or backslashes")
    parts = _split(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("must begin with http:// or https:// and name a host")
    if "@" in parts.netloc:
        raise ValueError("must not hold a user name; use the username and password fields")
    host = clean_host(parts.hostname)
    port = _port(parts)
    netloc = host_and_port(host, port)
    if port == PORTS[parts.scheme]:
        netloc = f"[{host}]" if ":" in host else host
    path = _quoted(parts.path) or "/"
    clean = urlunsplit((parts.scheme, netloc, path, _quoted(parts.query), ""))
    return Place(parts.scheme, host, port, clean)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise ValueError("is not a web address") from None


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise ValueError("has a port that is not a number from 1 to 65535") from None
    if port == 0:
        raise ValueError("has a port that is not a number from 1 to 65535")
    return port or PORTS[parts.scheme]


def _quoted(text: str) -> str:
    """What is not ASCII goes out percent-encoded; what is encoded already stays as it is."""
    return (
        text
        if text.isascii()
        else "".join(
            c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode()) for c in text
        )
    )


def header_lines(text: str) -> list[str]:
    """The "Name: value" lines of a field; ValueError names the first bad line by its number."""
    lines = [line.strip() for line in text.splitlines()]
    for number, line in enumerate(lines, 1):
        match = HEADER.fullmatch(line)
        if line and (match is None or not _printable(match[2])):
            raise ValueError(f"line {number} must look like “Name: value”")
        if match and match[1].lower() in {"host", "content-length", "transfer-encoding"}:
            raise ValueError(f"line {number}: {match[1]} is set by the check itself")
    return [line for line in lines if line]


def _printable(value: str) -> bool:
    return value.isascii() and all(c == "\t" or c >= " " for c in value)


def for_curl(lines: Sequence[str]) -> list[str]:
    """The same lines, but “Name;” for an empty value: “Name:” would remove the header."""
    return [f"{line.rstrip()[:-1]};" if line.rstrip().endswith(":") else line for line in lines]


def name_of(line: str) -> str:
    """The header's name in lower case."""
    return re.split("[:;]", line, maxsplit=1)[0].lower()


def status_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """The pairs of a text like 200-299,401; ValueError says what is expected."""
    ranges = []
    for part in text.split(","):
        match = RANGE.fullmatch(part.strip())
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if low > high:
            raise ValueError("must be statuses or ranges, like 200-299,401")
        ranges.append((low, high))
    return tuple(ranges)


SECRET_NAME = re.compile("auth|cookie|key|passw|secret|session|token", re.IGNORECASE)


def secrets_of(lines: Sequence[str]) -> list[str]:
    """The values of those header lines that look as if they held a secret."""
    pairs = (line.partition(":") for line in lines)
    values = [value.strip() for name, _, value in pairs if SECRET_NAME.search(name)]
    return [*values, *(each.partition(" ")[2] for each in values if " " in each)]
