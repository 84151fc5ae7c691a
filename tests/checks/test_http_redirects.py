"""Redirects of the http check: how far they are followed, and what goes along."""

import pytest
from checks.of_http import check
from checks.servers import HttpServer, ok, silent, to

from kener.core.outcome import Reason
from kener.core.status import Status


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


def test_a_server_that_falls_silent_after_a_redirect_shows_the_whole_way(probe):
    with silent() as port, HttpServer(to(f"http://localhost:{port}/")) as server:
        outcome = probe(check(server.url, ip_version="ipv4"), 0.3)

    assert outcome.reason is Reason.TIMEOUT
    assert set(outcome.phases) == {"dns", "connect", "first_byte"}
