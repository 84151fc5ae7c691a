"""A sender with all that it needs, and a bucket that stands for a host: for tests of sending."""

from functools import partial
from ipaddress import ip_network
from types import SimpleNamespace

import pytest
from mirrors import NOW

from kener.actions.sending import Sender
from kener.actions.targets import create_target
from kener.site.mirrored import newest_build, release_for
from kener.targets import Published, TargetFailed
from kener.targets.s3 import S3Mirror

SETTINGS = {
    "bucket": "status",
    "endpoint": "http://127.0.0.1:9",
    "access_key_id": "key",
    "secret_access_key": "very secret",
}


class Clock:
    def __init__(self):
        self.at = NOW

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def here(config):
    return config.model_copy(update={"private_networks": (ip_network("127.0.0.0/8"),)})


@pytest.fixture
def sender(database, here, clock):
    return Sender(database, here, clock, partial(newest_build, here), partial(release_for, here))


@pytest.fixture
def host(monkeypatch):
    """Stands for a host: what it was sent, and whether it takes anything."""

    class Host:
        def __init__(self):
            self.builds, self.down, self.wait = [], False, None

        def send(self, mirror, site, memory):
            if self.wait is not None and mirror.bucket == "slow":
                assert self.wait.wait(20)
            if self.down:
                raise TargetFailed("The host is down.")
            memory.remember(site.files.values())
            self.builds.append((mirror.bucket, site.seq))
            return Published(len(site.files), len(site.files), 10)

    host = Host()

    def send(mirror, site, memory):
        return host.send(mirror, site, memory)

    monkeypatch.setattr(S3Mirror, "send", send)
    return host


@pytest.fixture
def add(database, here, sealing):
    def add(name="Bucket", address="", **settings):
        with database.write() as session:
            fields = {"name": name, "address": address, "settings": {**SETTINGS, **settings}}
            return create_target(session, "s3", fields, NOW, here)

    return add


@pytest.fixture
def desk(database, sender, add, host):
    """All of it."""
    return SimpleNamespace(
        database=database, sender=sender, here=sender.config, clock=sender.clock, add=add, host=host
    )
