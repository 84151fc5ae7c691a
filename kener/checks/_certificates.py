"""What a server's certificate says, and which ones were read lately.

Reading a certificate costs as much CPU as a whole plain probe, so each server's is read at most
once an hour, once a minute when it should be renewed soon, and whenever verification fails.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kener.core.instant import DAY, HOUR, MINUTE, Instant, instant, iso
from kener.core.outcome import Fact

Server = tuple[str, int]
REMEMBERED = 20_000
RENEWED_BEFORE = 30 * DAY
"""So long before their end certificates are usually renewed, and people wait to see it."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The server's own certificate: when it ends, for whom it is, and who signed it."""

    expires_at: Instant
    subject: str = ""
    issuer: str = ""

    def days_left(self, now: Instant) -> int:
        """Whole days until it ends; below 0 once it has."""
        return (self.expires_at - now) // DAY

    def facts(self, now: Instant) -> dict[str, Fact]:
        """For an outcome."""
        return {
            "tls_expires_at": iso(self.expires_at),
            "tls_days": self.days_left(now),
            "tls_issuer": self.issuer,
            "tls_subject": self.subject,
        }


class Certificates:
    """The last certificate seen of each server (host, port)."""

    def __init__(self) -> None:
        self._seen: dict[Server, tuple[Instant, Certificate]] = {}

    def get(self, server: Server) -> Certificate | None:
        """The last one seen."""
        seen = self._seen.get(server)
        return seen[1] if seen else None

    def is_due(self, server: Server, now: Instant) -> bool:
        """Whether it is time to read it again. A clock set back makes it due as well."""
        seen = self._seen.get(server)
        if seen is None:
            return True
        read_at, certificate = seen
        is_soon = certificate.expires_at - now < RENEWED_BEFORE
        return not 0 <= now - read_at < (MINUTE if is_soon else HOUR)

    def put(self, server: Server, certificate: Certificate, now: Instant) -> None:
        """Keep one that was read now."""
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        self._seen[server] = (now, certificate)


def end_of(days_left: int) -> str:
    """How long a certificate lasts, as the end of a sentence that begins with it."""
    if days_left < 0:
        return f"ended {_days(-days_left)} ago"
    return f"ends in {_days(days_left)}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


Chain = Sequence[Iterable[tuple[str, str]]]


def from_curl(chain: Chain) -> Certificate | None:
    """The first of what libcurl's CERTINFO gives, or None when there is none to be read."""
    if not chain:
        return None
    told = dict(chain[0])
    try:
        ends = datetime.strptime(told["Expire date"], "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    except (KeyError, ValueError):
        return None
    return Certificate(instant(ends), _common(told.get("Subject")), _common(told.get("Issuer")))


def _common(name: str | None) -> str:
    """The common name in "C = US, O = Example, CN = R11", else all of it, at a sane length."""
    parts = dict(part.split(" = ", 1) for part in (name or "").split(", ") if " = " in part)
    return (parts.get("CN") or parts.get("O") or name or "")[:120]
