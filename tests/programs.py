"""Kener's programs as real processes, to be started, stopped, frozen and killed by tests."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import redis
from servers import redis_binary, wait_until

ROOT = Path(__file__).parent.parent
CHECKS = "from kener.worker import checks as it; it.run(config)"
TICKER = "from kener.worker import ticker as it; it.run(config, lease={lease})"
JOBS = "from kener.worker import jobs as it; it.run(config, ['deliveries', 'upkeep', 'publish'])"
START = "import logging; logging.basicConfig(); from kener.config import load; config = load(); "


class Program:
    """One process. What it logs is in `log`."""

    def __init__(self, code, settings, folder):
        self.code, self.settings, self.folder = code, settings, folder
        self.process = None
        self._log = folder / f"program-{id(self)}.log"

    @property
    def log(self):
        return self._log.read_text()

    @property
    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder)} | self.settings
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                self._command(),
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self

    def _command(self):
        return [sys.executable, "-c", START + self.code]

    def send(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        """As the kernel does it when memory runs out: nothing can be said any more."""
        self.send(signal.SIGKILL)
        self.process.wait(5)

    def stop(self, seconds=5.0):
        """Politely; the exit code, or a failure of the test when it takes too long."""
        self.send(signal.SIGTERM)
        return self.process.wait(seconds)

    def end(self):
        if self.is_alive:
            self.send(signal.SIGCONT)
            self.kill()


class RedisProgram(Program):
    """A Redis that can die and come back, forgetting everything."""

    def __init__(self, folder):
        super().__init__("", {}, folder)
        self.path = folder / "redis.sock"
        self.url = f"unix://{self.path}"

    def _command(self):
        return [redis_binary(), "--port", "0", "--unixsocket", str(self.path), "--save", ""]

    def start(self):
        self.path.unlink(missing_ok=True)
        super().start()
        wait_until(self.answers)
        return self

    def answers(self):
        client = redis.Redis(unix_socket_path=str(self.path), socket_timeout=0.5)
        try:
            return client.ping()
        except redis.RedisError:
            return False
        finally:
            client.close()


@contextmanager
def programs(folder, database_url, **settings):
    """A function that starts a program by its code; all that live at the end are killed."""
    common = {
        "KENER_DATA_DIR": str(folder),
        "DATABASE_URL": database_url,
        "KENER_SECRET_KEY": "a key for tests which is long enough to be one",
        "KENER_CANARIES": "none",  # no test reaches beyond loopback
    }
    started = []

    def start(code, **more):
        program = Program(code, common | settings | more, folder)
        started.append(program)
        return program.start()

    try:
        yield start
    finally:
        for each in started:
            each.end()
