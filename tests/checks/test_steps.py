"""The steps check, against real servers on loopback."""

import datetime as dt
import json
from urllib.parse import parse_qs

import pytest
from checks.proxies import HttpProxy
from checks.servers import HttpServer, free_port, has_ipv6, ok, silent, to

from kener.checks.steps import StepsCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status


def check(*steps: dict, **settings) -> StepsCheck:
    return StepsCheck.parse({"steps": list(steps), **settings})


def take(name: str, source: str) -> dict:
    return {"name": name, "source": source}


def say(source: str, op: str, value=None, severity: str = "down") -> dict:
    return {"source": source, "op": op, "value": value, "severity": severity}


class Shop(HttpServer):
    """One logs in with a form, gets a cookie and a token, and buys."""

    def __init__(self, **options) -> None:
        self.token = options.pop("token", "t0ken-for-anna")
        super().__init__(self._shop, **options)

    def _shop(self, request) -> bytes:
        path = request.path.partition("?")[0]
        if path == "/login" and request.method == "POST":
            form = parse_qs(request.body.decode())
            if form.get("password") != ["pa ss&word"]:
                return ok("who?", "403 Forbidden")
            return ok(
                json.dumps({"token": self.token, "user": {"id": 17}}),
                headers="Set-Cookie: session=abc123; Path=/; HttpOnly\r\n",
            )
        if request.headers.get("cookie") != "session=abc123":
            return ok("log in first", "401 Unauthorized")
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return ok("no token", "403 Forbidden")
        if path == "/orders":
            return ok('<a href="/orders/o-99">order no. o-99</a>', "201 Created")
        return ok(json.dumps({"paid": True, "order": path.rpartition("/")[2]}))


def shopping(url: str, **changes) -> StepsCheck:
    log_in = {
        "name": "Log in",
        "method": "POST",
        "url": f"{url}/login",
        "body_type": "form",
        "body": "user={{ user }}\npassword={{ password }}",
        "captures": [take("token", "json:$.token"), take("id", "json:$.user.id")],
    }
    order = {
        "name": "Order",
        "method": "POST",
        "url": f"{url}/orders?user={{{{ id }}}}",
        "headers": "Authorization: Bearer {{ token }}",
        "body_type": "json",
        "body": '{"user": {{ id }}, "note": "for {{ user }}"}',
        "captures": [take("order", r"regex:order no\. (o-\d+)")],
    }
    paid = {
        "url": f"{url}/orders/{{{{ order }}}}",
        "headers": "Authorization: Bearer {{ token }}",
        "assertions": [say("json:$.paid", "equals", True), say("json:$.order", "equals", "o-99")],
    }
    settings = {"variables": 'user=An"na', "secret_variables": "password=pa ss&word"}
    return check(log_in, order, paid, **settings | changes)


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


def test_what_is_not_there_to_capture_is_named(probe):
    with HttpServer(ok("{}")) as server:
        for source, why in [
            ("json:$.token", "there is nothing to capture as “token” at json:$.token"),
            ("regex:id=(.)", "there is nothing to capture as “token” at regex:id=(.)"),
            ("header:x-token", "there is nothing to capture as “token” at header:x-token"),
            ("cookie:session", "there is nothing to capture as “token” at cookie:session"),
        ]:
            outcome = probe(check({"url": server.url, "captures": [take("token", source)]}))

            assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
            assert outcome.detail == f"step 1: {why}"


@pytest.mark.parametrize("source", ["json:$", "json:$.a"])
def test_an_answer_that_is_no_json_is_said_so(probe, source):
    with HttpServer(ok("hello")) as server:
        outcome = probe(check({"url": server.url, "captures": [take("token", source)]}))

    assert outcome.detail == "step 1: nothing to capture as “token”: the answer is not JSON"


def test_a_pattern_without_end_is_stopped(probe):
    step = {"captures": [take("x", "regex:^(a|a|aa)+$")]}
    with HttpServer(ok("a" * 60 + "b")) as server:
        outcome = probe(check({"url": server.url, **step}))

    assert outcome.status is Status.DOWN
    assert outcome.detail == "step 1: the pattern of “x” takes too long"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("json:$.text", "a b/c"),
        ("json:$.number", "7"),
        ("json:$.yes", "true"),
        ("json:$.list", '["é"]'),
        ("json:$.list.length()", "1"),
        ("regex:num[a-z]+", "number"),
        ("header:X-Page", "next"),
        ("cookie:session", "abc=1"),
        ("status", "200"),
    ],
)
def test_values_are_captured_and_put_in(probe, source, value):
    document = json.dumps({"text": "a b/c", "number": 7, "yes": True, "list": ["é"]})
    headers = "X-Page: next\r\nSet-Cookie: session=abc=1\r\nSet-Cookie: other=2\r\n"
    with HttpServer(ok(document, headers=headers)) as server:
        outcome = probe(
            check(
                {"url": server.url, "captures": [take("v", source)]},
                {"url": server.url, "method": "POST", "body": "[{{ v }}|{{v}}]"},
            )
        )

    assert outcome.status is Status.UP, outcome.detail
    assert server.received[1].body.decode() == f"[{value}|{value}]"


HOSTILE = [
    "../../admin",
    "x?admin=1#y",
    "@evil.test/",
    "http://evil.test/",
    "a b\r\nX-Evil: 1",
    "{{ user }}",
    "\ud800",
    "%2e%2e/é",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_captured_value_stays_a_value_in_an_address(probe, value):
    with HttpServer(ok(json.dumps({"v": value}))) as server:
        outcome = probe(
            check(
                {"url": server.url, "captures": [take("v", "json:$.v")]},
                {"url": f"{server.url}/items/{{{{ v }}}}/end?q={{{{ v }}}}"},
                variables="user=anna",
            )
        )

    assert outcome.status is Status.UP, outcome.detail
    path = server.received[1].path
    assert path.startswith("/items/")
    assert path.count("/") == 3
    assert path.count("?") == path.count("=") == 1
    assert "x-evil" not in server.received[1].headers


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "é", "\0"])
def test_a_captured_value_cannot_add_a_header(probe, value):
    with HttpServer(ok(json.dumps({"v": value}))) as server:
        outcome = probe(
            check(
                {"url": server.url, "captures": [take("v", "json:$.v")]},
                {"url": server.url, "headers": "X-Value: {{ v }}"},
            )
        )

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert "signs that cannot stand in the header X-Value" in outcome.detail
    assert len(server.received) == 1


def test_a_captured_value_cannot_break_out_of_json_or_a_form(probe):
    hostile = '", "admin": true, "x": "&admin=1\nadmin=1'
    with HttpServer(ok(json.dumps({"v": hostile}))) as server:
        first = {"url": server.url, "captures": [take("v", "json:$.v")]}
        post = {"url": server.url, "method": "POST"}
        outcome = probe(
            check(
                first,
                post | {"body_type": "json", "body": '{"name": "{{ v }}"}'},
                post | {"body_type": "form", "body": "name={{ v }}"},
            )
        )
        broken = probe(check(first, post | {"body_type": "json", "body": '{"name": {{ v }}}'}))

    assert outcome.status is Status.UP, outcome.detail
    assert json.loads(server.received[1].body) == {"name": hostile}
    assert parse_qs(server.received[2].body.decode()) == {"name": [hostile]}
    assert broken.status is Status.DOWN
    assert "cannot be asked with what was captured: is not JSON" in broken.detail


@pytest.mark.parametrize("location", ["/made/1", "made/1", "{url}/made/1"])
def test_a_captured_link_on_the_same_server_is_followed(probe, location):
    def answer(request):
        if request.method == "POST":
            return ok("", "201 Created", f"Location: {location.format(url=server.url)}\r\n")
        return ok("here")

    with HttpServer(answer) as server:
        outcome = probe(
            check(
                {
                    "method": "POST",
                    "url": f"{server.url}/",
                    "captures": [take("where", "header:location")],
                },
                {"url": "{{ where }}", "assertions": [say("body", "equals", "here")]},
            )
        )

    assert outcome.status is Status.UP, outcome.detail
    assert server.received[1].path == "/made/1"


@pytest.mark.parametrize(
    "link", ["//evil.test/", "http://127.0.0.2/", "https://127.0.0.1/", "file:///etc/passwd", ""]
)
def test_a_captured_link_never_leads_to_another_server(probe, link):
    with HttpServer(ok(json.dumps({"next": link}))) as server:
        outcome = probe(
            check(
                {"url": f"{server.url}/a", "captures": [take("next", "json:$.next")]},
                {"url": "{{ next }}"},
            )
        )

    if link:
        assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
        assert outcome.detail.startswith("step 2: cannot be asked with what was captured: ")
    assert [each.path for each in server.received] == ["/a"] + ["/a"] * (not link)


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


def test_plain_variables_may_stand_anywhere_in_an_address(probe):
    with HttpServer(ok()) as server:
        made = check({"url": "{{ base }}/a"}, {"url": "{{base}}/b"}, variables=f"base={server.url}")
        outcome = probe(made)

    assert outcome.status is Status.UP
    assert [each.path for each in server.received] == ["/a", "/b"]
    assert made.target() == f"{server.url}/a and 1 more"
    assert made.server() == ("127.0.0.1", server.port)


def test_another_server_in_any_step_is_another_destination():
    first, second, third = (
        check({"url": "http://a.test/x"}, {"url": f"http://{each}.test/"}) for each in "bbc"
    )

    assert first.destination() == second.destination()
    assert first.destination() != third.destination()


GOOD = {"url": "http://a.test/"}


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"steps": []}, "steps"),
        ({"steps": [GOOD] * 21}, "steps"),
        ({"steps": [{}]}, "steps.0.url"),
        ({"steps": [GOOD | {"url": "ftp://a.test"}]}, "steps"),
        ({"steps": [GOOD | {"url": "http://{{ host }}/"}]}, "steps"),
        ({"steps": [GOOD | {"url": "http://a.test{{ path }}"}]}, "steps"),
        ({"steps": [GOOD | {"url": "http://a.test:{{ port }}/"}]}, "steps"),
        ({"steps": [GOOD | {"url": "{{ url }}"}]}, "steps"),
        ({"steps": [GOOD | {"url": "http://a.test/{{ x }}"}]}, "steps"),
        ({"steps": [GOOD | {"url": "{{ u }}"}], "secret_variables": "u=http://a.test"}, "steps"),
        ({"steps": [GOOD | {"url": "http://a.test/{{ secret.X }}"}]}, "steps.0.url"),
        ({"steps": [GOOD | {"name": "{{ secret.X }}"}]}, "steps.0.name"),
        ({"steps": [GOOD | {"assertions": [say("body", "equals", "{{ secret.X }}")]}]},
         "steps.0.assertions"),
        ({"steps": [GOOD | {"assertions": [say("rcode", "equals", 1)]}]}, "steps.0.assertions.0"),
        ({"steps": [GOOD | {"headers": "X-{{ a }}: b"}]}, "steps.0.headers"),
        ({"steps": [GOOD | {"headers": "X: {{ a }}"}]}, "steps"),
        ({"steps": [GOOD | {"body_type": "json", "body": "{"}]}, "steps.0.body"),
        ({"steps": [GOOD | {"captures": [take("a b", "body")]}]}, "steps.0.captures.0.name"),
        ({"steps": [GOOD | {"captures": [take("a", "size")]}]}, "steps.0.captures.0.source"),
        ({"steps": [GOOD | {"captures": [take("a", "json:$..x")]}]}, "steps.0.captures.0.source"),
        ({"steps": [GOOD | {"captures": [take("a", "regex:(")]}]}, "steps.0.captures.0.source"),
        ({"steps": [GOOD | {"captures": [take("a", "body")]}], "variables": "a=b"}, "steps"),
        ({"steps": [GOOD], "variables": "no value"}, "variables"),
        ({"steps": [GOOD], "variables": "a b=c"}, "variables"),
        ({"steps": [GOOD], "variables": "a=b\na=c"}, "variables"),
        ({"steps": [GOOD], "variables": "a={{ b }}"}, "variables"),
        ({"steps": [GOOD], "variables": "a=b", "secret_variables": "a=c"}, "secret_variables"),
        ({"steps": [GOOD | {"method": "TRACE"}]}, "steps.0.method"),
    ],
)  # fmt: skip
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        StepsCheck.parse(settings)

    assert list(refused.value.problems) == [field]


def test_a_variable_is_known_only_after_the_step_that_captures_it():
    capture = GOOD | {"captures": [take("id", "body")]}
    use = {"url": "http://a.test/{{ id }}"}

    check(capture, use)
    with pytest.raises(Invalid) as refused:
        check(use, capture)
    assert str(refused.value.problems["steps"]) == (
        "step 1 uses {{ id }}, which nothing before it sets"
    )


def test_stored_secrets_may_stand_in_headers_bodies_and_secret_variables():
    made = check(
        GOOD
        | {"headers": "X: {{ secret.A }}", "body": '{"a": {{ secret.B }}}'}
        | {"body_type": "json"},
        secret_variables="key={{ secret.C }}",
    )

    assert made.reference_fields() >= {"steps", "secret_variables"}
    assert StepsCheck.secret_fields() == {"secret_variables", "client_key", "proxy_password"}
    assert StepsCheck.parse(made.settings()) == made
