"""kener.webhooks, and verify_webhook: against what a real Kener sends, and what others do."""

import base64
import hashlib
import hmac
import time

import pytest
from kener_client import KenerError, NotFound, WebhookRefused, etag_of, verify_webhook
from receivers import LOOPBACK, a_receiver

from kener.actions.deliveries import deliver
from kener.channels.webhook import Message, Way, new_secret, send
from kener.store import clock
from kener.store.clock import now

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"event":"monitor.down","timestamp":"2024-01-15T10:30:00Z","data":{"id":"msg_1"}}'
AT = 1_700_000_000


def signed(body=BODY, secret=SECRET, at=AT, name="msg_1"):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{name}.{at}.".encode() + body, hashlib.sha256)
    signature = "v1," + base64.b64encode(digest).decode()
    return {"webhook-id": name, "webhook-timestamp": str(at), "webhook-signature": signature}


def verify(headers, body=BODY, secret=SECRET, at=AT, **options):
    return verify_webhook(body, headers, secret, now=lambda: at, **options)


def test_what_is_signed_is_an_event():
    event = verify(signed())

    assert event["event"] == "monitor.down"
    assert event["timestamp"] == "2024-01-15T10:30:00Z"
    assert event["data"]["id"] == "msg_1"


def test_the_scheme_is_that_of_standard_webhooks():
    from standardwebhooks import Webhook  # noqa: PLC0415 - another's code, to compare with

    at = int(time.time())
    headers = signed(at=at)

    Webhook(SECRET).verify(BODY, headers)
    assert verify_webhook(BODY, headers, SECRET)["event"] == "monitor.down"


def test_a_text_is_as_good_as_its_bytes_and_names_may_be_in_capitals():
    headers = {name.title(): value for name, value in signed().items()}

    assert verify(headers, BODY.decode())["event"] == "monitor.down"


def test_one_good_signature_among_several_is_enough():
    headers = signed()
    old = signed(secret=new_secret())["webhook-signature"]
    headers["webhook-signature"] = f"v1a,AAAA {old} {headers['webhook-signature']} v2,xyz"

    assert verify(headers)["event"] == "monitor.down"


def test_several_headers_of_signatures_are_as_good_as_one():
    class Headers(dict):
        def items(self):
            old = signed(secret=new_secret())["webhook-signature"]
            return [*super().items(), ("Webhook-Signature", old)]

    assert verify(Headers(signed()))["event"] == "monitor.down"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (signed(), BODY + b" "),
        (signed(), b""),
        (signed(secret=new_secret()), BODY),
        (signed() | {"webhook-id": "msg_2"}, BODY),
        (signed() | {"webhook-timestamp": str(AT + 1)}, BODY),
        (signed() | {"webhook-signature": ""}, BODY),
        (signed() | {"webhook-signature": signed()["webhook-signature"][3:]}, BODY),
        (signed() | {"webhook-signature": "v1,ü"}, BODY),
        (signed(name="") | {"webhook-id": ""}, BODY),
        ({"webhook-id": "msg_1", "webhook-timestamp": str(AT)}, BODY),
    ],
)
def test_what_is_not_signed_so_is_refused(headers, body):
    with pytest.raises(WebhookRefused) as error:
        verify(headers, body)

    assert error.value.code == "BAD_SIGNATURE"
    assert isinstance(error.value, KenerError)


@pytest.mark.parametrize("at", [AT - 301, AT + 301])
def test_what_is_too_old_or_too_new_is_refused(at):
    with pytest.raises(WebhookRefused) as error:
        verify(signed(at=at))
    assert error.value.code == "BAD_TIMESTAMP"

    assert verify(signed(at=at), tolerance=301)["event"] == "monitor.down"


@pytest.mark.parametrize("at", ["", "soon", "-5", "1e9", "²", "9" * 20])
def test_a_time_that_is_none_is_refused(at):
    with pytest.raises(WebhookRefused) as error:
        verify(signed() | {"webhook-timestamp": at})

    assert error.value.code == "BAD_TIMESTAMP"


@pytest.mark.parametrize("body", [b"", b"[]", b"x", b'{"event": "x"}', b"\xff"])
def test_what_is_signed_but_no_event_is_refused(body):
    with pytest.raises(WebhookRefused) as error:
        verify(signed(body), body)

    assert error.value.code == "NO_EVENT"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_ä", "whsec_not base64!"])
def test_a_secret_that_is_none_is_a_mistake_of_ones_own(secret):
    with pytest.raises(ValueError, match="The secret is none") as error:
        verify(signed(), secret=secret)

    assert not secret or secret == "whsec_" or secret not in str(error.value)


def test_what_kener_sends_is_verified():
    secret = new_secret()
    message = Message("msg_x", "monitor.up", now(), 7, {"name": "Ümläut"})
    with a_receiver() as receiver:
        send(receiver.url(), secret, message, now(), Way(LOOPBACK))
    [got] = receiver.got

    event = verify_webhook(got.body, got.headers, secret)
    assert event["data"] == {"name": "Ümläut", "id": "msg_x", "sequence": 7}
    with pytest.raises(WebhookRefused):
        verify_webhook(got.body, got.headers, new_secret())


def test_a_receiver_is_made_changed_and_removed(kener):
    webhook = kener.webhooks.create(
        name="Chat", url="https://chat.example/hook", events=["monitor.down"]
    )
    assert webhook["secret"].startswith("whsec_")

    changed = kener.webhooks.update(webhook["id"], etag=etag_of(webhook), enabled=False)
    assert kener.webhooks.get(webhook["id"]) == changed
    assert [each["enabled"] for each in kener.webhooks.list()] == [False]
    renewed = kener.webhooks.renew_secret(webhook["id"])
    assert renewed["secret"] != webhook["secret"]
    kener.webhooks.delete(webhook["id"])
    with pytest.raises(NotFound):
        kener.webhooks.get(webhook["id"])


@pytest.fixture
def config(config):
    return config.model_copy(update={"private_networks": LOOPBACK})


def test_a_test_is_a_delivery_that_can_be_sent_again(kener, database, config):
    with a_receiver() as receiver:
        webhook = kener.webhooks.create(name="Chat", url=receiver.url())
        delivery = kener.webhooks.test(webhook["id"])
        assert (delivery["event"], delivery["state"]) == ("webhook.test", "pending")
        deliver(database, config, clock.now)
        again = kener.webhooks.deliveries.redeliver(webhook["id"], delivery["id"])
        assert (again["id"], again["state"]) == (delivery["id"], "pending")
        deliver(database, config, clock.now)

    assert receiver.ids == [delivery["id"]] * 2
    events = [verify_webhook(each.body, each.headers, webhook["secret"]) for each in receiver.got]
    whole = kener.webhooks.deliveries.get(webhook["id"], delivery["id"])
    assert events == [whole["body"]] * 2
    assert [each["id"] for each in kener.webhooks.deliveries.list(webhook["id"])] == receiver.ids[
        1:
    ]
