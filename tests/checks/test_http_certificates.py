"""Client certificates and own authorities of the http check."""

import datetime as dt
import json
import ssl

import pytest
import trustme
from checks.oauth import accepting, oauth
from checks.of_http import check
from checks.servers import HttpServer, ok, to
from cryptography.hazmat.primitives import serialization as pem

from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status


def test_a_client_certificate_is_shown_to_a_token_address_of_the_same_server_only(
    probe, tls_for, identity
):
    def both(request):
        return (
            ok(json.dumps({"access_token": "t0ken-1"}))
            if request.path == "/token"
            else accepting("t0ken-1")(request)
        )

    with HttpServer(both, tls=identity.required_by(tls_for("127.0.0.1"))) as server:
        same = probe(check(server.url, **oauth(server), **identity.settings))
        other = probe(check("http://127.0.0.1:1/", **oauth(server), **identity.settings))

    assert same.status is Status.UP, same.detail
    assert other.detail.startswith("could not get an access token: the TLS handshake failed")


class Identity:
    """A certificate of its own authority, and servers that want it."""

    def __init__(self) -> None:
        self.authority = trustme.CA()
        issued = self.authority.issue_cert("client.test")
        self.certificate = "".join(each.bytes().decode() for each in issued.cert_chain_pems)
        self.key = issued.private_key_pem.bytes().decode()

    def required_by(self, tls: ssl.SSLContext) -> ssl.SSLContext:
        # With TLS 1.3 a client learns after its request only, or by a reset, that it is unknown.
        tls.maximum_version = ssl.TLSVersion.TLSv1_2
        self.authority.configure_trust(tls)
        tls.verify_mode = ssl.CERT_REQUIRED
        return tls

    @property
    def settings(self) -> dict:
        return {"client_certificate": self.certificate, "client_key": self.key}


@pytest.fixture(scope="module")
def identity() -> Identity:
    return Identity()


def test_a_client_certificate_opens_the_door(probe, tls_for, identity):
    with HttpServer(ok(), tls=identity.required_by(tls_for("127.0.0.1"))) as server:
        known = probe(check(server.url, **identity.settings))
        unknown = probe(check(server.url))
        stranger = probe(check(server.url, **Identity().settings))

    assert known.status is Status.UP
    assert (unknown.status, unknown.reason) == (Status.DOWN, Reason.TLS_FAILED)
    assert "handshake failure" in unknown.detail
    assert (stranger.status, stranger.reason) == (Status.DOWN, Reason.TLS_FAILED)


def test_a_client_certificate_does_not_follow_to_another_origin(probe, tls_for, identity):
    with (
        HttpServer(ok(), tls=identity.required_by(tls_for("127.0.0.1"))) as other,
        HttpServer(to(other.url), tls=identity.required_by(tls_for("127.0.0.1"))) as server,
    ):
        outcome = probe(check(server.url, **identity.settings))

    assert outcome.reason is Reason.TLS_FAILED
    assert len(server.received) == 1
    assert other.received == []


def test_an_own_authority_is_trusted_instead_of_the_public_ones(probe, tls_for):
    own = trustme.CA()
    pem = own.cert_pem.bytes().decode()
    with (
        HttpServer(ok(), tls=tls_for("127.0.0.1", issuer=own)) as server,
        HttpServer(ok(), tls=tls_for("127.0.0.1")) as public,
    ):
        trusted = probe(check(server.url, ca_certificate=pem))
        untrusted = probe(check(public.url, ca_certificate=pem))
        before_and_after = probe(check(public.url))

    assert trusted.status is Status.UP
    assert trusted.facts["tls_days"] > 0
    assert untrusted.reason is Reason.TLS_FAILED
    assert before_and_after.status is Status.UP


def encrypted(key: str) -> str:
    return (
        pem.load_pem_private_key(key.encode(), None)
        .private_bytes(
            pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.BestAvailableEncryption(b"pass")
        )
        .decode()
    )


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        (lambda me: {"client_certificate": "x"}, "client_certificate", "in PEM"),
        (lambda me: {"client_certificate": ""}, "client_key", "go together"),
        (lambda me: {"client_key": ""}, "client_key", "go together"),
        (lambda me: {"client_key": "s3cret"}, "client_key", "must be a private key"),
        (lambda me: {"client_key": Identity().key}, "client_key", "is not the key of"),
        (lambda me: {"client_key": encrypted(me.key)}, "client_key", "has a passphrase"),
        (
            lambda me: {"client_certificate": me.certificate + me.key},
            "client_certificate",
            "does not belong here",
        ),
        (lambda me: {"ca_certificate": "nonsense"}, "ca_certificate", "in PEM"),
    ],
)
def test_certificates_and_keys_must_fit(identity, change, field, why):
    with pytest.raises(Invalid) as refused:
        check("https://a.test", **identity.settings | change(identity))

    assert why in str(refused.value.problems[field])
    assert "s3cret" not in str(refused.value)


def test_a_key_may_be_a_reference(identity):
    made = check("https://a.test", **identity.settings | {"client_key": "{{ secret.KEY }}"})

    assert "client_key" in type(made).secret_fields()


def test_a_certificate_below_its_limit_is_down(probe, tls_for):
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=8, hours=12)
    look = [{"source": "certificate_days", "op": ">=", "value": 14}]
    with HttpServer(ok(), tls=tls_for("127.0.0.1", not_after=soon)) as server:
        limited = probe(check(server.url, certificate_days=14, certificate_down_days=9))
        asserted = probe(check(server.url, assertions=look))

    assert (limited.status, limited.reason) == (Status.DOWN, Reason.EXPIRING)
    assert limited.detail == "the certificate ends in 8 days"
    assert (asserted.status, asserted.reason) == (Status.DOWN, Reason.MISMATCH)
    assert asserted.detail == "expected certificate_days >= 14, got 8"


def test_with_tls_1_3_the_door_stays_closed_as_well(probe, tls_for, identity):
    tls = identity.required_by(tls_for("127.0.0.1"))
    tls.maximum_version = ssl.TLSVersion.TLSv1_3
    with HttpServer(ok(), tls=tls) as server:
        known = probe(check(server.url, **identity.settings))
        unknown = probe(check(server.url))

    assert known.status is Status.UP
    assert unknown.status is Status.DOWN
    assert unknown.reason in {Reason.TLS_FAILED, Reason.UNREACHABLE}
