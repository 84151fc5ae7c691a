"""Real servers on loopback, small enough to say in a line what they answer."""

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@dataclass
class Received:
    """One HTTP request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    raw: bytes = field(repr=False, default=b"")


Answer = Callable[[Received], bytes]


def ok(body: bytes | str = b"hello", status: str = "200 OK", headers: str = "") -> bytes:
    """A whole HTTP answer."""
    body = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def to(location: str, status: str = "302 Found") -> bytes:
    """A redirect."""
    return ok(b"", status, f"Location: {location}\r\n")


class Listener:
    """A TCP server whose `serve(connection)` runs in a thread for each connection."""

    def __init__(
        self,
        serve: Callable[[socket.socket], None],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.connections = 0
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                outer.connections += 1
                self.request.settimeout(20)
                with contextlib.suppress(OSError):
                    connection = self.request
                    if tls is not None:
                        connection = tls.wrap_socket(connection, server_side=True)
                    with contextlib.closing(connection):
                        serve(connection)

        class Server(socketserver.ThreadingTCPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False
            request_queue_size = 512

            def handle_error(self, request, client_address) -> None:
                """Clients that hang up are part of the tests."""

        self._server = Server((host, port), Handler)
        self.host, self.port = self._server.server_address[:2]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop listening: from now on the port refuses."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class HttpServer(Listener):
    """Gives each request to `answer` and closes; keeps what it received."""

    def __init__(self, answer: Answer | bytes, **options) -> None:
        self.received: list[Received] = []
        self._answer = answer
        super().__init__(self._serve, **options)
        scheme = "https" if options.get("tls") else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.url = f"{scheme}://{host}:{self.port}"

    def _serve(self, connection: socket.socket) -> None:
        request = read_request(connection)
        if request is None:
            return
        self.received.append(request)
        connection.sendall(self._answer(request) if callable(self._answer) else self._answer)


def read_request(connection: socket.socket) -> Received | None:
    """The next request, or None when the client only came to look."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        part = connection.recv(65536)
        if not part:
            return None
        raw += part
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {k.strip().lower(): v.strip() for k, v in (line.split(":", 1) for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, path, _ = first.split(" ")
    return Received(method, path, headers, body, raw)


def free_port(host: str = "127.0.0.1") -> int:
    """A port where nobody listens."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as taken:
        taken.bind((host, 0))
        return taken.getsockname()[1]


def has_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback."""
    try:
        with socket.socket(socket.AF_INET6) as trial:
            trial.bind(("::1", 0))
    except OSError:
        return False
    return True


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    gone = threading.Event()
    with Listener(lambda _: gone.wait(20)) as listener:
        try:
            yield listener.port
        finally:
            gone.set()


class UdpServer:
    """A UDP server that gives each packet to `answer`, and sends what that gives: one packet, a
    list of them, or none; by another socket if a `sender` is given."""

    def __init__(
        self,
        answer: Callable[[bytes], bytes | list[bytes] | None],
        *,
        host: str = "127.0.0.1",
        sender: socket.socket | None = None,
    ) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.received: list[bytes] = []
        self._answer = answer
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._sender = sender or self._socket
        self.host, self.port = self._socket.getsockname()[:2]
        self._ended = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            packet, client = self._socket.recvfrom(65_535)
            if self._ended:
                return
            self.received.append(packet)
            answers = self._answer(packet)
            for each in answers if isinstance(answers, list) else [answers]:
                if each is not None:
                    self._sender.sendto(each, client)

    def close(self) -> None:
        """Stop listening: from now on the port refuses."""
        self._ended = True
        with socket.socket(self._socket.family, socket.SOCK_DGRAM) as last:
            last.sendto(b"", (self.host, self.port))
        self._thread.join()
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class DnsServer:
    """A name server over UDP and TCP on one port. `zone` maps (name, type) to values; a name in
    `rcodes` gets that answer instead, and one in `deaf` none at all."""

    def __init__(self, zone: dict[tuple[str, str], list[str]], **options) -> None:
        self.zone = zone
        self.rcodes: dict[str, str] = options.get("rcodes", {})
        self.deaf: set[str] = options.get("deaf", set())
        self.truncated: set[str] = options.get("truncated", set())
        self.ttl: int = options.get("ttl", 60)
        self.asked: list[tuple[str, str, str]] = []
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._tcp = self._listen()
        self.address = f"127.0.0.1:{self._tcp.port}"
        self._thread = threading.Thread(target=self._serve_udp, daemon=True)
        self._thread.start()

    def _listen(self) -> Listener:
        """Both protocols on one number; another process may hold a port of the other kind."""
        while True:
            listener = Listener(self._serve_tcp)
            try:
                self._udp.bind(("127.0.0.1", listener.port))
            except OSError:
                listener.close()
                continue
            return listener

    def _serve_udp(self) -> None:
        while True:
            wire, client = self._udp.recvfrom(4096)
            if not wire:
                return
            answer = self._answer(wire, "udp")
            if answer is not None:
                self._udp.sendto(answer, client)

    def _serve_tcp(self, connection: socket.socket) -> None:
        length = int.from_bytes(connection.recv(2), "big")
        answer = self._answer(connection.recv(length), "tcp")
        if answer is not None:
            connection.sendall(len(answer).to_bytes(2, "big") + answer)

    def _answer(self, wire: bytes, transport: str) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text().rstrip(".").lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind, transport))
        if name in self.deaf:
            return None
        reply = dns.message.make_response(query)
        values = self.zone.get((name, kind))
        known = values is not None or any(each == name for each, _ in self.zone)
        code = self.rcodes.get(name) or ("NOERROR" if known else "NXDOMAIN")
        reply.set_rcode(dns.rcode.from_text(code))
        if transport == "udp" and name in self.truncated:
            reply.flags |= dns.flags.TC
        elif values and code == "NOERROR":
            reply.answer.append(dns.rrset.from_text(question.name, self.ttl, "IN", kind, *values))
        return reply.to_wire(max_size=65_535 if transport == "tcp" else 0)

    def close(self) -> None:
        """Stop both."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self._tcp.port))
        self._thread.join()
        self._udp.close()
        self._tcp.close()

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
