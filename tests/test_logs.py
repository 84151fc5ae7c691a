"""Logs: one line a record, and nothing secret in it."""

import io
import json
import logging
import sys

import pytest
from receivers import LOOPBACK, a_receiver

from kener.channels._http import Way, post
from kener.logs import JsonFormatter, TextFormatter, configure, redact

SECRETS = {
    "Authorization: Bearer kener_abc123_Zm9vYmFy": "Zm9vYmFy",
    "key kener_abc123_Zm9v-YmFy_x was used": "Zm9v-YmFy_x",
    '{"Authorization": "Basic dXNlcjpwYXNz"}': "dXNlcjpwYXNz",
    "authorization=Token abcdef": "abcdef",
    "Cookie: session=s3cr3t; theme=dark": "s3cr3t",
    "Set-Cookie: kener=s3cr3t; HttpOnly": "s3cr3t",
    "sent Bearer eyJhbGciOi.J9 to it": "eyJhbGciOi",
    "postgresql+psycopg://kener:hunter2@db.example.org/kener": "hunter2",
    "redis://:hunter2@cache:6379/0": "hunter2",
    "GET /admin/first-run?token=tok_abc-123&x=1": "tok_abc-123",
    "password=hunter2": "hunter2",
    "POST /api/heartbeat/f00-BAR_baz": "f00-BAR_baz",
    "GET /api/push/f00-BAR_baz?status=up": "f00-BAR_baz",
    "signed with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}


@pytest.fixture(params=["text", "json"])
def logged(request, monkeypatch):
    """What a function that logs leaves on stderr, line by line."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure("info", request.param)

    def logged(log, level="info"):
        root.setLevel(level.upper())
        log(logging.getLogger("kener.test"))
        return stream.getvalue().splitlines()

    yield logged
    root.handlers[:], root.level = before
    logging.captureWarnings(capture=False)


@pytest.mark.parametrize(("text", "secret"), SECRETS.items())
def test_what_looks_like_a_secret_is_taken_out(logged, text, secret):
    [line] = logged(lambda log: log.warning("seen: %s", text))

    assert secret not in line
    assert "***" in line


@pytest.mark.parametrize("library", ["urllib3.connectionpool", "websockets.client", "psycopg"])
def test_libraries_that_tell_what_is_sent_are_quiet_even_when_debugging(logged, library):
    configure("debug", "text")
    seen = logged(lambda _: logging.getLogger(library).debug("> X-Key: s3cr3t"), "debug")

    assert seen == []
    configure("info", "text")


@pytest.mark.parametrize("secret", ["hunter2"])
def test_a_traceback_is_one_line_without_secrets(logged, secret):
    def reach():
        raise ValueError(f"cannot reach redis://:{secret}@cache\nat all")

    def fail(log):
        try:
            reach()
        except ValueError:
            log.exception("it failed")

    [line] = logged(fail)

    assert secret not in line
    assert "Traceback" in line
    assert "at all" in line


@pytest.mark.parametrize(
    "harmless",
    ["https://shop.test/health?page=2", "kener.actions: 12 results", "the token is wrong", "a:b@c"],
)
def test_what_is_no_secret_stays(harmless):
    assert redact(harmless) == harmless


def test_a_forged_line_stays_within_its_own(logged):
    assert len(logged(lambda log: log.info("name\n2026-01-01 error forged\r\nx"))) == 1


def test_records_below_the_level_are_left_out(logged):
    assert logged(lambda log: log.info("hello"), level="warning") == []


def test_json_has_its_parts():
    record = logging.LogRecord("kener.x", logging.ERROR, "x.py", 1, "%s failed", ("it",), None)
    record.created = 1_767_225_600.5

    line = json.loads(JsonFormatter().format(record))

    assert line | {"process": 0} == {
        "time": "2026-01-01T00:00:00.500Z",
        "level": "error",
        "logger": "kener.x",
        "process": 0,
        "message": "it failed",
    }


def test_text_reads_as_a_sentence():
    record = logging.LogRecord("kener.x", logging.ERROR, "x.py", 1, "%s failed", ("it",), None)
    record.created = 1_767_225_600.5

    assert TextFormatter().format(record) == "2026-01-01T00:00:00.500Z error kener.x: it failed"


def test_where_a_webhook_is_sent_to_is_in_no_line_not_even_at_the_finest_level(monkeypatch):
    """Many receivers' addresses are secrets themselves."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    try:
        configure("debug", "text")
        with a_receiver(lambda _: (200, {}, b"thanks")) as receiver:
            assert post(receiver.url(path="/T0K3N/x"), b"{}", {}, Way(LOOPBACK)).status == 200
        assert "T0K3N" not in sys.stderr.getvalue()
    finally:
        root.handlers[:], root.level = before
        logging.captureWarnings(capture=False)
