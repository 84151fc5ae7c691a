"""The mqtt check, against servers that are no broker or a bad one, and its settings."""

import pytest
from checks.assertions import that
from checks.of_mqtt import at, check
from checks.servers import Listener, free_port, silent

from kener.checks import _mqtt
from kener.checks.mqtt import MqttCheck
from kener.core.errors import Invalid
from kener.core.outcome import Reason
from kener.core.status import Status


def test_a_refused_subscription_is_told(probe):
    def refuse(connection):
        connection.recv(1000)
        connection.sendall(b"\x20\2\0\0")
        connection.recv(1000)
        connection.sendall(b"\x90\3\0\1\x80")

    with Listener(refuse) as server:
        outcome = probe(check(at(server.port)))

    assert outcome.detail == "the broker says that this user may not subscribe to the topic"


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10,
        b"\x20\3\0\0\0",
        b"\x20\xff\xff\xff\xff\x7f",
        b"\x30\2\0\0",
        b"\x20\2\0\0" + b"\x10\2\0\0",
        b"\x20\2\0\0" + b"\x30\2\0\x09",
        b"\x20\2\0\0" + b"\x36\2\0\0",
        b"\x20\2\0\0" + b"\x30\0",
    ],
)
def test_another_kind_of_server_is_down(probe, said):
    with Listener(lambda c: (c.recv(1000), c.sendall(said), c.recv(1000))) as server:
        outcome = probe(check(at(server.port)), 1)

    assert outcome.status is Status.DOWN
    assert outcome.reason is Reason.MISMATCH


def test_a_broker_that_hangs_up_is_down(probe):
    with Listener(lambda c: c.recv(1000)) as server:
        outcome = probe(check(at(server.port)))

    assert (outcome.status, outcome.reason) == (Status.DOWN, Reason.UNREACHABLE)


def test_silence_times_out(probe):
    with silent() as port:
        outcome = probe(check(at(port)), 0.3)

    assert outcome.detail == "no answer within 0.3 s while signing in"


def test_a_closed_port_is_refused(probe):
    assert probe(check(at(free_port()))).reason is Reason.REFUSED


def test_a_refused_network_is_not_probed(probe):
    assert probe(check("mqtt://127.66.0.9")).reason is Reason.BLOCKED


@pytest.mark.parametrize("length", [0, 1, 127, 128, 16_383, 16_384, 200_000])
def test_lengths_are_written_as_the_standard_says(length):
    encoded = _mqtt.packet(_mqtt.PUBLISH, b"x" * length)
    digits = encoded[1 : len(encoded) - length]

    assert sum((each & 127) << (7 * place) for place, each in enumerate(digits)) == length
    assert [each >> 7 for each in digits] == [1] * (len(digits) - 1) + [0]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "dsn"),
        ({"dsn": "http://u:s3cret@broker.example"}, "dsn"),
        ({"dsn": "mqtt://:s3cret@broker.example"}, "dsn"),
        ({"dsn": "mqtt://u:s3cret@broker.example/topic"}, "dsn"),
        ({"topic": "kener/#"}, "topic"),
        ({"topic": "$SYS/broker"}, "topic"),
        ({"topic": "a\0b"}, "topic"),
        ({"mode": "receive"}, "topic"),
        ({"qos": 2}, "qos"),
        ({"assertions": [that("payload", "equals", 1)]}, "assertions"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        MqttCheck.parse(settings if field == "dsn" else {"dsn": "mqtt://x", **settings})

    assert [name.partition(".")[0] for name in refused.value.problems] == [field]
    assert "s3cret" not in str(refused.value.problems)


def test_the_target_tells_no_secret():
    one = check("mqtts://watcher:hunter2@Broker.Example", topic="kener/here")

    assert one.target() == "mqtts://broker.example:8883 kener/here"
    assert one.server() == ("broker.example", 8883)
    assert one.destination() == check("mqtts://broker.example").destination()


def test_a_flood_of_other_packets_ends_at_once(probe):
    def serve(connection):
        connection.recv(1000)
        connection.sendall(b"\x20\x02\0\0")
        connection.recv(1000)
        connection.sendall(b"\x90\x03\0\x01\0")
        while True:
            connection.sendall(b"\xd0\0" * 30_000)

    with Listener(serve) as server:
        outcome = probe(check(at(server.port)))

    assert (outcome.reason, outcome.detail) == (
        Reason.MISMATCH,
        "the server does not speak MQTT",
    )
