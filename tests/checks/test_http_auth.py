"""OAuth 2.0 of the http check."""

import base64
import json
from urllib.parse import parse_qs

import pytest
import trustme
from checks.oauth import SECRET, TokenServer, accepting, oauth
from checks.of_http import check
from checks.proxies import HttpProxy
from checks.servers import HttpServer, free_port, ok, silent, to

from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status


def test_a_token_is_fetched_and_sent_and_kept(probe):
    with TokenServer() as tokens, HttpServer(accepting("t0ken-1")) as server:
        made = check(server.url, **oauth(tokens, oauth_scope="read write", oauth_audience="api"))
        first, second = probe(made), probe(made)

    assert (first.status, second.status) == (Status.UP, Status.UP)
    assert "token" in first.phases
    assert "token" not in second.phases
    assert first.latency_ms == first.phases["total"]
    [asked] = tokens.received
    assert (asked.method, asked.path) == ("POST", "/token")
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["read write"],
        "audience": ["api"],
    }
    pair = base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode()
    assert pair == "kener%3A1:client+s3cret%2F%2B%C3%BC"


def test_credentials_may_go_in_the_form(probe):
    with TokenServer() as tokens, HttpServer(accepting("t0ken-1")) as server:
        outcome = probe(check(server.url, **oauth(tokens, oauth_method="post")))

    form = parse_qs(tokens.received[0].body.decode())
    assert outcome.status is Status.UP
    assert (form["client_id"], form["client_secret"]) == (["kener:1"], [SECRET])
    assert "authorization" not in tokens.received[0].headers


@pytest.mark.parametrize("seconds", [0, "0", -5])
def test_a_token_that_has_ended_is_fetched_anew(probe, seconds):
    with TokenServer(seconds) as tokens, HttpServer(accepting("t0ken-1", "t0ken-2")) as server:
        made = check(server.url, **oauth(tokens))
        outcomes = [probe(made), probe(made)]

    assert [each.status for each in outcomes] == [Status.UP, Status.UP]
    assert len(tokens.received) == 2


@pytest.mark.parametrize("seconds", [None, "soon", 1e300])
def test_a_token_of_unknown_life_is_kept_for_a_while(probe, seconds):
    with TokenServer(seconds) as tokens, HttpServer(accepting("t0ken-1")) as server:
        made = check(server.url, **oauth(tokens))
        assert [probe(made).status for _ in range(2)] == [Status.UP, Status.UP]

    assert len(tokens.received) == 1


def test_a_kept_token_that_is_refused_is_fetched_anew_once(probe):
    good = {"Bearer t0ken-1"}

    def answer(request):
        given = request.headers["authorization"]
        return ok() if given in good else ok("", "401 Unauthorized")

    with TokenServer() as tokens, HttpServer(answer) as server:
        made = check(server.url, **oauth(tokens))
        first = probe(made)
        good.clear()
        good.add("Bearer t0ken-2")
        renewed = probe(made)
        good.clear()
        refused = probe(made)

    assert [each.status for each in (first, renewed, refused)] == [
        Status.UP,
        Status.UP,
        Status.DOWN,
    ]
    assert refused.detail == "answered 401; expected 200-299"
    assert len(tokens.received) == 3
    assert len(server.received) == 5


def test_a_fresh_token_that_is_refused_is_not_fetched_again(probe):
    with TokenServer() as tokens, HttpServer(ok("", "401 Unauthorized")) as server:
        outcome = probe(check(server.url, **oauth(tokens)))

    assert outcome.status is Status.DOWN
    assert (len(tokens.received), len(server.received)) == (1, 1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (ok('{"error": "invalid_client"}', "401 No"), "answered 401 (invalid_client)"),
        (ok(json.dumps({"error": SECRET}), "400 Bad"), "answered 400"),
        (ok("", "500 Oops"), "answered 500"),
        (to("http://127.0.0.1:1/elsewhere"), "answered 302"),
        (ok("[]"), "gave none"),
        (ok("oops"), "gave none"),
        (ok('{"access_token": "a\\r\\nX: y"}'), "gave none"),
        (ok('{"access_token": ""}'), "gave one that cannot be used"),
        (ok('{"access_token": "a", "token_type": "mac"}'), "gave one that is no bearer token"),
        (ok(b"x" * 200_000), "gave none"),
    ],
)
def test_a_token_that_cannot_be_had_is_said_plainly(probe, answer, why):
    with HttpServer(answer) as tokens, HttpServer(ok()) as server:
        outcome = probe(check(server.url, **oauth(tokens)))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail == f"could not get an access token: the token address {why}"
    assert server.received == []


def test_a_token_address_that_is_gone_or_refused_is_said_plainly(probe):
    port = free_port()
    client = {"oauth_client_id": "a", "oauth_client_secret": "b"}
    gone = probe(check("http://127.0.0.1/", oauth_token_url=f"http://127.0.0.1:{port}", **client))
    denied = probe(check("http://127.0.0.1/", oauth_token_url="http://127.66.0.1/", **client))

    assert gone.reason is Reason.REFUSED
    assert gone.detail == (
        f"could not get an access token: 127.0.0.1 port {port} refused the connection"
    )
    assert (denied.status, denied.reason) == (Status.UNKNOWN, Reason.BLOCKED)


def test_a_token_that_does_not_come_in_time_is_said_plainly(probe):
    client = {"oauth_client_id": "a", "oauth_client_secret": "b"}
    with silent() as port, HttpServer(ok()) as server:
        url = f"http://127.0.0.1:{port}/token"
        outcome = probe(check(server.url, oauth_token_url=url, **client), 0.2)

    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail == (
        "no answer within 0.2 s while getting an access token (waiting for the answer)"
    )


def test_a_token_is_not_sent_to_another_origin_and_never_shown(probe):
    with (
        TokenServer() as tokens,
        HttpServer(lambda r: ok(json.dumps(r.headers))) as other,
        HttpServer(to(other.url)) as server,
        HttpServer(lambda r: ok(json.dumps(r.headers))) as echo,
    ):
        probe(check(server.url, **oauth(tokens)))
        look = [{"source": "json:$.authorization", "value": "x"}]
        outcome = probe(check(echo.url, assertions=look, **oauth(tokens)))

    assert "authorization" not in other.received[0].headers
    assert echo.received[0].headers["authorization"] == "Bearer t0ken-2"
    assert outcome.status is Status.DOWN
    assert "t0ken" not in str(outcome)


def test_a_token_is_fetched_by_the_same_proxy_and_authority(probe, tls_for):
    own = trustme.CA()
    with (
        TokenServer(tls=tls_for("127.0.0.1", issuer=own)) as tokens,
        HttpServer(accepting("t0ken-1")) as server,
        HttpProxy() as proxy,
    ):
        settings = oauth(tokens, proxy=proxy.url, ca_certificate=own.cert_pem.bytes().decode())
        outcome = probe(check(server.url, **settings))

    assert outcome.status is Status.UP, outcome.detail
    assert [each.method for each in proxy.asked] == ["CONNECT", "GET"]
    assert SECRET not in str([each.headers for each in proxy.asked])


def test_another_token_address_is_another_destination():
    settings = {"oauth_client_id": "a", "oauth_client_secret": "b"}
    one, other = (
        check("http://a.test", oauth_token_url=f"https://{each}.test/token", **settings)
        for each in "bc"
    )

    assert one.destination() != other.destination()
    assert "s3cret" not in repr(check("http://a.test", oauth_client_secret=SECRET))


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"oauth_token_url": "ftp://a.test"}, "oauth_token_url"),
        ({"oauth_token_url": "https://b.test", "username": "a"}, "oauth_token_url"),
        ({"oauth_token_url": "https://b.test", "bearer_token": "a"}, "oauth_token_url"),
        ({"oauth_token_url": "https://b.test"}, "oauth_client_secret"),
        ({"oauth_token_url": "https://b.test", "oauth_client_id": "a"}, "oauth_client_secret"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        check("http://a.test", **settings)

    assert list(refused.value.problems) == [field]
