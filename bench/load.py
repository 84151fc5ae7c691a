"""A lean load on a server at loopback: so many connections, kept alive, each with one request under
way at a time. It ends by itself after so many seconds, and prints as JSON what it saw.

`python -m bench.load <port> <path> <connections> <seconds> [known | anew]`; further lines of the
request's head come by standard input. With `known` each client sends the ETag of its last answer,
with `anew` each request looks like one that was never put before. One thread, bare epoll, answers
hardly looked at: it must not be what is measured, so it says how much of a core it took.
"""

import contextlib
import itertools
import json
import select
import socket
import sys
import time

from bench.measure import own_cpu, percentile

PATIENCE = 10.0
LENGTH, TAG = b"\r\nContent-Length: ", b"\r\nETag: "
END = b"\r\n"


class Client:
    """One connection."""

    numbers = itertools.count(1)

    def __init__(self, port: int, head: bytes, how: str) -> None:
        self.head = head
        self.how = how
        self.request = head + END
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self.missing = 0
        self.status = 0

    def send(self) -> None:
        """Ask (again)."""
        self.sent_at = time.perf_counter()
        self.missing = -1
        if self.how == "anew":
            # Nobody believes it, but it is part of the question.
            self.request = self.head + b"X-Forwarded-For: %d" % next(self.numbers) + END + END
        self.socket.sendall(self.request)

    def is_answered(self) -> bool:
        """Whether with what has just come the answer is complete."""
        given = self.socket.recv(262_144)
        if not given:
            raise ConnectionError("the server hung up")
        if self.missing < 0:
            head, _, body = given.partition(b"\r\n\r\n")
            self.status = int(head[9:12])
            self.missing = int(_field(head, LENGTH) or 0) - len(body)
            if self.how == "known":
                self.request = self.head + b"If-None-Match: " + _field(head, TAG) + END + END
        else:
            self.missing -= len(given)
        return self.missing == 0


def _field(head: bytes, name: bytes) -> bytes:
    return head.partition(name)[2].partition(END)[0]


class Load:
    """All connections, and what they saw."""

    def __init__(self, clients: list[Client]) -> None:
        self.clients = clients
        self.times: list[float] = []
        self.statuses: dict[int, int] = {}

    def run(self, seconds: float) -> dict[str, object]:
        """Ask for so many seconds."""
        poll = select.epoll()
        by_number = {each.socket.fileno(): each for each in self.clients}
        for number in by_number:
            poll.register(number, select.EPOLLIN)
        begun, cpu = time.perf_counter(), own_cpu()
        until = begun + seconds
        for each in self.clients:
            each.send()
        under_way = len(self.clients)
        while under_way:
            ready = poll.poll(PATIENCE)
            if not ready:
                raise TimeoutError(f"no answer for {PATIENCE} s")
            for number, _ in ready:
                under_way -= self._heard(by_number[number], until)
        wall = time.perf_counter() - begun
        return self._told(wall, own_cpu() - cpu)

    def _heard(self, client: Client, until: float) -> bool:
        """Something came for a client; whether it was its last."""
        if not client.is_answered():
            return False
        at = time.perf_counter()
        self.times.append(at - client.sent_at)
        self.statuses[client.status] = self.statuses.get(client.status, 0) + 1
        if at >= until:
            return True
        client.send()
        return False

    def _told(self, wall: float, cpu: float) -> dict[str, object]:
        return {
            "rate": len(self.times) / wall,
            "p50_ms": percentile(self.times, 0.5) * 1000,
            "p99_ms": percentile(self.times, 0.99) * 1000,
            "cpu": cpu / wall,
            "statuses": self.statuses,
        }


def main() -> None:
    """Read the head, ask, tell."""
    port, path, connections, seconds, *how = sys.argv[1:]
    more = "".join(f"{line}\r\n" for line in sys.stdin.read().splitlines())
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}".encode()
    clients = [Client(int(port), head, "".join(how)) for _ in range(int(connections))]
    print(json.dumps(Load(clients).run(float(seconds))))
    for each in clients:
        with contextlib.suppress(OSError):
            each.socket.close()


if __name__ == "__main__":
    main()
