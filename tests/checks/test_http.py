"""The http check, against real servers on loopback."""

import pytest
from checks.of_http import check
from checks.servers import HttpServer, Listener, free_port, has_ipv6, ok

from kener.checks.http import HttpCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status


def test_a_good_answer_is_up_with_facts_and_phases(probe):
    with HttpServer(ok("hello")) as server:
        outcome = probe(check(server.url + "/health"))

    assert outcome.status is Status.UP
    assert outcome.reason is None
    assert outcome.facts == {
        "http_status": 200,
        "size_bytes": 5,
        "address": "127.0.0.1",
        "http_version": "1.1",
    }
    assert set(outcome.phases) == {"dns", "connect", "first_byte", "total"}
    assert outcome.latency_ms == outcome.phases["total"] > 0
    assert server.received[0].path == "/health"
    assert server.received[0].headers["user-agent"].startswith("Kener/")


def test_a_name_from_the_hosts_file_is_found(probe):
    with HttpServer(ok()) as server:
        outcome = probe(check(f"http://localhost:{server.port}/", ip_version="ipv4"))

    assert outcome.status is Status.UP
    assert server.received[0].headers["host"] == f"localhost:{server.port}"


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_an_ipv6_address_is_probed(probe):
    with HttpServer(ok(), host="::1") as server:
        outcome = probe(check(server.url))

    assert outcome.status is Status.UP
    assert outcome.facts["address"] == "::1"


def test_an_address_of_the_other_family_is_no_answer(probe):
    outcome = probe(check("http://127.0.0.1/", ip_version="ipv6"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.DNS_FAILED


@pytest.mark.parametrize(
    ("status", "accepted", "expected"),
    [
        ("200 OK", "200-299", Status.UP),
        ("204 No Content", "200-299,401", Status.UP),
        ("401 Unauthorized", "200-299,401", Status.UP),
        ("404 Not Found", "200-299,401", Status.DOWN),
        ("500 Oops", "200-299", Status.DOWN),
        ("301 Moved", "301", Status.UP),
    ],
)
def test_accepted_statuses_decide(probe, status, accepted, expected):
    with HttpServer(ok(b"", status)) as server:
        outcome = probe(check(server.url, accepted_statuses=accepted))

    assert outcome.status is expected
    assert outcome.facts["http_status"] == int(status[:3])
    if expected is Status.DOWN:
        assert outcome.reason is Reason.MISMATCH
        assert outcome.detail == f"answered {status[:3]}; expected {accepted.replace(',', ', ')}"


@pytest.mark.parametrize(
    ("keyword", "mode", "expected"),
    [
        ("is well", "present", Status.UP),
        ("is ill", "present", Status.DOWN),
        ("is well", "absent", Status.DOWN),
        ("is ill", "absent", Status.UP),
    ],
)
def test_a_keyword_is_looked_for(probe, keyword, mode, expected):
    with HttpServer(ok("all is well here")) as server:
        outcome = probe(check(server.url, keyword=keyword, keyword_mode=mode))

    assert outcome.status is expected
    assert (outcome.reason is Reason.MISMATCH) == (expected is Status.DOWN)


def test_a_keyword_is_found_in_the_charset_of_the_page(probe):
    page = ok("grüezi".encode("latin-1"), headers="Content-Type: text/html; charset=latin-1\r\n")
    with HttpServer(page) as server:
        outcome = probe(check(server.url, keyword="grüezi"))

    assert outcome.status is Status.UP


@pytest.mark.parametrize(
    "told", [b"text/html; title=\xfc", b"text/html; charset=undefined", b"x; charset=idna"]
)
def test_a_content_type_that_makes_no_sense_hides_nothing(probe, told):
    page = ok("grüezi", headers="Content-Type: TOLD\r\n").replace(b"TOLD", told)
    with HttpServer(page) as server:
        plain = probe(check(server.url, accepted_statuses="201"))
        found = probe(check(server.url, keyword="grüezi"))
        missed = probe(check(server.url, keyword="ade"))

    assert [each.status for each in (plain, found, missed)] == [Status.DOWN, Status.UP, Status.DOWN]


def test_no_more_than_the_limit_is_read(probe):
    sent = b"x" * 3000 + b"needle"
    with HttpServer(ok(sent)) as server:
        near = probe(check(server.url, keyword="needle"))
        cut = probe(check(server.url, keyword="needle", max_kb=1))
        plain = probe(check(server.url, max_kb=1))

    assert near.status is Status.UP
    assert cut.status is Status.DOWN
    assert plain.status is Status.UP
    assert plain.facts["size_bytes"] == 1024


def test_an_endless_body_is_cut_and_judged(probe):
    def flood(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"y" * 65536)

    with Listener(flood) as server:
        outcome = probe(check(f"http://127.0.0.1:{server.port}/", max_kb=64))

    assert outcome.status is Status.UP
    assert outcome.facts["size_bytes"] == 64 * 1024


def test_method_headers_and_body_arrive(probe):
    with HttpServer(ok()) as server:
        probe(
            check(
                server.url,
                method="PUT",
                headers="X-Env: test\nAccept: text/plain\nX-Empty:",
                secret_headers="X-Api-Key: s3cret",
                body='{"a": 1}',
            )
        )

    request = server.received[0]
    assert request.method == "PUT"
    assert request.body == b'{"a": 1}'
    assert request.headers["x-env"] == "test"
    assert request.headers["x-empty"] == ""
    assert request.headers["x-api-key"] == "s3cret"
    assert request.headers["content-type"] == "application/json"
    assert "expect" not in request.headers


def test_a_head_request_has_no_body(probe):
    with HttpServer(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n") as server:
        outcome = probe(check(server.url, method="HEAD"))

    assert outcome.status is Status.UP
    assert server.received[0].method == "HEAD"


def test_basic_and_bearer_credentials_are_sent(probe):
    with HttpServer(ok()) as server:
        probe(check(server.url, username="anna", password="pa:ss"))
        probe(check(server.url, bearer_token="tok"))

    assert server.received[0].headers["authorization"] == "Basic YW5uYTpwYTpzcw=="
    assert server.received[1].headers["authorization"] == "Bearer tok"


def test_nothing_of_one_probe_leaks_into_the_next(probe):
    rich = {
        "method": "POST",
        "body": "b0dy",
        "bearer_token": "t0ken",
        "verify_tls": False,
        "headers": "X-One: 1\nCookie: c00kie=1",
        "secret_headers": "X-Key: k3y",
    }
    with HttpServer(ok(headers="Set-Cookie: sess=leak\r\n")) as server:
        for _ in range(20):
            probe(check(server.url + "/rich", **rich))
            probe(check(server.url + "/plain"))

    plain = [each for each in server.received if each.path == "/plain"]
    assert len(plain) == 20
    assert {each.method for each in plain} == {"GET"}
    assert {frozenset(each.headers) for each in plain} == {
        frozenset({"host", "user-agent", "accept", "accept-encoding"})
    }
    assert all(each.body == b"" for each in plain)


def test_a_proxy_in_the_environment_is_not_used(probe, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("all_proxy", f"http://127.0.0.1:{free_port()}")
    with HttpServer(ok()) as server:
        outcome = probe(check(server.url))

    assert outcome.status is Status.UP


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"url": "ftp://example.org/"}, "url"),
        ({"url": "http://anna:pw@example.org/"}, "url"),
        ({"url": "http://exa mple.org/"}, "url"),
        ({"url": "http://0x7f.1/"}, "url"),
        ({"url": "http://example.org:99999/"}, "url"),
        ({"url": "http:///path"}, "url"),
        ({"url": "http://[::1/"}, "url"),
        ({}, "url"),
        ({"url": "http://a.test", "accepted_statuses": "2xx"}, "accepted_statuses"),
        ({"url": "http://a.test", "accepted_statuses": "299-200"}, "accepted_statuses"),
        ({"url": "http://a.test", "headers": "no colon"}, "headers"),
        ({"url": "http://a.test", "headers": "Host: b.test"}, "headers"),
        ({"url": "http://a.test", "secret_headers": "X: ü"}, "secret_headers"),
        ({"url": "http://a.test", "username": "a", "bearer_token": "b"}, "bearer_token"),
        ({"url": "http://a.test", "bearer_token": "a\r\nX: y"}, "bearer_token"),
        ({"url": "http://a.test", "method": "TRACE"}, "method"),
        ({"url": "http://a.test", "max_kb": 5000}, "max_kb"),
        ({"url": "http://a.test", "colour": "red"}, "colour"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        HttpCheck.parse(settings)

    assert list(refused.value.problems) == [field]


def test_a_refused_secret_is_not_repeated_in_the_error():
    with pytest.raises(Invalid) as refused:
        HttpCheck.parse({"url": "http://a.test", "secret_headers": "S3CRET"})

    assert "S3CRET" not in str(refused.value)


def test_secrets_are_known_by_name_and_hidden():
    made = check("http://a.test/p?token=q", bearer_token="t0ken")

    assert HttpCheck.secret_fields() == {
        "password",
        "bearer_token",
        "secret_headers",
        "oauth_client_secret",
        "client_key",
        "proxy_password",
    }
    assert HttpCheck.reference_fields() == HttpCheck.secret_fields() | {"headers", "body"}
    assert made.settings()["bearer_token"] == "t0ken"
    assert HttpCheck.parse(made.settings()) == made
    assert "t0ken" not in repr(made)
    assert made.target() == "http://a.test/p"


def test_an_international_name_is_written_in_ascii():
    assert check("http://Bücher.example/ü").target() == "http://xn--bcher-kva.example/%C3%BC"
