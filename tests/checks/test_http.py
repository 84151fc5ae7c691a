"""The http check, against real servers on loopback."""

import datetime as dt
import threading

import pytest
import trustme
from checks.servers import HttpServer, Listener, free_port, has_ipv6, ok, silent, to

from kener.checks.http import HttpCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

SOON = dt.datetime.now(dt.UTC) + dt.timedelta(days=8, hours=12)
PAST = dt.datetime(2020, 1, 2, tzinfo=dt.UTC)


def check(url: str, **settings) -> HttpCheck:
    return HttpCheck.parse({"url": url, **settings})


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


def test_verification_is_on_again_after_a_probe_without_it(probe, tls_for):
    stranger = trustme.CA()
    with HttpServer(ok(), tls=tls_for("localhost", "127.0.0.1", issuer=stranger)) as server:
        trusting = probe(check(server.url, verify_tls=False))
        careful = probe(check(server.url))

    assert trusting.status is Status.UP
    assert careful.status is Status.DOWN
    assert careful.reason is Reason.TLS_FAILED


def test_redirects_are_followed_and_counted(probe):
    def answer(request):
        return {"/": to("/a"), "/a": to("b?x=1", "307 Temporary")}.get(request.path, ok("end"))

    with HttpServer(answer) as server:
        outcome = probe(check(server.url, keyword="end"))

    assert outcome.status is Status.UP
    assert outcome.facts["redirects"] == 2
    assert [each.path for each in server.received] == ["/", "/a", "/b?x=1"]


def test_redirects_end_at_the_limit(probe):
    with HttpServer(lambda request: to(request.path + "x")) as server:
        outcome = probe(check(server.url, max_redirects=3))

    assert outcome.status is Status.DOWN
    assert outcome.detail == "more than 3 redirects"
    assert len(server.received) == 4


def test_a_redirect_can_be_judged_itself(probe):
    with HttpServer(to("/elsewhere")) as server:
        refused = probe(check(server.url, follow_redirects=False))
        wanted = probe(check(server.url, follow_redirects=False, accepted_statuses="302"))

    assert refused.status is Status.DOWN
    assert wanted.status is Status.UP


def test_a_post_becomes_a_get_on_303_and_stays_on_307(probe):
    for status, method in (("303 See Other", "GET"), ("307 Temporary", "POST")):
        with HttpServer(
            lambda r, status=status: ok() if r.path == "/to" else to("/to", status)
        ) as server:
            probe(check(server.url, method="POST", body="data"))

        assert server.received[1].method == method
        assert server.received[1].body == (b"" if method == "GET" else b"data")


def test_secrets_do_not_follow_a_redirect_to_another_origin(probe):
    with HttpServer(ok()) as other, HttpServer(to(f"http://127.0.0.1:{other.port}/x")) as server:
        probe(
            check(
                server.url,
                bearer_token="t0ken",
                secret_headers="X-Key: k3y",
                headers="X-Env: test\nCookie: a=b\nAccept-Language: de",
            )
        )

    first, second = server.received[0].headers, other.received[0].headers
    assert first["authorization"] == "Bearer t0ken"
    assert first["cookie"] == "a=b"
    assert second["accept-language"] == "de"
    assert not {"authorization", "cookie", "x-key", "x-env"} & set(second)


def test_a_body_does_not_follow_a_redirect_to_another_server(probe):
    with (
        HttpServer(ok()) as other,
        HttpServer(to(f"http://127.0.0.1:{other.port}/", "307 Temporary")) as server,
    ):
        outcome = probe(check(server.url, method="POST", body="s3cret"))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert "would send the body to another server" in outcome.detail
    assert other.received == []


def test_a_body_follows_a_redirect_to_tls_on_the_same_host(probe, tls_for):
    with (
        HttpServer(ok(), tls=tls_for("127.0.0.1")) as other,
        HttpServer(to(other.url, "308 Permanent")) as server,
    ):
        outcome = probe(check(server.url, method="POST", body="data"))

    assert outcome.status is Status.UP
    assert other.received[0].body == b"data"


def test_a_redirect_to_what_is_no_text_is_the_targets_fault(probe):
    with HttpServer(to("http://HERE/").replace(b"HERE", b"\xff\xfe")) as server:
        outcome = probe(check(server.url))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://2852039166/",
        "http://0xa9.0xfe.0xa9fe/",
        "http://127.66.0.1:81/",
        "file:///etc/hostname",
        "gopher://127.0.0.1/",
    ],
)
def test_a_redirect_never_leads_into_a_refused_network_or_scheme(probe, location):
    with HttpServer(to(location)) as server:
        outcome = probe(check(server.url))

    assert outcome.status is not Status.UP
    assert outcome.reason in {Reason.BLOCKED, Reason.MISMATCH}


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "127.66.1.2"])
def test_a_refused_network_is_not_probed(probe, host):
    outcome = probe(check(f"http://{host}/"))

    assert outcome.status is Status.UNKNOWN
    assert outcome.reason is Reason.BLOCKED
    assert "checks may not reach" in outcome.detail


def test_a_closed_port_refuses(probe):
    port = free_port()
    outcome = probe(check(f"http://127.0.0.1:{port}/"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.REFUSED
    assert outcome.detail == f"127.0.0.1 port {port} refused the connection"


def test_a_silent_server_times_out(probe):
    with silent() as port:
        outcome = probe(check(f"http://127.0.0.1:{port}/"), 0.3)

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail == "no answer within 0.3 s while waiting for the answer"
    assert 290 <= outcome.latency_ms < 2000
    assert outcome.facts["address"] == "127.0.0.1"
    assert set(outcome.phases) == {"dns", "connect"}


def test_a_server_that_falls_silent_after_a_redirect_shows_the_whole_way(probe):
    with silent() as port, HttpServer(to(f"http://localhost:{port}/")) as server:
        outcome = probe(check(server.url, ip_version="ipv4"), 0.3)

    assert outcome.reason is Reason.TIMEOUT
    assert set(outcome.phases) == {"dns", "connect", "first_byte"}


def test_a_dripping_server_times_out_as_well(probe):
    stopped = threading.Event()

    def drip(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not stopped.wait(0.05):
            connection.sendall(b".")

    with Listener(drip) as server:
        outcome = probe(check(f"http://127.0.0.1:{server.port}/"), 0.4)
        stopped.set()

    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail.endswith("while reading the answer")


def test_a_connection_closed_without_an_answer_is_down(probe):
    with Listener(lambda connection: connection.recv(1000)) as server:
        outcome = probe(check(f"http://127.0.0.1:{server.port}/"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.UNREACHABLE
    assert outcome.detail.endswith("closed the connection without an answer")


def test_an_answer_that_is_no_http_is_down(probe):
    with Listener(lambda c: (c.recv(1000), c.sendall(b"SSH-2.0-OpenSSH_9.6\r\n"))) as server:
        outcome = probe(check(f"http://127.0.0.1:{server.port}/"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH


def test_slow_is_degraded(probe):
    with HttpServer(ok()) as server:
        outcome = probe(check(server.url), degraded_over_ms=0.001)

    assert outcome.status is Status.DEGRADED
    assert outcome.reason is Reason.SLOW
    assert "too slow" in outcome.detail


def test_tls_is_verified_and_its_end_is_known(probe, tls_for):
    with HttpServer(ok(), tls=tls_for("127.0.0.1", not_after=SOON)) as server:
        first = probe(check(server.url))
        again = probe(check(server.url))

    assert first.status is Status.UP
    assert first.facts["tls_expires_at"] == SOON.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert first.facts["tls_days"] == 8
    assert again.facts["tls_days"] == 8
    assert "tls" in first.phases


def test_a_certificate_near_its_end_is_degraded_when_asked_for(probe, tls_for):
    with HttpServer(ok(), tls=tls_for("127.0.0.1", not_after=SOON)) as server:
        outcome = probe(check(server.url, certificate_days=14))

    assert outcome.status is Status.DEGRADED
    assert outcome.reason is Reason.EXPIRING
    assert outcome.detail == "the certificate ends in 8 days"


def test_an_expired_certificate_is_accepted_without_verification(probe, tls_for):
    with HttpServer(ok(), tls=tls_for("127.0.0.1", not_after=PAST)) as server:
        trusting = probe(check(server.url, verify_tls=False))
        warned = probe(check(server.url, verify_tls=False, certificate_days=14))
        limited = check(server.url, verify_tls=False, certificate_days=14, certificate_down_days=7)
        limited = probe(limited)

    assert (trusting.status, trusting.detail) == (Status.UP, "")
    assert trusting.facts["tls_days"] < 0
    assert warned.status is Status.DEGRADED
    assert limited.status is Status.DOWN
    assert warned.detail == limited.detail
    assert warned.detail.startswith("the certificate ended ")


@pytest.mark.parametrize(
    ("names", "options", "why"),
    [
        (("127.0.0.1",), {"not_after": PAST}, "it has expired"),
        (("other.test",), {}, "it is for another"),
        (("127.0.0.1",), {"issuer": trustme.CA()}, "its issuer is unknown"),
    ],
)
def test_a_bad_certificate_is_down_and_shown(probe, tls_for, names, options, why):
    with HttpServer(ok(), tls=tls_for(*names, **options)) as server:
        outcome = probe(check(server.url))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TLS_FAILED
    assert why in outcome.detail
    assert "tls_expires_at" in outcome.facts
    if "not_after" in options:
        assert outcome.facts["tls_expires_at"] == "2020-01-02T00:00:00Z"


def test_a_port_without_tls_fails_the_handshake(probe):
    with Listener(lambda c: (c.recv(1000), c.sendall(ok("what?", "400 Bad")))) as server:
        outcome = probe(check(f"https://127.0.0.1:{server.port}/"))

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.TLS_FAILED
    assert outcome.detail.startswith("the TLS handshake failed: ")


def speak_http2(connection):
    """The least a server must say: its settings, an acknowledgement, and status 200."""
    assert connection.selected_alpn_protocol() == "h2"
    connection.recv(4096)
    frame = b"\0\0%c%c%c\0\0\0%c"
    connection.sendall(frame % (0, 4, 0, 0) + frame % (0, 4, 1, 0))
    connection.sendall(frame % (1, 1, 5, 1) + b"\x88")
    connection.recv(4096)


def test_http2_is_spoken_when_offered_and_chosen(probe, tls_for):
    tls = tls_for("127.0.0.1")
    tls.set_alpn_protocols(["h2", "http/1.1"])
    with Listener(speak_http2, tls=tls) as server:
        look = [
            {"source": "http_version", "value": "2"},
            {"source": "header:server", "op": "exists", "value": False},
        ]
        url = f"https://127.0.0.1:{server.port}/"
        outcome = probe(check(url, http2=True, assertions=look))

    assert outcome.status is Status.UP
    assert outcome.facts["http_version"] == "2"


def test_http2_is_not_offered_otherwise(probe, tls_for):
    tls = tls_for("127.0.0.1")
    tls.set_alpn_protocols(["h2", "http/1.1"])
    with HttpServer(ok(), tls=tls) as server:
        outcome = probe(check(server.url))

    assert outcome.status is Status.UP
    assert outcome.facts["http_version"] == "1.1"


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
