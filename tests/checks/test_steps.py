"""The steps check, against real servers on loopback."""

import datetime as dt
import json

import pytest
from checks.of_steps import Shop, check, say, shopping, take
from checks.proxies import HttpProxy
from checks.servers import HttpServer, free_port, has_ipv6, ok, silent, to

from kener.core.outcome import Reason
from kener.core.status import Status


def test_a_whole_way_is_walked(probe):
    with Shop() as shop:
        outcome = probe(shopping(shop.url))

    assert outcome.status is Status.UP, outcome.detail
    assert [each.path for each in shop.received] == ["/login", "/orders?user=17", "/orders/o-99"]
    assert json.loads(shop.received[1].body) == {"user": 17, "note": 'for An"na'}
    assert set(outcome.phases) == {"step_1", "step_2", "step_3", "total"}
    assert outcome.latency_ms == outcome.phases["total"]
    assert [each.rpartition(", ")[0] for each in outcome.facts["steps"]] == [
        "step 1 “Log in”: 200",
        "step 2 “Order”: 201",
        "step 3: 200",
    ]
    assert outcome.facts["http_status"] == 200


def test_each_run_begins_anew(probe):
    with Shop() as shop:
        made = shopping(shop.url)
        outcomes = [probe(made), probe(made)]

    assert [each.status for each in outcomes] == [Status.UP, Status.UP]
    assert "cookie" not in shop.received[3].headers


def test_the_first_step_that_fails_ends_it_and_is_named(probe):
    with Shop() as shop:
        outcome = probe(shopping(shop.url, secret_variables="password=wr0ng"))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail == "step 1 “Log in”: answered 403; expected 200-299"
    assert len(shop.received) == 1
    assert outcome.facts["http_status"] == 403
    assert set(outcome.phases) == {"step_1", "total"}


def test_cookies_are_kept_as_a_browser_keeps_them(probe):
    def answer(request):
        if request.path == "/login":
            return to("/home").replace(b"\r\nLocation", b"\r\nSet-Cookie: a=1; Path=/\r\nLocation")
        if request.path == "/home":
            return ok(headers="Set-Cookie: b=2; Path=/deep\r\nSet-Cookie: s=3; Secure; Path=/\r\n")
        if request.path == "/logout":
            return ok(headers="Set-Cookie: a=; Max-Age=0; Path=/\r\n")
        return ok()

    steps = [{"url": path} for path in ("/login", "/deep/x", "/other", "/logout", "/end")]
    with HttpServer(answer, host="127.0.0.2") as server, HttpServer(ok()) as other:
        whole = [{"url": server.url + each["url"]} for each in steps]
        probe(check(*whole, {"url": other.url}))

    sent = {each.path: each.headers.get("cookie") for each in server.received}
    assert sent["/login"] is None
    assert sent["/home"] == "a=1"
    assert set(sent["/deep/x"].split("; ")) == {"a=1", "b=2"}
    assert sent["/other"] == "a=1"
    assert sent["/end"] is None
    assert "cookie" not in other.received[0].headers


def test_a_cookie_that_is_no_text_goes_back_as_it_came(probe):
    page = ok(headers="Set-Cookie: a=HERE\r\n").replace(b"HERE", b"\xe9\xff;")
    with HttpServer(page) as server:
        outcome = probe(
            check(
                {"url": server.url, "captures": [take("a", "cookie:a")]},
                {"url": server.url, "method": "POST", "body": "{{ a }}"},
            )
        )

    assert outcome.status is Status.UP, outcome.detail
    assert b"Cookie: a=\xe9\xff" in server.received[1].raw
    assert server.received[1].body.decode() == "\ufffd\ufffd"


def test_no_cookie_of_one_run_is_seen_by_another_monitor(probe):
    with HttpServer(ok(headers="Set-Cookie: a=1; Path=/\r\n")) as server:
        for _ in range(5):
            probe(check({"url": server.url}))

    assert all("cookie" not in each.headers for each in server.received)


def test_a_mild_assertion_goes_on_and_degrades_in_the_end(probe):
    with HttpServer(ok("hello")) as server:
        mild = {"url": server.url, "assertions": [say("size", "<", 3, "degraded")]}
        outcome = probe(check(mild | {"name": "First"}, {"url": server.url}, mild))

    assert (outcome.status, outcome.reason) == (Status.DEGRADED, Reason.MISMATCH)
    assert outcome.detail == (
        "step 1 “First”: expected size < 3, got 5; step 3: expected size < 3, got 5"
    )
    assert outcome.facts["failed_assertions"] == [
        "step 1 “First”: size < 3",
        "step 3: size < 3",
    ]
    assert len(outcome.facts["steps"]) == len(server.received) == 3
    assert outcome.latency_ms == outcome.phases["total"] > 0


def test_a_step_that_is_down_after_a_mild_one_is_down(probe):
    with HttpServer(ok("hello")) as server:
        mild = {"url": server.url, "assertions": [say("size", "<", 3, "degraded")]}
        outcome = probe(check(mild, {"url": server.url, "accepted_statuses": "404"}))

    assert outcome.status is Status.DOWN
    assert outcome.detail == "step 2: answered 200; expected 404"


def test_a_refused_connection_names_its_step(probe):
    port = free_port()
    with HttpServer(ok()) as server:
        outcome = probe(check({"url": server.url}, {"url": f"http://127.0.0.1:{port}/"}))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.REFUSED)
    assert outcome.detail == f"step 2: 127.0.0.1 port {port} refused the connection"
    assert outcome.facts["steps"][1] == "step 2: no answer"


def test_all_steps_share_one_deadline(probe):
    with HttpServer(ok()) as server, silent() as port:
        outcome = probe(
            check({"url": server.url}, {"url": f"http://127.0.0.1:{port}/", "name": "Slow"}), 0.3
        )

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.TIMEOUT)
    assert outcome.detail == (
        "no answer within 0.3 s while waiting for the answer in step 2 “Slow”"
    )
    assert outcome.facts["steps"][0].startswith("step 1: 200, ")
    assert set(outcome.phases) == {"step_1"}


def test_a_refused_network_is_refused_in_every_step(probe):
    with HttpServer(ok()) as server:
        outcome = probe(check({"url": server.url}, {"url": "http://127.66.0.1/"}))

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.BLOCKED)


def test_values_do_not_follow_a_redirect_to_another_origin(probe):
    with HttpServer(ok()) as other, HttpServer(to(other.url)) as server:
        probe(
            check(
                {"url": server.url, "headers": "X-Key: {{ key }}\nAccept: {{ key }}\nX-Plain: 1"},
                secret_variables="key=s3cret",
            )
        )

    assert server.received[0].headers["x-key"] == "s3cret"
    assert not {"x-key", "x-plain"} & set(other.received[0].headers)
    assert "s3cret" not in str(other.received[0].headers)


def test_secret_and_captured_values_are_not_shown(probe):
    def echo(request):
        return ok(json.dumps({"token": "captured-t0ken", "sent": request.headers.get("x-key")}))

    with HttpServer(echo) as server:
        made = check(
            {
                "url": f"{server.url}/{{{{ key }}}}",
                "headers": "X-Key: {{ key }}",
                "captures": [take("token", "json:$.token")],
            },
            {
                "url": server.url,
                "assertions": [say("json:$.token", "equals", "x"), say("body", "equals", "x")],
                "headers": "X-Key: {{ key }}",
            },
            secret_variables="key=s3cret",
        )
        outcome = probe(made)

    assert server.received[0].path == "/s3cret"
    assert outcome.status is Status.DOWN
    assert "•••" in outcome.detail
    assert "s3cret" not in f"{outcome} {made!r} {made.target()}"
    assert "captured-t0ken" not in str(outcome)


def test_the_certificate_that_ends_first_counts(probe, tls_for):
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=8, hours=12)
    with (
        HttpServer(ok(), tls=tls_for("127.0.0.1", not_after=soon)) as short,
        HttpServer(ok(), tls=tls_for("127.0.0.1")) as long,
        HttpServer(ok()) as plain,
    ):
        urls = [{"url": each.url} for each in (long, short, long, plain)]
        outcome = probe(check(*urls, certificate_days=14))

    assert (outcome.status, outcome.reason) == (Status.DEGRADED, Reason.EXPIRING)
    assert outcome.detail == "a certificate ends in 8 days"
    assert outcome.facts["tls_days"] == 8


def test_steps_go_through_a_proxy(probe):
    with Shop() as shop, HttpProxy() as proxy:
        outcome = probe(shopping(shop.url, proxy=proxy.url))

    assert outcome.status is Status.UP, outcome.detail
    assert len(proxy.asked) == 3


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_the_ip_version_counts_in_all_steps(probe):
    with HttpServer(ok(), host="::1") as server:
        good = probe(check({"url": server.url}, ip_version="ipv6"))
        bad = probe(check({"url": server.url}, ip_version="ipv4"))

    assert (good.status, bad.reason) == (Status.UP, Reason.DNS_FAILED)
