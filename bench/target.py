"""A lean HTTP server on loopback for the benchmarks: it answers at once and notes who came when.

`/m/<number>` is what monitors ask; `/silent/<number>` is never answered. `/arrivals` gives
[[number, seconds since 1970], …] of the former and forgets them; `/status/<code>` sets the answer
that monitors get. One thread, bare epoll: it must not be what is measured.
"""

import contextlib
import json
import re
import select
import socket
import sys
import time

PATH = re.compile(rb"GET /(m|silent|arrivals|status)/?(\d*) ")


class Target:
    """The server's whole state: who came when, and what they are told."""

    def __init__(self, port: int) -> None:
        self.listener = _listen(port)
        self.arrivals: list[tuple[int, float]] = []
        self.answer = _answer(200, b"ok")

    @property
    def port(self) -> int:
        """Where it listens, on every address there is."""
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
                elif self._has_replied(clients[number]):
                    poll.unregister(number)
                    clients.pop(number).close()

    def _accept(self, poll: select.epoll, clients: dict[int, socket.socket]) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                client, _ = self.listener.accept()
                client.setblocking(False)
                clients[client.fileno()] = client
                poll.register(client, select.EPOLLIN)

    def _has_replied(self, client: socket.socket) -> bool:
        """Whether we are done with a client: those that ask for silence have to hang up."""
        with contextlib.suppress(OSError):
            asked = PATH.match(client.recv(4096))
            if asked and asked[1] == b"silent":
                return False
            client.sendall(self._said(asked) if asked else _answer(404, b""))
        return True

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


def _listen(port: int) -> socket.socket:
    if socket.has_dualstack_ipv6():
        family = socket.AF_INET6
        listener = socket.create_server(
            ("", port), family=family, backlog=4096, dualstack_ipv6=True
        )
    else:
        listener = socket.create_server(("", port), backlog=4096)
    listener.setblocking(False)
    return listener


def _answer(code: int, body: bytes) -> bytes:
    head = f"HTTP/1.1 {code} Bench\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


if __name__ == "__main__":
    target = Target(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    print(target.port, flush=True)
    target.serve()
