"""The certificate that the other side of an open connection showed, valid or not."""

from cryptography import x509
from cryptography.x509.oid import NameOID

from kener.checks._certificates import Certificate
from kener.checks._streams import Connection
from kener.core.instant import instant

LONGEST = 120


def peer_certificate(connection: Connection) -> Certificate | None:
    """None without TLS, or when it cannot be read."""
    secured = connection.writer.get_extra_info("ssl_object")
    shown = secured.getpeercert(binary_form=True) if secured else None
    if not shown:
        return None
    try:
        told = x509.load_der_x509_certificate(shown)
        ends = instant(told.not_valid_after_utc)
        return Certificate(ends, _common(told.subject), _common(told.issuer))
    except ValueError:
        return None


def _common(name: x509.Name) -> str:
    """The common name, else the organization, else all of it."""
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in name.get_attributes_for_oid(oid):
            return str(attribute.value)[:LONGEST]
    return name.rfc4514_string()[:LONGEST]
