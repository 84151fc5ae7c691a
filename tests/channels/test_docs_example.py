"""What docs/webhooks.md tells receivers to do is what works."""

import re
from pathlib import Path

import pytest
from receivers import LOOPBACK, a_receiver

from kener.actions.attempts import WAITS
from kener.actions.events import EVENTS
from kener.channels.webhook import Message, Way, new_secret, send
from kener.core.instant import HOUR, MINUTE, SECOND
from kener.store import clock

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()


@pytest.fixture
def verified():
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names = {}
    exec(example, names)
    return names["verified"]


def a_message(secret, at):
    message = Message("msg_1", "monitor.down", at, 7, {"name": "Käse"})
    with a_receiver() as receiver:
        send(receiver.url(), secret, message, at, Way(LOOPBACK))
    return receiver.got[0]


def test_the_example_verifies_what_we_send(verified):
    secret = new_secret()
    got = a_message(secret, clock.now())

    assert verified(secret, got.headers, got.body)["data"]["name"] == "Käse"


def test_the_example_refuses_everything_else(verified):
    secret = new_secret()
    got, old = a_message(secret, clock.now()), a_message(secret, clock.now() - 301 * SECOND)

    with pytest.raises(ValueError, match="wrong signature"):
        verified(new_secret(), got.headers, got.body)
    with pytest.raises(ValueError, match="wrong signature"):
        verified(secret, got.headers, got.body + b" ")
    with pytest.raises(ValueError, match="too old"):
        verified(secret, old.headers, old.body)


def test_every_event_and_no_other_is_explained():
    explained = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", PAGE, re.MULTILINE)

    assert set(explained) == {*EVENTS, "webhook.test"}


def test_the_attempts_are_those_that_are_made():
    words = {SECOND: "second", MINUTE: "minute", HOUR: "hour"}
    told = [_told(wait, words) for wait in WAITS]
    (sentence,) = re.findall(r"At once, then after (.*?), each", PAGE, re.DOTALL)

    assert re.split(r", | and ", sentence.replace("\n", " ")) == told


def _told(wait, words):
    unit = max(each for each in words if each <= wait)
    count = wait // unit
    return f"{count} {words[unit]}{'s' if count > 1 else ''}"
