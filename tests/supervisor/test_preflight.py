"""What can be known to go wrong is said before anything is started."""

import fcntl
import os
import socket

import pytest

from kener.config import Config
from kener.core.errors import Conflict, Invalid
from kener.supervisor.preflight import alone, check_port


def a_config(folder, **given):
    return Config(_env_file=None, data_dir=folder / "data", **given)


def test_the_data_folder_is_made(tmp_path):
    with alone(a_config(tmp_path / "deep" / "down")):
        assert (tmp_path / "deep" / "down" / "data").is_dir()


def test_a_second_supervisor_is_refused_until_the_first_is_gone(tmp_path):
    def start_another():
        with alone(a_config(tmp_path)):
            pytest.fail("two at once")

    with alone(a_config(tmp_path)), pytest.raises(Conflict, match="already running"):
        start_another()
    with alone(a_config(tmp_path)):
        pass


def test_no_file_is_left_by_the_lock(tmp_path):
    with alone(a_config(tmp_path)):
        pass

    assert list((tmp_path / "data").iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "data").write_text("")

    with pytest.raises(Invalid, match="KENER_DATA_DIR: cannot use"), alone(a_config(tmp_path)):
        pass


def test_an_unwritable_folder_is_refused(tmp_path, monkeypatch):
    """Root may write everywhere, so the answer of the system is taken, and the question checked."""
    asked = []
    monkeypatch.setattr(os, "access", lambda path, mode: asked.append((path, mode)) or False)

    with pytest.raises(Invalid, match="may not write into"), alone(a_config(tmp_path)):
        pass
    assert asked == [(tmp_path / "data", os.W_OK | os.X_OK)]


def test_a_free_port_is_fine_and_stays_free(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    check_port(a_config(tmp_path, port=port))

    socket.create_server(("127.0.0.1", port)).close()


def test_a_port_in_use_is_refused(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Invalid, match=f"KENER_PORT: {port} on 127.0.0.1 is in use"):
            check_port(a_config(tmp_path, port=port))


def test_an_address_that_is_not_ours_is_refused(tmp_path):
    with pytest.raises(Invalid, match=r"KENER_HOST: cannot listen on 192\.0\.2\.1"):
        check_port(a_config(tmp_path, host="192.0.2.1"))


def test_ipv6_addresses_can_be_listened_on(tmp_path):
    if not socket.has_ipv6:
        pytest.fail("this machine has no IPv6 at all")
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        port = server.getsockname()[1]
        with pytest.raises(Invalid, match="is in use"):
            check_port(a_config(tmp_path, host="::1", port=port))


def test_the_lock_is_the_folders_own(tmp_path):
    with alone(a_config(tmp_path)):
        descriptor = os.open(tmp_path / "data", os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(descriptor)
