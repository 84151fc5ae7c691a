"""Database servers of one's own on loopback: Debian's MariaDB, and ways by TCP to the PostgreSQL
of the wheel, which listens on a unix socket and knows no TLS."""

import contextlib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pymysql
import pytest
from checks.servers import Listener
from psycopg import sql
from servers import a_free_port, a_short_folder, wait_until

PASSWORD = "s3cret/with@signs"


class Relay(Listener):
    """A TCP port that leads to a unix socket; `greet` may speak first, and change the client's
    connection into an encrypted one."""

    def __init__(
        self, path: str, greet: Callable[[socket.socket], socket.socket] | None = None
    ) -> None:
        self._path, self._greet = path, greet
        self.is_cut = threading.Event()
        super().__init__(self._forward)

    def _forward(self, client: socket.socket) -> None:
        if self._greet is not None:
            client = self._greet(client)
        client.settimeout(None)
        with socket.socket(socket.AF_UNIX) as server, contextlib.closing(client):
            server.connect(self._path)
            back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
            back.start()
            self._pump(client, server)
            back.join()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        """All that comes on one goes out on the other, until it ends; nothing once it is cut."""
        with contextlib.suppress(OSError):
            while part := one.recv(65_536):
                if not self.is_cut.is_set():
                    other.sendall(part)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


def postgres_tls(context: ssl.SSLContext) -> Callable[[socket.socket], socket.socket]:
    """PostgreSQL's way into TLS: an SSLRequest, answered by S."""

    def greet(client: socket.socket) -> socket.socket:
        assert client.recv(8)[4:] == (80_877_103).to_bytes(4, "big")
        client.sendall(b"S")
        return context.wrap_socket(client, server_side=True)

    return greet


@dataclass(frozen=True)
class PostgreSql:
    """`admin`: the URL of a superuser; `socket`: the path of the server's socket."""

    admin: str
    socket: str

    def execute(self, statement: str, *values):
        with psycopg.connect(self.admin, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else None


def prepared_postgresql(url: str) -> PostgreSql:
    """The server with a user `watcher`, who must know PASSWORD and may read the table `orders`."""
    with psycopg.connect(url, autocommit=True) as connection:
        folder = connection.execute("SHOW unix_socket_directories").fetchone()[0]
        port = connection.execute("SHOW port").fetchone()[0]
        hba = Path(connection.execute("SHOW hba_file").fetchone()[0])
        hba.write_text(f"local all watcher scram-sha-256\n{hba.read_text()}")
        connection.execute("SELECT pg_reload_conf()")
        password = sql.Literal(PASSWORD)
        connection.execute(sql.SQL("CREATE USER watcher PASSWORD {}").format(password))
        connection.execute("CREATE TABLE orders AS SELECT generate_series(1, 250) AS number")
        connection.execute("GRANT ALL ON orders TO watcher")
    return PostgreSql(url, f"{folder}/.s.PGSQL.{port}")


@dataclass(frozen=True)
class MariaDb:
    """`port` on 127.0.0.1; its administrator comes in by the socket."""

    port: int
    socket: str

    def execute(self, statement: str):
        with (
            pymysql.connect(unix_socket=self.socket, user="root", autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
            return cursor.fetchall()


@contextlib.contextmanager
def a_mariadb(certificate: Path) -> Iterator[MariaDb]:
    """A server with a user `watcher`, who may do anything in the database `shop`."""
    daemon = shutil.which("mariadbd", path=os.environ["PATH"] + ":/usr/sbin")
    if daemon is None or shutil.which("mariadb-install-db") is None:
        pytest.skip("needs MariaDB: apt-get install mariadb-server")
    with a_short_folder("kener-mariadb-") as folder:
        data, path = folder / "data", folder / "socket"
        common = [f"--datadir={data}", f"--user={pwd.getpwuid(os.getuid()).pw_name}"]
        install = ["mariadb-install-db", "--no-defaults", *common, "--skip-test-db"]
        install += ["--auth-root-authentication-method=normal"]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL, timeout=60)
        port = a_free_port()
        command = [daemon, "--no-defaults", *common, f"--port={port}", f"--socket={path}"]
        command += ["--bind-address=127.0.0.1", f"--pid-file={folder / 'pid'}", "--skip-log-bin"]
        command += ["--innodb-buffer-pool-size=8M", "--innodb-flush-method=nosync"]
        command += [f"--ssl-cert={certificate}", f"--ssl-key={certificate}"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stderr=log, start_new_session=True)
        try:
            server = MariaDb(port, str(path))
            wait_until(lambda: _listens(port))
            _prepare_mariadb(server)
            yield server
        finally:
            process.kill()
            process.wait(5)


def _listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def _prepare_mariadb(server: MariaDb) -> None:
    server.execute("CREATE DATABASE shop")
    server.execute("CREATE TABLE shop.orders AS SELECT seq AS number FROM shop.seq_1_to_250")
    server.execute(f"CREATE USER watcher@'%' IDENTIFIED BY '{PASSWORD}'")
    server.execute("GRANT ALL ON shop.* TO watcher@'%'")
