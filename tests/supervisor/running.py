"""`python worker.py up` as a real process, and every process it leads to."""

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from servers import wait_until

ROOT = Path(__file__).parents[2]


def a_free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Kener:
    """One `worker.py up` in a folder and on a port of its own."""

    def __init__(self, folder, port, settings):
        given = {"KENER_DATA_DIR": str(folder), "KENER_PORT": str(port), **settings}
        given["KENER_CANARIES"] = "none"  # no test reaches beyond loopback
        self.folder, self.port = folder, port
        self.began = time.monotonic()
        with (folder.parent / f"stderr-{port}").open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "worker.py"), "up"],
                env=os.environ | given,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )

    def lines(self):
        """The three lines on stdout, once they are there."""
        found = [self.process.stdout.readline().rstrip("\n") for _ in range(3)]
        assert found[2] != "", self.errors()
        return found

    def errors(self):
        return (self.folder.parent / f"stderr-{self.port}").read_text()

    def get(self, path):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        except OSError as error:
            return 0, str(error)
        finally:
            connection.close()

    def is_ready(self):
        return self.get("/readyz")[0] == 200

    def stop(self, number=signal.SIGINT):
        """The exit code, and how many seconds the end took."""
        began = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(10)
        took = time.monotonic() - began
        self.rest = self.process.communicate()[0]
        return code, took


@pytest.fixture
def start(tmp_path):
    """Start Kener; the same folder and port again unless told otherwise."""
    port, started = a_free_port(), []

    def start(folder=tmp_path / "data", port=port, **settings):
        started.append(Kener(folder, port, settings))
        return started[-1]

    yield start
    everyone = [each for kener in started for each in descendants(kener.process.pid)]
    for kener in started:
        kener.process.kill()
    for kener in started:
        kener.process.stdout.close()
        kener.process.wait()
    wait_until(lambda: not alive(everyone), 5)


def refused(kener):
    """Exit code 2, nothing on stdout, and the one line on stderr that is returned."""
    out, _ = kener.process.communicate(timeout=20)
    assert (kener.process.returncode, out) == (2, ""), kener.errors()
    [line] = kener.errors().splitlines()
    assert line.startswith("kener: ")
    return line


def processes():
    """Every process as pid → (parent, state, command)."""
    text = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split(None, 3) for line in text.splitlines())
    return {int(row[0]): (int(row[1]), row[2], row[3]) for row in rows if len(row) == 4}


def descendants(pid):
    everyone = processes()
    found = [pid]
    for each in found:
        found += [child for child, (parent, *_) in everyone.items() if parent == each]
    return found[1:]


def alive(pids):
    everyone = processes()
    return [pid for pid in pids if pid in everyone and not everyone[pid][1].startswith("Z")]
