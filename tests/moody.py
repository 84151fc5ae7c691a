"""A server on loopback that answers as it was told, one answer after the other; or does not."""

import socket
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

DROP = "hangs up"
SILENCE = "says nothing"


@dataclass(frozen=True)
class Asked:
    """One request as it came in; names of headers in lower case."""

    method: str
    path: str
    headers: dict
    body: bytes


@dataclass
class Moody:
    """A running server. The last of its answers is given again and again."""

    address: str
    answers: list
    asked: list = field(default_factory=list)

    def serve(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.settimeout(5)
                self.answer(connection)

    def answer(self, connection):
        asked = read(connection)
        if asked is None:
            return
        self.asked.append(asked)
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(said):
            said = said(asked)
        if said is SILENCE:
            connection.recv(1)  # until the client goes away
        elif said is not DROP:
            connection.sendall(said)


def read(connection):
    """A request; None when there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, value in (x.split(":", 1) for x in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, path, _ = first.split(" ")
    return Asked(method, path, headers, body)


def answer(status, body=b"", **headers):
    """An HTTP answer; `retry_after="3"` is the header Retry-After."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@contextmanager
def a_moody_server(*answers):
    """A server that gives these answers: bytes, DROP or SILENCE, or what makes one of a request."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        moody = Moody(f"http://127.0.0.1:{listener.getsockname()[1]}", list(answers))
        thread = Thread(target=moody.serve, args=(listener,))
        thread.start()
        try:
            yield moody
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(10)
