"""Certificates and keys as PEM text: what may be handed to libcurl, from memory only."""

from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

KEY_HEAD = "PRIVATE KEY-----"


@lru_cache(maxsize=256)
def certificates(text: str) -> tuple[x509.Certificate, ...]:
    """All of a text, at least one; ValueError says what is wrong with it."""
    if KEY_HEAD in text:
        raise ValueError("holds a private key, which does not belong here")
    try:
        return tuple(x509.load_pem_x509_certificates(text.encode()))
    except ValueError:
        raise ValueError(
            "must be one or more certificates in PEM: -----BEGIN CERTIFICATE-----…"
        ) from None


def check_key(text: str, certificate: x509.Certificate) -> None:
    """ValueError when it is no plain private key of that certificate. Nothing of it is told."""
    if "ENCRYPTED" in text:
        raise ValueError("has a passphrase; store it without, it is kept encrypted here")
    try:
        public = load_pem_private_key(text.encode(), None).public_key()
    except Exception:  # noqa: BLE001 - whatever the library says may hold parts of the key
        raise ValueError("must be a private key in PEM: -----BEGIN PRIVATE KEY-----…") from None
    ours = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    theirs = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if ours != theirs:
        raise ValueError("is not the key of the client certificate")
