"""The mqtt check, against Debian's Mosquitto."""

import os
import pwd
import shutil
import socket
import subprocess

import pytest
from checks.assertions import that
from checks.conftest import wait_until
from checks.of_mqtt import at, check
from checks.servers import Listener
from servers import a_free_port, a_short_folder

from kener.checks import _mqtt
from kener.core.outcome import Reason
from kener.core.status import Status

PASSWORD = "hunter2/@:#"
LIMITS = """
user watcher
topic readwrite kener/#
topic read shop/#
"""


class Broker:
    """Three listeners: for anybody, with passwords, and by TLS."""

    def __init__(self):
        self.open, self.guarded, self.tls = a_free_port(), a_free_port(), a_free_port()

    def publish(self, topic, message, *options):
        command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.open)]
        subprocess.run([*command, "-t", topic, "-m", message, *options], check=True, timeout=10)


@pytest.fixture(scope="session")
def broker(authority):
    daemon = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
    if daemon is None or shutil.which("mosquitto_passwd") is None:
        pytest.skip("needs Mosquitto: apt-get install mosquitto mosquitto-clients")
    broker = Broker()
    with a_short_folder("kener-mqtt-") as folder:
        certificate = authority.issue_cert("localhost", common_name="localhost")
        certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
        (folder / "acl").write_text(LIMITS)
        passwords = folder / "passwords"
        subprocess.run(
            ["mosquitto_passwd", "-c", "-b", str(passwords), "watcher", PASSWORD],
            check=True,
            timeout=10,
        )
        (folder / "conf").write_text(
            f"per_listener_settings true\n"
            f"user {pwd.getpwuid(os.getuid()).pw_name}\n"
            f"listener {broker.open} 127.0.0.1\nallow_anonymous true\n"
            f"listener {broker.guarded} 127.0.0.1\nallow_anonymous false\n"
            f"password_file {passwords}\nacl_file {folder / 'acl'}\n"
            f"listener {broker.tls} 127.0.0.1\nallow_anonymous true\n"
            f"certfile {folder / 'server.pem'}\nkeyfile {folder / 'server.pem'}\n"
        )
        process = subprocess.Popen(
            [daemon, "-c", str(folder / "conf")], stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            wait_until(lambda: listens(broker.tls))
            yield broker
        finally:
            process.kill()
            process.wait(5)


def listens(port):
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("qos", [0, 1])
def test_a_message_that_comes_back_is_up(probe, broker, qos):
    outcome = probe(check(at(broker.open), qos=qos))

    assert outcome.status is Status.UP, outcome.detail
    assert outcome.facts == {"address": "127.0.0.1"}
    assert set(outcome.phases) == {"dns", "connect", "sign_in", "message"}
    assert outcome.latency_ms >= outcome.phases["message"] > 0


def test_messages_of_others_are_passed_over(probe, broker):
    broker.publish("kener/shared", "retained by somebody", "-r")
    outcome = probe(check(at(broker.open), topic="kener/shared"))

    assert outcome.status is Status.UP, outcome.detail


def test_a_message_of_others_is_judged(probe, broker):
    broker.publish("shop/sensor/1", '{"celsius": 21.5}', "-r", "-q", "1")
    settings = {"mode": "receive", "topic": "shop/sensor/+", "qos": 1}
    good = probe(
        check(
            at(broker.open),
            **settings,
            assertions=[
                that("json:$.celsius", "<", 30),
                that("payload", "contains", "celsius"),
                that("topic", "equals", "shop/sensor/1"),
                that("retained", "equals", True),
            ],
        )
    )
    bad = probe(check(at(broker.open), **settings, assertions=[that("json:celsius", ">", 30)]))

    assert good.status is Status.UP, good.detail
    assert good.facts["topic"] == "shop/sensor/1"
    assert good.facts["size_bytes"] == 17
    assert bad.detail == "expected json:celsius > 30, got 21.5"


def test_a_message_that_is_no_json_is_told(probe, broker):
    broker.publish("shop/text", "hello", "-r")
    outcome = probe(
        check(
            at(broker.open),
            mode="receive",
            topic="shop/text",
            assertions=[that("json:$.a", "equals", 1)],
        )
    )

    assert outcome.detail == "expected json:$.a equals 1, but the message is not JSON"


def test_no_message_times_out(probe, broker):
    outcome = probe(check(at(broker.open), mode="receive", topic="shop/silence"), 0.3)

    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail == "no answer within 0.3 s while waiting for a message"


def test_a_huge_message_is_not_read(probe, broker):
    broker.publish("shop/huge", "x" * 120_000, "-r")
    small = probe(check(at(broker.open), mode="receive", topic="shop/huge"))
    broker.publish("shop/huge", "", "-r")
    with Listener(lambda c: (c.recv(100), c.sendall(b"\x20\xff\xff\xff\x7f" + b"x" * 10))) as liar:
        outcome = probe(check(at(liar.port)))

    assert small.facts["size_bytes"] == 120_000
    assert outcome.detail == "a message has 268435455 bytes; at most 262144 are read"


@pytest.mark.parametrize("mode", ["connect", "round_trip"])
def test_a_password_is_given(probe, broker, mode):
    outcome = probe(check(at(broker.guarded, f"watcher:{PASSWORD}@"), mode=mode))

    assert outcome.status is Status.UP, outcome.detail


@pytest.mark.parametrize("credentials", ["", "watcher:wr0ng@", "nobody:wr0ng@", "watcher@"])
def test_a_wrong_password_is_down_and_not_told(probe, broker, credentials):
    outcome = probe(check(at(broker.guarded, credentials)))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.MISMATCH)
    assert outcome.detail in {_mqtt.REASONS[4], _mqtt.REASONS[5]}


def test_a_topic_one_may_not_publish_to_times_out(probe, broker):
    dsn = at(broker.guarded, f"watcher:{PASSWORD}@")
    outcome = probe(check(dsn, topic="shop/orders"), 0.3)

    assert outcome.reason is Reason.TIMEOUT
    assert outcome.detail.endswith("while waiting for our own message")


def test_tls_is_spoken_and_verified(probe, broker):
    good = probe(check(at(broker.tls, host="localhost", scheme="mqtts"), ip_version="ipv4"))
    wrong = probe(check(at(broker.tls, scheme="mqtts")))
    trusting = probe(check(at(broker.tls, scheme="mqtts"), verify_tls=False))

    assert good.status is Status.UP, good.detail
    assert good.phases["tls"] > 0
    assert wrong.reason is Reason.TLS_FAILED
    assert trusting.status is Status.UP
