"""What the http check sends, reads and asserts, against real servers on loopback."""

import gzip
import json
import zlib

import pytest
from checks.of_http import check
from checks.servers import HttpServer, Listener, ok, to

from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status

DOCUMENT = {"status": "ok", "jobs": [{"id": 7, "late": 12}]}


def saying(source: str, op: str, value=None, severity: str = "down") -> dict:
    return {"source": source, "op": op, "value": value, "severity": severity}


def asserted(probe, answer: bytes, *assertions: dict, **settings):
    with HttpServer(answer) as server:
        return probe(check(server.url, assertions=list(assertions), **settings))


@pytest.mark.parametrize(
    ("source", "op", "value"),
    [
        ("status", "equals", 200),
        ("header:content-type", "contains", "json"),
        ("header:Content-Type", "equals", "application/json"),
        ("header:x-none", "exists", False),
        ("body", "matches", '"status":'),
        ("json:$.status", "equals", "ok"),
        ("json:jobs[0].late", "<", 13),
        ("latency", "<", 5000),
        ("phase:connect", "<", 5000),
        ("phase:tls", "exists", False),
        ("size", "equals", len(json.dumps(DOCUMENT))),
        ("certificate_days", "exists", False),
        ("address", "equals", "127.0.0.1"),
        ("http_version", "equals", "1.1"),
        ("redirects", "equals", 0),
    ],
)
def test_an_assertion_looks_at_the_answer(probe, source, op, value):
    answer = ok(json.dumps(DOCUMENT), headers="Content-Type: application/json\r\n")
    outcome = asserted(probe, answer, saying(source, op, value))

    assert outcome.status is Status.UP, outcome.detail


def test_what_is_not_so_is_named_with_what_was_seen(probe):
    outcome = asserted(
        probe,
        ok(json.dumps(DOCUMENT)),
        saying("json:$.status", "equals", "fine"),
        saying("header:etag", "equals", "x"),
    )

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail == (
        "expected json:$.status equals “fine”, got “ok”; "
        "expected header:etag equals “x”, but there is no such header"
    )
    assert outcome.facts["http_status"] == 200
    assert len(outcome.facts["failed_assertions"]) == 2
    assert outcome.phases["total"] == outcome.latency_ms


def test_a_mild_assertion_only_degrades(probe):
    outcome = asserted(
        probe, ok(json.dumps(DOCUMENT)), saying("json:jobs[0].late", "<", 10, "degraded")
    )

    assert outcome.status is Status.DEGRADED


def test_a_down_keyword_beside_a_degraded_assertion_is_down_and_tells_both(probe):
    outcome = asserted(probe, ok("hello"), saying("size", "<", 3, "degraded"), keyword="goodbye")

    assert outcome.status is Status.DOWN
    assert outcome.detail == ("the answer does not contain “goodbye”; expected size < 3, got 5")
    assert outcome.facts["failed_assertions"] == ["size < 3"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"not json", "the answer is not JSON"),
        (b"[" * 100_000, "the answer is not JSON"),
        (b"\xff\xfe\xff", "the answer is not JSON"),
        (b'{"a": "' + b"x" * 2000 + b'"}', "the answer is longer than the 1 KB that were read"),
    ],
)
def test_what_is_no_whole_json_is_said_so(probe, body, why):
    outcome = asserted(
        probe, ok(body), saying("json:$.a", "equals", 1), max_kb=1 if len(body) == 2009 else 256
    )

    assert outcome.status is Status.DOWN
    assert outcome.detail.endswith(why)


def test_headers_of_one_name_are_joined_and_those_of_a_redirect_are_not_seen(probe):
    def answer(request):
        if request.path == "/":
            return to("/end").replace(b"Location", b"X-Way: first\r\nLocation")
        return ok(headers="X-Two: a\r\nX-Two: b\r\n")

    outcome = asserted(
        probe,
        answer,
        saying("header:x-two", "equals", "a, b"),
        saying("header:x-way", "exists", False),
    )

    assert outcome.status is Status.UP, outcome.detail


def test_headers_before_the_answer_itself_are_not_seen(probe):
    early = b"HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n"
    outcome = asserted(probe, early + ok(), saying("header:x-early", "exists", False))

    assert outcome.status is Status.UP


@pytest.mark.parametrize("assertions", [[], [saying("header:x", "exists", False)]])
@pytest.mark.parametrize("kilobytes", [70, 500])
def test_too_many_headers_are_down(probe, assertions, kilobytes):
    many = ok(headers="".join(f"X-Many-{n}: {'y' * 1000}\r\n" for n in range(kilobytes)))
    outcome = asserted(probe, many, *assertions)

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail.endswith("sent more than 64 KB of headers")


def test_headers_without_end_are_cut(probe):
    def flood(connection):
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-Endless: yes\r\n" * 100)

    with Listener(flood) as server:
        outcome = probe(check(f"http://127.0.0.1:{server.port}/"))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)


def test_no_compression_is_asked_for_but_it_is_undone(probe):
    headers = "Content-Encoding: gzip\r\n"
    with HttpServer(ok(gzip.compress(b"all is well"), headers=headers)) as server:
        outcome = probe(check(server.url, keyword="is well"))
        wished = probe(check(server.url, keyword="is well", headers="Accept-Encoding: gzip"))

    assert outcome.status is Status.UP
    assert outcome.facts["size_bytes"] == len("all is well")
    assert wished.status is Status.UP
    assert [r.headers["accept-encoding"] for r in server.received] == ["identity", "gzip"]


def gzip_bomb(megabytes: int) -> bytes:
    """So many of zero bytes, twice compressed; a block that stands alone may be repeated."""
    maker = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = maker.compress(b"") + maker.flush(zlib.Z_FULL_FLUSH)
    block = maker.compress(bytes(1 << 20)) + maker.flush(zlib.Z_FULL_FLUSH)
    return gzip.compress(head + block * megabytes)


def test_a_decompression_bomb_is_cut(probe):
    bomb = gzip_bomb(1024)
    with HttpServer(ok(bomb, headers="Content-Encoding: gzip, gzip\r\n")) as server:
        outcome = probe(check(server.url, keyword="x", keyword_mode="absent", max_kb=1024))

    assert len(bomb) < 20_000
    assert outcome.status is Status.UP
    assert outcome.facts["size_bytes"] == 1024 * 1024


def test_an_encoding_that_makes_no_sense_hurts_only_who_reads_the_body(probe):
    with HttpServer(ok("hello", headers="Content-Encoding: utf-8\r\n")) as server:
        plain = probe(check(server.url))
        reading = probe(check(server.url, keyword="hello"))

    assert plain.status is Status.UP
    assert (reading.status, reading.reason) == (Status.DOWN, Reason.MISMATCH)
    assert reading.detail.endswith("compressed the answer in a way that cannot be read")


@pytest.mark.parametrize(
    ("settings", "body", "kind"),
    [
        ({"body": "hello"}, b"hello", "text/plain; charset=utf-8"),
        ({"body": "[1]"}, b"[1]", "application/json"),
        ({"body": '{"a": "ü"}', "body_type": "json"}, '{"a": "ü"}'.encode(), "application/json"),
        (
            {"body": "name=Ä & Ö\n\nempty=\ntwo=a=b", "body_type": "form"},
            b"name=%C3%84+%26+%C3%96&empty=&two=a%3Db",
            "application/x-www-form-urlencoded",
        ),
        ({"body": "<a/>", "content_type": "text/xml"}, b"<a/>", "text/xml"),
    ],
)
def test_a_body_is_sent_by_its_type(probe, settings, body, kind):
    with HttpServer(ok()) as server:
        probe(check(server.url, method="POST", **settings))

    assert server.received[0].body == body
    assert server.received[0].headers["content-type"] == kind


def test_a_secret_that_comes_back_is_not_shown(probe):
    def echo(request):
        return ok(json.dumps(request.headers))

    secrets = {
        "secret_headers": 'X-Api-Key: s3cret-key-"number"-one',
        "headers": "Authorization: Token filled-in-t0ken",
    }
    with HttpServer(echo) as server:
        assertions = [
            saying(f"json:$.{name}", "equals", "x") for name in ("x-api-key", "authorization")
        ]
        outcome = probe(check(server.url, assertions=assertions, **secrets))
        body = probe(check(server.url, assertions=[saying("body", "equals", "x")], **secrets))

    assert outcome.detail == (
        "expected json:$.x-api-key equals “x”, got “•••”; "
        "expected json:$.authorization equals “x”, got “•••”"
    )
    told = f"{outcome} {body}"
    assert "s3cret" not in told
    assert "t0ken" not in told


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"assertions": [saying("rcode", "equals", "x")]}, "assertions.0"),
        ({"assertions": [saying("status", "equals", 200)] * 31}, "assertions"),
        ({"body_type": "json", "body": "{"}, "body"),
        ({"body_type": "form", "body": "a=b\nno value"}, "body"),
        ({"certificate_days": 7, "certificate_down_days": 8}, "certificate_down_days"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        check("http://a.test", **settings)

    assert list(refused.value.problems) == [field]


@pytest.mark.parametrize("body", ['{"a": "{{ secret.KEY }}"}', '{"a": {{ secret.KEY }}}'])
def test_a_json_body_may_refer_to_secrets(body):
    assert check("http://a.test", body_type="json", body=body).body == body


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "raw_unicode_escape"])
def test_a_charset_that_no_web_page_has_is_not_decoded(probe, charset):
    # A megabyte of Punycode keeps Python busy for half a minute.
    answer = ok(
        "a\\u0041-kva" + "a" * 300_000, headers=f"Content-Type: text/html; charset={charset}\r\n"
    )
    outcome = asserted(probe, answer, saying("body", "contains", "a\\u0041-kva"), max_kb=1024)

    assert outcome.status is Status.UP, outcome.detail
