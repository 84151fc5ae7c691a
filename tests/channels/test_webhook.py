"""The promised body, and its signature."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from receivers import LOOPBACK, a_receiver
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from kener.channels.webhook import Message, Way, new_secret, send, signature
from kener.core.instant import parse_iso
from kener.store import clock

AT = parse_iso("2024-01-15T10:30:00Z")
DATA = {"monitor_id": "abc123", "name": "API Server", "status": "down"}
MESSAGE = Message("msg_1", "monitor.down", AT, 7, DATA)


def test_the_body_is_the_promised_one():
    assert json.loads(MESSAGE.body()) == {
        "event": "monitor.down",
        "timestamp": "2024-01-15T10:30:00Z",
        "data": {
            "monitor_id": "abc123",
            "name": "API Server",
            "status": "down",
            "id": "msg_1",
            "sequence": 7,
        },
    }


def test_names_arrive_as_they_are():
    data = {"name": 'Ünïcode "quotes" <script>\r\n{{ x }}'}
    body = Message("msg_1", "monitor.down", AT, 7, data).body()

    assert json.loads(body)["data"]["name"] == data["name"]


def test_a_secret_is_long_and_never_the_same():
    secret = new_secret()

    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) >= 24
    assert secret != new_secret()


@given(st.binary(min_size=24, max_size=64), st.text(), st.integers(0, 4_000_000_000))
def test_we_sign_like_the_library(key, text, seconds):
    secret = "whsec_" + base64.b64encode(key).decode()
    moment = datetime.fromtimestamp(seconds, UTC)

    ours = signature(secret, "msg_1", seconds, text.encode("utf-8", "replace"))

    theirs = Webhook(secret).sign("msg_1", moment, text.encode("utf-8", "replace").decode())
    assert ours == theirs


def test_a_receiver_can_verify_what_it_got():
    secret = new_secret()
    with a_receiver() as receiver:
        reply = send(receiver.url(), secret, MESSAGE, clock.now(), Way(LOOPBACK))

    got = receiver.got[0]
    assert reply.status == 204
    assert got.headers["content-type"] == "application/json"
    assert got.headers["webhook-id"] == "msg_1"
    assert Webhook(secret).verify(got.body, got.headers) == json.loads(MESSAGE.body())
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(got.body + b" ", got.headers)
