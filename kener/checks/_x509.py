"""What a TLS connection shows of the server: its certificate, read without believing it."""

import ssl
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from kener.checks._certificates import Certificate
from kener.checks._failures import TlsFailed
from kener.checks._streams import Connection
from kener.core.instant import Instant, instant, iso
from kener.core.outcome import Fact

MOST_NAMES = 20
LONGEST = 120
BROKEN = (
    ValueError,
    OverflowError,
    TypeError,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The server's own certificate, and what else there is to tell of the connection."""

    certificate: Certificate
    more: dict[str, Fact]

    def facts(self, now: Instant) -> dict[str, Fact]:
        """For an outcome."""
        return self.certificate.facts(now) | self.more


def peer_certificate(connection: Connection) -> Certificate | None:
    """The certificate that the server showed, valid or not. None without TLS, or when it cannot
    be read."""
    tls = connection.writer.get_extra_info("ssl_object")
    try:
        return shown_by(tls).certificate if tls else None
    except TlsFailed:
        return None


def shown_by(tls: ssl.SSLObject) -> Shown:
    """What a connection after its handshake shows. TlsFailed when that makes no sense."""
    der = tls.getpeercert(binary_form=True)
    if not der:
        raise TlsFailed("the server showed no certificate")
    try:
        certificate, more = _read(der)
    except BROKEN:
        raise TlsFailed("the certificate cannot be read") from None
    cipher = tls.cipher()
    more |= {
        "tls_chain": _chain_length(tls),
        "tls_version": (tls.version() or "").replace("TLSv", "TLS "),
        "tls_cipher": cipher[0] if cipher else "",
    }
    return Shown(certificate, more)


def _read(der: bytes) -> tuple[Certificate, dict[str, Fact]]:
    leaf = x509.load_der_x509_certificate(der)
    read = Certificate(
        instant(leaf.not_valid_after_utc), _common(leaf.subject), _common(leaf.issuer)
    )
    return read, {
        "tls_starts_at": iso(instant(leaf.not_valid_before_utc)),
        "tls_subject": read.subject,
        "tls_names": _names(leaf),
        "tls_serial": f"{leaf.serial_number:x}",
        "tls_fingerprint": leaf.fingerprint(hashes.SHA256()).hex(),
    }


def _common(name: x509.Name) -> str:
    """The common name, else the organization, else all of it."""
    for wanted in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for found in name.get_attributes_for_oid(wanted):
            return _line(found.value)
    return _line(name.rfc4514_string())


def _names(leaf: x509.Certificate) -> list[str]:
    """For which host names and addresses it is (RFC 5280, 4.2.1.6), the first few."""
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    kinds = (x509.DNSName, x509.IPAddress)
    return [_line(each.value) for each in names if isinstance(each, kinds)][:MOST_NAMES]


def _line(value: Any) -> str:
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return "".join(c if c.isprintable() else " " for c in text[:LONGEST])


def _chain_length(tls: ssl.SSLObject) -> int | None:
    """How many certificates the server sent. Public since Python 3.13, there before."""
    inner = tls if hasattr(tls, "get_unverified_chain") else getattr(tls, "_sslobj", None)
    chain = getattr(inner, "get_unverified_chain", None)
    return len(chain() or ()) if chain else None
