"""A lean HTTP server on loopback for the benchmarks: it answers at once and notes who came when.

`/m/<number>` is what monitors ask. `/arrivals` gives [[number, seconds since 1970], …] and forgets
them; `/status/<code>` sets the answer that monitors get. One thread, bare epoll: it must not be
what is measured.
"""

import contextlib
import json
import re
import select
import socket
import sys
import time

PATH = re.compile(rb"GET /(m|arrivals|status)/?(\d*) ")


class Target:
    """The server's whole state: who came when, and what they are told."""

    def __init__(self, port: int) -> None:
        self.listener = socket.create_server(("127.0.0.1", port), backlog=4096)
        self.listener.setblocking(False)
        self.arrivals: list[tuple[int, float]] = []
        self.answer = _answer(200, b"ok")

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self.listener.getsockname()[1]
        return port

    def serve(self) -> None:
        """Until the process is ended."""
        poll = select.epoll()
        poll.register(self.listener, select.EPOLLIN)
        clients: dict[int, socket.socket] = {}
        while True:
            for number, _ in poll.poll():
                if number == self.listener.fileno():
                    self._accept(poll, clients)
                else:
                    poll.unregister(number)
                    self._reply(clients.pop(number))

    def _accept(self, poll: select.epoll, clients: dict[int, socket.socket]) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                client, _ = self.listener.accept()
                client.setblocking(False)
                clients[client.fileno()] = client
                poll.register(client, select.EPOLLIN)

    def _reply(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            asked = PATH.match(client.recv(4096))
            client.sendall(self._said(asked) if asked else _answer(404, b""))

    def _said(self, asked: re.Match[bytes]) -> bytes:
        what, number = asked[1], asked[2]
        if what == b"m":
            self.arrivals.append((int(number or 0), time.time()))
            return self.answer
        if what == b"status":
            self.answer = _answer(int(number), b"ok")
            return _answer(200, b"")
        seen, self.arrivals = self.arrivals, []
        return _answer(200, json.dumps(seen).encode())


def _answer(code: int, body: bytes) -> bytes:
    head = f"HTTP/1.1 {code} Bench\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


if __name__ == "__main__":
    target = Target(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    print(target.port, flush=True)
    target.serve()
