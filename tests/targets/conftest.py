"""A folder to publish from, and an SSH server to publish to."""

import getpass

import asyncssh
import mirrors
import pytest
from checks.daemons import an_sshd

HOST, MINE = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))


@pytest.fixture
def place(tmp_path):
    """Settings of an installation in a folder of the test's own."""
    return mirrors.settings(tmp_path / "data")


@pytest.fixture(scope="session")
def ssh():
    """How to get into an SSH server: host, port, user and keys, as targets call them."""
    certificate = MINE.generate_host_certificate(HOST, "host").export_certificate()
    more = "Subsystem sftp internal-sftp"
    host_key, authorized = HOST.export_private_key(), MINE.export_public_key()
    with an_sshd(host_key, certificate, authorized, more) as (port, _):
        yield {
            "host": "127.0.0.1",
            "port": port,
            "user": getpass.getuser(),
            "private_key": MINE.export_private_key().decode(),
            "host_key": HOST.export_public_key().decode(),
        }
