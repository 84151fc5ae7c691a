"""All of it at once: Kener as one starts it, its command line, and something that is watched."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from kener_client import Kener
from servers import wait_until
from supervisor.running import start

__all__ = ["start"]
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
MAKE_A_KEY = ["-m", "flask", "--app", "app", "keys", "create", "--name", "cli"]


def a_key(folder):
    """A key as the manual says that one makes it."""
    done = subprocess.run(
        [sys.executable, *MAKE_A_KEY, "--permission", "admin"],
        cwd=ROOT,
        env=os.environ | {"KENER_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return next(word for word in done.stdout.split() if word.startswith("kener_"))


def test_what_is_added_is_watched_and_told_of(start, nobody):
    running = start(KENER_RATE_LIMIT="100000")
    running.lines()
    address = f"http://127.0.0.1:{running.port}"
    key = a_key(running.folder)
    nobody.good("login", address, typed=f"{key}\n")

    with socket.create_server(("127.0.0.1", 0)) as watched, Kener(address, key) as kener:
        port = watched.getsockname()[1]
        nobody.good("monitors", "add", "Shop", "tcp", "host=127.0.0.1", f"port={port}")
        kener.monitors.update("shop", to_fail=1, interval=5, timeout=2)
        wait_until(lambda: kener.monitors.get("shop")["status"] == "up", 30)
        assert nobody.good("status") == "Everything is working.\nup  Shop\n"

        watched.close()
        nobody.good("monitors", "check", "shop")
        wait_until(lambda: kener.monitors.get("shop")["status"] == "down", 30)
        done = nobody("status")
        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout.endswith("down  Shop\n")
        [worst, best] = [each["status"] for each in kener.monitors.spans("shop")][:2]
        assert (worst, best) == ("down", "up")

    running.stop()
    assert nobody("status").returncode == 3
