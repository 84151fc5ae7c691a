"""What a step captures, and that it stays a value wherever it is put in."""

import json
from urllib.parse import parse_qs

import pytest
from checks.of_steps import check, say, take
from checks.servers import HttpServer, ok

from kener.core.outcome import Reason
from kener.core.status import Status


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
