"""The sql check by TLS, and what only one of the servers knows."""

from urllib.parse import quote

import pytest
from checks.assertions import that
from checks.databases import PASSWORD, Relay, postgres_tls
from checks.of_sql import Server, check, server

from kener.core.outcome import Reason
from kener.core.status import Status

__all__ = ["server"]
VERIFIED = {"postgresql": "?sslmode=verify-full", "mysql": "?ssl-mode=verify_identity"}
ENCRYPTED = {"postgresql": "?sslmode=require", "mysql": "?ssl-mode=required"}


@pytest.fixture
def tls_server(server, request, tls_for):
    """The same, by TLS, with a certificate for localhost."""
    if server.scheme == "mysql":
        yield server
        return
    path = request.getfixturevalue("postgresql").socket
    with Relay(path, postgres_tls(tls_for("localhost"))) as relay:
        yield Server("postgresql", relay.port, server.execute)


def test_tls_is_verified_by_the_name(probe, tls_server):
    verified = VERIFIED[tls_server.scheme]
    good = probe(check(tls_server.dsn(host="localhost", options=verified), ip_version="ipv4"))
    wrong = probe(check(tls_server.dsn(host="127.0.0.1", options=verified)))
    trusting = probe(check(tls_server.dsn(options=ENCRYPTED[tls_server.scheme])))

    assert good.status is Status.UP, good.detail
    assert good.facts["address"] == "127.0.0.1"
    assert (wrong.status, wrong.reason) == (Status.DOWN, Reason.TLS_FAILED), wrong.detail
    assert wrong.detail.startswith("the certificate is not valid: it is ")
    assert trusting.status is Status.UP, trusting.detail


def test_a_server_without_tls_is_down_when_it_must_have_it(probe, postgresql_port):
    dsn = f"postgresql://watcher:x@127.0.0.1:{postgresql_port}/postgres?sslmode=require"

    assert probe(check(dsn)).reason is Reason.TLS_FAILED


def test_nothing_comes_from_our_environment(probe, postgresql_port, monkeypatch, tmp_path):
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"*:*:*:*:{PASSWORD.replace(':', chr(92) + ':')}\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    monkeypatch.setenv("PGOPTIONS", "-c nonsense=1")
    outcome = probe(check(f"postgresql://watcher@127.0.0.1:{postgresql_port}/postgres"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH


def test_a_boolean_and_a_document_are_themselves(probe, postgresql, postgresql_port):
    dsn = f"postgresql://watcher:{quote(PASSWORD, safe='')}@127.0.0.1:{postgresql_port}/postgres"
    for expression, seen in [("true", True), ("'{\"a\": 1}'::jsonb -> 'a'", 1)]:
        outcome = probe(check(dsn, f"SELECT {expression}", that("value", "equals", seen)))
        assert outcome.status is Status.UP, outcome.detail
