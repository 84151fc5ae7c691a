"""Checks of kind mqtt, in few words."""

from kener.checks.mqtt import MqttCheck


def check(dsn, **settings):
    return MqttCheck.parse({"dsn": dsn, **settings})


def at(port, credentials="", host="127.0.0.1", scheme="mqtt"):
    return f"{scheme}://{credentials}{host}:{port}"
