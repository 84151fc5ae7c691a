"""Certificates and keys as PEM text: what may be handed to libcurl, from memory only."""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509

KEY_HEAD = "PRIVATE KEY-----"


@lru_cache(maxsize=256)
def certificates(text: str) -> "tuple[x509.Certificate, ...]":
    """All of a text, at least one; ValueError says what is wrong with it."""
    from cryptography import x509  # noqa: PLC0415 - takes a while, and few monitors need it

    if KEY_HEAD in text:
        raise ValueError("holds a private key, which does not belong here")
    try:
        return tuple(x509.load_pem_x509_certificates(text.encode()))
    except ValueError:
        raise ValueError(
            "must be one or more certificates in PEM: -----BEGIN CERTIFICATE-----…"
        ) from None


def check_key(text: str, certificate: "x509.Certificate") -> None:
    """ValueError when it is no plain private key of that certificate. Nothing of it is told."""
    from cryptography.hazmat.primitives import serialization as pem  # noqa: PLC0415

    if "ENCRYPTED" in text:
        raise ValueError("has a passphrase; store it without, it is kept encrypted here")
    try:
        public = pem.load_pem_private_key(text.encode(), None).public_key()
    except Exception:  # noqa: BLE001 - whatever the library says may hold parts of the key
        raise ValueError("must be a private key in PEM: -----BEGIN PRIVATE KEY-----…") from None
    form = pem.Encoding.DER, pem.PublicFormat.SubjectPublicKeyInfo
    try:
        theirs = certificate.public_key().public_bytes(*form)
    except Exception:  # noqa: BLE001 - as many as there are curves
        raise ValueError("cannot be compared with the client certificate") from None
    if public.public_bytes(*form) != theirs:
        raise ValueError("is not the key of the client certificate")
