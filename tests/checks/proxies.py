"""Forward proxies on loopback: one of HTTP, one of SOCKS5."""

import base64
import contextlib
import socket
import threading
from urllib.parse import urlsplit

from checks.servers import Listener, read_request

REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"


def pump(one: socket.socket, other: socket.socket) -> None:
    """Both ways, until one of them ends."""

    def copy(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                sink.sendall(part)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=copy, args=(other, one), daemon=True)
    thread.start()
    copy(one, other)
    thread.join(20)


class HttpProxy(Listener):
    """Knows `names` by itself; keeps the requests it was asked."""

    def __init__(self, names: dict[str, str] | None = None, login: str = "") -> None:
        self.names = names or {}
        self.asked = []
        self._expected = f"Basic {base64.b64encode(login.encode()).decode()}" if login else None
        super().__init__(self._serve)
        self.url = f"http://127.0.0.1:{self.port}"

    def _serve(self, connection: socket.socket) -> None:
        request = read_request(connection)
        if request is None:
            return
        self.asked.append(request)
        if self._expected and request.headers.get("proxy-authorization") != self._expected:
            connection.sendall(REFUSED)
            return
        tunnel = request.method == "CONNECT"
        parts = urlsplit(f"//{request.path}" if tunnel else request.path)
        host = self.names.get(parts.hostname, parts.hostname)
        try:
            target = socket.create_connection((host, parts.port or 80), 5)
        except OSError:
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with target:
            if tunnel:
                connection.sendall(b"HTTP/1.1 200 Connected\r\nX-Proxy: yes\r\n\r\n")
            else:
                target.sendall(request.raw.replace(f"http://{parts.netloc}".encode(), b"", 1))
            pump(connection, target)


class SocksProxy(Listener):
    """SOCKS 5 (RFC 1928, RFC 1929); keeps what it was asked for: (host, port)."""

    def __init__(self, names: dict[str, str] | None = None, login: str = "") -> None:
        self.names = names or {}
        self.asked: list[tuple[str, int]] = []
        self._login = login
        super().__init__(self._serve)
        self.address = f"127.0.0.1:{self.port}"

    def _serve(self, connection: socket.socket) -> None:
        methods = connection.recv(2)
        connection.recv(methods[1])
        connection.sendall(b"\5\2" if self._login else b"\5\0")
        if self._login:
            connection.recv(1)
            pair = [connection.recv(connection.recv(1)[0]).decode() for _ in range(2)]
            connection.sendall(b"\1\0" if ":".join(pair) == self._login else b"\1\1")
            if ":".join(pair) != self._login:
                return
        kind = connection.recv(4)[3]
        if kind == 3:
            host = connection.recv(connection.recv(1)[0]).decode()
        else:
            family, length = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
            host = socket.inet_ntop(family, connection.recv(length))
        port = int.from_bytes(connection.recv(2), "big")
        self.asked.append((host, port))
        try:
            target = socket.create_connection((self.names.get(host, host), port), 5)
        except OSError:
            connection.sendall(b"\5\5\0\1" + bytes(6))
            return
        with target:
            connection.sendall(b"\5\0\0\1" + bytes(6))
            pump(connection, target)
