"""Certificates that no honest authority would sign are read without a stumble."""

import datetime as dt
import ssl

import pytest
from checks.servers import Listener
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kener.checks.tls import TlsCheck
from kener.core.outcome import Reason

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def shown(probe, tmp_path):
    """The outcome of a probe of a server with a certificate made like this."""

    def show(subject=(), names=(), **dates):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(oid, value) for oid, value in subject])
        builder = (
            x509.CertificateBuilder(name, name, key.public_key(), 0xABC)
            .not_valid_before(dates.get("starts", NOW - dt.timedelta(days=1)))
            .not_valid_after(dates.get("ends", NOW + dt.timedelta(days=90, minutes=5)))
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        pem += key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (tmp_path / "pem").write_bytes(pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "pem")
        with Listener(lambda c: c.recv(100), tls=context) as server:
            settings = {"host": "127.0.0.1", "port": server.port, "verify_tls": False}
            return probe(TlsCheck.parse(settings))

    return show


def test_without_any_name(shown):
    facts = shown().facts

    assert facts["tls_subject"] == facts["tls_issuer"] == ""
    assert facts["tls_names"] == []
    assert facts["tls_serial"] == "abc"
    assert facts["tls_days"] == 90


def test_with_names_that_are_long_many_or_of_another_kind(shown):
    names = [x509.RFC822Name("a@b.test"), *(x509.DNSName(f"{n}.test") for n in range(50))]
    names.append(x509.DNSName("x" * 300))
    subject = [(NameOID.COMMON_NAME, "a\x1b[31m\nb" + "ü" * 20)]
    facts = shown(subject, names).facts

    assert facts["tls_names"] == [f"{n}.test" for n in range(20)]
    assert facts["tls_subject"] == "a [31m b" + "ü" * 20


def test_with_an_organization_only(shown):
    assert shown([(NameOID.ORGANIZATION_NAME, "We")]).facts["tls_subject"] == "We"


def test_far_in_the_future_and_long_ago(shown):
    far = shown(ends=dt.datetime(9999, 12, 31, tzinfo=dt.UTC))
    old = shown(
        starts=dt.datetime(1950, 1, 1, tzinfo=dt.UTC), ends=NOW - dt.timedelta(days=400, hours=1)
    )

    assert far.facts["tls_expires_at"] == "9999-12-31T00:00:00Z"
    assert old.facts["tls_starts_at"] == "1950-01-01T00:00:00Z"
    assert old.reason is Reason.EXPIRING
    assert old.detail == "the certificate ended 401 days ago"
