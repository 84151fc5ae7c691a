"""Real receivers of webhooks on loopback: orderly ones that keep what they got, and rude ones."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from ssl import SSLContext
from threading import Lock, Thread
from typing import Any

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """A running receiver; `at_once` is the most requests it ever had in hand."""

    port: int = 0
    got: list[Received] = field(default_factory=list)
    at_once: int = 0
    in_hand: int = 0
    lock: Lock = field(default_factory=Lock)

    def url(self, host: str = "127.0.0.1", path: str = "/hook", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def ids(self) -> list[str]:
        return [each.headers["webhook-id"] for each in self.got]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        host: str,
        receiver: Receiver,
        answer: Callable[[Received], int | Answer],
        tls: SSLContext | None,
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.receiver, self.answer, self.tls = receiver, answer, tls
        super().__init__((host, 0), _Handler)

    def handle_error(self, *_: Any) -> None:
        pass  # a client that went away, or never shook hands, is part of some tests

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        with self.tls.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.do_POST()

    do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815 - names that the server looks for

    def do_POST(self) -> None:
        receiver = self.server.receiver
        with receiver.lock:
            receiver.in_hand += 1
            receiver.at_once = max(receiver.at_once, receiver.in_hand)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(self.path, headers, body, self.command)
        said = self.server.answer(received)
        with receiver.lock:
            receiver.got.append(received)
            receiver.in_hand -= 1
        self._say(*(said if isinstance(said, tuple) else (said, {}, b"")))

    def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def a_receiver(
    answer: Callable[[Received], int | Answer] = lambda _: 204,
    tls: SSLContext | None = None,
    host: str = "127.0.0.1",
) -> Iterator[Receiver]:
    """It keeps each request and answers as `answer` says: a status, or status, headers and body."""
    receiver = Receiver()
    server = _Server(host, receiver, answer, tls)
    receiver.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def a_rude_receiver(
    behave: Callable[[socket.socket], None], host: str = "127.0.0.1"
) -> Iterator[Receiver]:
    """`behave` is given each connection with its request unread, and may do as it likes until the
    other side has gone; `got` counts connections."""
    receiver = Receiver()

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            behave(connection)

    def listen() -> None:
        threads = []
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                receiver.got.append(Received("", {}, b""))
                threads.append(Thread(target=answer, args=(connection,)))
                threads[-1].start()
        for thread in threads:
            thread.join()

    with socket.create_server((host, 0)) as server:
        receiver.port = server.getsockname()[1]
        thread = Thread(target=listen)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
